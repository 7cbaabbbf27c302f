internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// What the services of a log or a store serve, as far as it is recorded.
struct ServedWorkflows {
    /// What was recorded last; `nil` if nothing was.
    private(set) var workflows: Set<ServedWorkflow>?

    /// Takes in a record, if it tells of services. The last one counts.
    mutating func add(_ record: LogRecord) {
        guard record.kind == .service else { return }
        workflows = ServiceRecord.workflows(in: String(decoding: record.payload, as: UTF8.self))
    }

    /// Takes in the records of a frame.
    mutating func take(_ frame: Frame) { frame.forEachRecord { add($0) } }

    /// Whether an instance is live, and no service serves its workflow.
    func isUnserved(_ state: InstanceState) -> Bool {
        guard let workflows, let definition = state.definition, !state.phase.isEnded else { return false }
        return !workflows.contains(ServedWorkflow(name: state.workflow, definition: definition))
    }
}
