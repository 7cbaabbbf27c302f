public import SayiirEvents
public import SayiirProjection

// Indirect, since an asynchronous function has room for each error that it may pass on, and errors are rare.
/// What can go wrong between a program and its engine.
///
/// A task that fails is not among them: that is a status of the instance, see ``WorkflowStatus``. Only the calls that promise
/// an output and nothing else, `runWorkflow` and ``WorkflowStatus/requireOutput()``, throw it.
public indirect enum WorkflowError: Error, Sendable, CustomStringConvertible {
    /// There is an instance of this id, and the conflict policy is to fail.
    case instanceExists(InstanceID)
    /// There is no instance of this id.
    case instanceNotFound(InstanceID)
    /// The id cannot be an instance's.
    case invalidInstanceID(String)
    /// A priority is not from 1 to 5.
    case invalidPriority(Int)
    /// A text that goes into the history is too long: what it is, its bytes, and the most that it may have.
    case textTooLong(what: String, byteCount: Int, limit: Int)
    /// A deadline is negative.
    case invalidDeadline(Duration)
    /// The instance goes by another workflow than the one that was given: another name, or another definition.
    case definitionMismatch(InstanceID, WorkflowMismatch)
    /// Two workflows that cannot be told apart were to be registered. Both are described.
    case registrationConflict(String, String)
    /// The instance has ended, or is not in a status that this can be done in.
    case notPossible(Operation, InstanceID, InstanceStatus)
    /// The instance cannot be forked at the chosen place, or not with the chosen change.
    case notForkable(InstanceID, reason: String)
    /// The bundle of the instance is not proven, or does not have all of it.
    case notImportable(InstanceID, reason: String)
    /// The definition of the instance has no wait for a signal of that name; these are the names that it has.
    case signalNotAwaited(InstanceID, signal: String, known: [String])
    /// The step is not one that a person has to decide about.
    case notInDoubt(InstanceID, Step)
    /// Another executor runs the instance just now.
    case alreadyRunning(InstanceID, holder: String)
    /// Another executor took the instance over while it was being run here. It goes on there.
    case takenOver(InstanceID)
    /// The calling task was cancelled. The instance can be resumed.
    case interrupted(InstanceID)
    /// The wait for the instance's end was cancelled, or the process is shutting down. The instance is as it was.
    case waitInterrupted(InstanceID)
    /// The history of the instance has events of a newer version of this library.
    case newerHistory(InstanceID)
    /// A value cannot be stored.
    case notEncodable(what: String, InstanceID, reason: String)
    /// A stored value cannot be read.
    case notDecodable(what: String, InstanceID, expected: String, reason: String)
    /// The workflow failed.
    case failed(InstanceID, Step?, Failure)
    /// The workflow has not completed.
    case notCompleted(InstanceID, InstanceStatus)
    /// Storage failed, or refused.
    case backend(BackendError)

    /// What was to be done to an instance.
    public enum Operation: String, Hashable, Sendable, CaseIterable {
        /// To cancel it.
        case cancel
        /// To pause it.
        case pause
        /// To end its pause.
        case unpause
        /// To send it a signal.
        case signal
    }

    /// The error in words.
    public var description: String {
        switch self {
        case .instanceExists(let id):
            """
            Workflow instance already exists: \(id). Choose another id, resume it, or pass a conflict policy other than \
            `.fail`.
            """
        case .instanceNotFound(let id):
            "Workflow instance not found: \(id). Nothing was submitted under this id in this store."
        case .invalidInstanceID(let text):
            text
        case .invalidPriority(let priority):
            "priority must be between 1 and 5, got \(priority)"
        case .textTooLong(let what, let count, let limit):
            "The \(what) has \(count) bytes; it can have \(limit) at most. Shorten it."
        case .invalidDeadline(let duration):
            "The deadline must not be negative, got \(duration.shortDescription). Pass the time that the run may take."
        case .definitionMismatch(let id, let mismatch):
            """
            Workflow definition mismatch (instance '\(id)'): \(mismatch) Use the workflow that it was submitted with; \
            a service can have both registered.
            """
        case .registrationConflict(let known, let other) where known.isExactly(other):
            """
            \(known) was built twice, and both are registered. They cannot be told apart, but their code may differ. Build it once, and \
            register that, or give one of them another name.
            """
        case .registrationConflict(let known, let other):
            """
            Two workflows have the same name and the same definition, so that instances of one would be run by the other: \
            \(known) and \(other). Give one of them another name.
            """
        case .notPossible(.unpause, let id, let status):
            "Workflow is not paused (current state: \"\(status.title)\"): \(id)."
        case .notPossible(let operation, let id, let status):
            "Cannot \(operation.rawValue) workflow in state: \(status.title) (instance '\(id)')."
        case .notForkable(let id, let reason):
            "Instance '\(id)' cannot be forked there: \(reason)."
        case .notImportable(let id, let reason):
            "Instance '\(id)' cannot be imported: \(reason)."
        case .signalNotAwaited(let id, let signal, let known):
            """
            Instance '\(id)' never waits for a signal '\(signal)'. Its definition \
            \(known.isEmpty ? "waits for no signal" : "waits for " + known.map { "'\($0)'" }.joined(separator: ", ")).
            """
        case .notInDoubt(let id, let step):
            "Step '\(step)' of instance '\(id)' is not in doubt: there is nothing to decide."
        case .alreadyRunning(let id, let holder):
            "\(BackendError.leaseHeld(instance: id, holder: holder))"
        case .takenOver(let id):
            "Instance '\(id)' was taken over by another executor, which goes on with it. What it does is in its history."
        case .interrupted(let id):
            "The task that ran instance '\(id)' was cancelled. Resume the instance to go on."
        case .waitInterrupted(let id):
            "The wait for instance '\(id)' was cancelled, or the process is shutting down. The instance goes on without it."
        case .newerHistory(let id):
            """
            The history of instance '\(id)' has events that this version does not know. A newer version of this program \
            wrote them: use that one.
            """
        case .notEncodable(let what, let id, let reason):
            "The \(what) of instance '\(id)' cannot be stored: \(reason)."
        case .notDecodable(let what, let id, let expected, let reason):
            "The \(what) of instance '\(id)' cannot be read as \(expected): \(reason)."
        case .failed(let id, let step, let failure):
            "\(failure) (instance '\(id)'\(step.map { ", step '\($0)'" } ?? ""))"
        case .notCompleted(let id, let status):
            "Workflow did not complete (status=\(status.name)): instance '\(id)'. Its status tells what it waits for."
        case .backend(let error):
            "\(error)"
        }
    }
}

extension WorkflowError {
    /// What a backend's error means to who runs or controls an instance.
    init(_ error: BackendError) {
        switch error {
        case .leaseHeld(let id, let holder): self = .alreadyRunning(id, holder: holder)
        case .fenced(let id, _): self = .takenOver(id)
        default: self = .backend(error)
        }
    }

    /// Runs `body`, and throws its errors as what they mean here.
    static func translating<Result>(
        _ body: () async throws(BackendError) -> Result
    ) async throws(WorkflowError) -> Result {
        do throws(BackendError) {
            return try await body()
        } catch {
            throw WorkflowError(error)
        }
    }
}

extension InstanceStatus {
    /// The status as error texts have it: `InProgress`.
    fileprivate var title: String {
        name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
