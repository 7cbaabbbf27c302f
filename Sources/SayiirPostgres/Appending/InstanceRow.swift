internal import SayiirEvents
internal import SayiirProjection

/// What the table of instances says of one, derived from its state alone.
struct InstanceRow: Sendable, Equatable {
    var run: UInt64
    var workflow: String
    var definition: [UInt8]?
    var status: String
    var detail: String
    var stepsDone: Int
    var stepsBegun: Int
    var failure: Failure?
    var submittedAt: Timestamp?
    var updatedAt: Timestamp?
    var endedAt: Timestamp?
    var priority: UInt32
    var tags: [String]
    /// Whether an executor may find something to do if somebody from outside has just changed the instance.
    var mayBeReady: Bool

    init(_ state: InstanceState) {
        run = state.run
        workflow = state.workflow
        definition = state.definition?.bytes
        let status = state.status
        self.status = status.name
        detail = state.statusDetail
        stepsDone = state.steps.completedCount
        stepsBegun = state.steps.count
        if case .failed(let failure) = status { self.failure = failure }
        submittedAt = state.submittedAt
        updatedAt = state.updatedAt
        endedAt = state.endedAt
        priority = state.priority
        tags = state.tags
        mayBeReady = state.phase == .active
    }
}
