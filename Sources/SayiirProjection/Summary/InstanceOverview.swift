package import SayiirEvents

/// What an overview shows of an instance: a small part of its state.
package struct InstanceOverview: Hashable, Sendable {
    package var id = ""
    package var workflow = ""
    package var status = StatusName.unsubmitted
    /// See ``InstanceState/statusDetail``.
    package var detail = ""
    package var run: UInt64 = 0
    package var revision: UInt64 = 0
    package var tags: [String] = []
    package var stepsDone = 0
    package var stepsBegun = 0
    package var definition: DefinitionHash?
    package var submittedAt: Timestamp?
    package var updatedAt: Timestamp?
    package var endedAt: Timestamp?
    /// The error that ended it.
    package var failure: Failure?

    /// An overview of nothing, to be filled in.
    package init() {}

    /// Takes what an overview shows out of a state.
    package init(_ state: InstanceState) {
        id = state.id.rawValue
        workflow = state.workflow
        status = state.status.statusName
        detail = state.statusDetail
        run = state.run
        revision = state.revision
        tags = state.tags
        stepsDone = state.steps.completedCount
        stepsBegun = state.steps.count
        definition = state.definition
        submittedAt = state.submittedAt
        updatedAt = state.updatedAt
        endedAt = state.endedAt
        if case .failed(let failure) = state.status { self.failure = failure }
    }

    /// How long the current run took, or has been recorded for.
    package var duration: Duration? { recordedDuration(from: submittedAt, to: endedAt ?? updatedAt) }
}

extension InstanceState {
    /// How long the current run took, or has been recorded for.
    package var duration: Duration? { recordedDuration(from: submittedAt, to: endedAt ?? updatedAt) }
}

/// The time between a run's submission and its end or, if it has not ended, its last event. The clock is not asked: a log that is
/// only kept shows no growing numbers.
private func recordedDuration(from start: Timestamp?, to end: Timestamp?) -> Duration? {
    guard let start, let end else { return nil }
    return end - start
}
