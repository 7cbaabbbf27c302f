package import SayiirEvents

/// What an overview shows of an instance: a small part of its state.
package struct InstanceOverview {
    package var id: String
    package var workflow: String
    package var status: StatusName
    /// See ``InstanceState/statusDetail``.
    package var detail: String
    package var run: UInt64
    package var revision: UInt64
    package var stepsDone: Int
    package var stepsBegun: Int
    package var definition: DefinitionHash?
    package var submittedAt: Timestamp?
    package var updatedAt: Timestamp?
    package var endedAt: Timestamp?
    package var duration: Duration?

    /// Takes what an overview shows out of a state.
    package init(_ state: InstanceState) {
        id = state.id.rawValue
        workflow = state.workflow
        status = state.status.statusName
        detail = state.statusDetail
        run = state.run
        revision = state.revision
        stepsDone = state.steps.completedCount
        stepsBegun = state.steps.count
        definition = state.definition
        submittedAt = state.submittedAt
        updatedAt = state.updatedAt
        endedAt = state.endedAt
        duration = state.duration
    }
}
