public import SayiirEvents
public import SayiirProjection

/// Where an instance stands, with its output if it has completed.
///
/// ```swift
/// let status = try await engine.run(welcome, id: "user-42", input: 42)
/// switch status.status {
/// case .completed: print(status.output ?? "")
/// case .failed(let failure): print(failure)
/// default: print("to be resumed later")
/// }
/// ```
public struct WorkflowStatus<Output: Sendable>: Sendable {
    /// The instance.
    public let id: InstanceID
    /// What it is doing.
    public let status: InstanceStatus
    /// The workflow's output; not `nil` exactly if it has completed (or if its output is an optional without a value).
    public let output: Output?

    /// Whether it ended with an output.
    public var isCompleted: Bool { status == .completed }

    /// Whether it ended with an error.
    public var isFailed: Bool { error != nil }

    /// Whether it ended by cancellation.
    public var isCancelled: Bool { if case .cancelled = status { true } else { false } }

    /// Whether it stands still until it is unpaused.
    public var isPaused: Bool { if case .paused = status { true } else { false } }

    /// Whether work is under way, or ready to be.
    public var isInProgress: Bool { status == .inProgress }

    /// A Boolean value that indicates whether a stored value cannot be decoded here, so that a program which can has to continue.
    public var isStuck: Bool { if case .stuck = status { true } else { false } }

    /// Whether it is over, one way or another. A paused instance is not.
    public var isEnded: Bool {
        switch status {
        case .completed, .failed, .cancelled, .superseded, .deleted: true
        case .unsubmitted, .inProgress, .waiting, .awaitingSignal, .inDoubt, .stuck, .paused: false
        }
    }

    /// The error that ended it; `nil` unless it failed.
    public var error: Failure? { if case .failed(let failure) = status { failure } else { nil } }

    /// Who asked to cancel or pause it, and why; `nil` unless it is cancelled or paused.
    public var request: ControlRequest? {
        switch status {
        case .cancelled(let request), .paused(let request): request
        default: nil
        }
    }

    /// The output of a completed instance.
    ///
    /// - Throws: ``WorkflowError/failed(_:_:_:)`` if it failed, ``WorkflowError/notCompleted(_:_:)`` otherwise.
    public func requireOutput() throws(WorkflowError) -> Output {
        if let output { return output }
        if let error { throw .failed(id, nil, error) }
        throw .notCompleted(id, status)
    }
}

extension WorkflowStatus: Equatable where Output: Equatable {}

extension WorkflowStatus: CustomStringConvertible {
    /// The status in a line: `order-1: completed`.
    public var description: String {
        switch status {
        case .completed: "\(id): completed"
        case .failed(let failure): "\(id): failed (\(failure))"
        case .waiting(let step, let until): "\(id): waiting at '\(step)' until \(until)"
        case .awaitingSignal(let step, let signal, _): "\(id): awaiting signal '\(signal)' at '\(step)'"
        case .inDoubt(let step): "\(id): in doubt about '\(step)'"
        case .stuck(let step, let value): "\(id): stuck at '\(step)' (\(value))"
        default: "\(id): \(status.name)"
        }
    }
}
