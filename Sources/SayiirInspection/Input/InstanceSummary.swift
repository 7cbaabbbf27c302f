internal import SayiirEvents
internal import SayiirProjection

/// What an overview shows of an instance: a small part of its state.
struct InstanceSummary {
    var id: String
    var workflow: String
    var status: StatusName
    /// See ``InstanceState/statusDetail``.
    var detail: String
    var run: UInt64
    var revision: UInt64
    var stepsDone: Int
    var stepsBegun: Int
    var definition: DefinitionHash?
    var submittedAt: Timestamp?
    var updatedAt: Timestamp?
    var endedAt: Timestamp?
    var duration: Duration?

    init(_ state: InstanceState) {
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
