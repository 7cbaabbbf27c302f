public import SayiirEvents

/// What an instance is doing, with what a person wants to know about it.
public enum InstanceStatus: Hashable, Sendable {
    /// Nothing was submitted under this id yet.
    case unsubmitted
    /// Work is under way, or ready to be.
    case inProgress
    /// Nothing can happen before a delay is over.
    case waiting(step: Step, until: Timestamp)
    /// Nothing can happen before a signal arrives, or its wait times out.
    case awaitingSignal(step: Step, signal: String, deadline: Timestamp?)
    /// A task that may run at most once was interrupted. A person has to decide how it ended.
    case inDoubt(step: Step)
    /// Nothing can continue here: a stored value cannot be decoded. A program that can decode the value continues the instance.
    case stuck(step: Step, value: UndecodableValue)
    /// It stands still until it is unpaused.
    case paused(ControlRequest)
    /// It ended with an output.
    case completed
    /// It ended with an error.
    case failed(Failure)
    /// It ended by cancellation.
    case cancelled(ControlRequest)
    /// It was replaced by a new run.
    case superseded
    /// It is gone from every view.
    case deleted
}

extension InstanceStatus {
    /// The status in a word, for tools: `in_progress`, `awaiting_signal`, `completed`.
    public var name: String {
        switch self {
        case .unsubmitted: "unsubmitted"
        case .inProgress: "in_progress"
        case .waiting: "waiting"
        case .awaitingSignal: "awaiting_signal"
        case .inDoubt: "in_doubt"
        case .stuck: "stuck"
        case .paused: "paused"
        case .completed: "completed"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .superseded: "superseded"
        case .deleted: "deleted"
        }
    }
}
