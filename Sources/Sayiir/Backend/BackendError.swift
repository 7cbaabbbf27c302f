public import SayiirEvents
public import SayiirLog

// Indirect, since an asynchronous function has room for each error that it may pass on, and errors are rare.
/// What can go wrong between an engine and its backend.
public indirect enum BackendError: Error, Sendable, CustomStringConvertible {
    /// The events do not continue the instance: another append came first. Read the state again and decide anew.
    case conflict(instance: InstanceID, expected: UInt64, found: UInt64)
    /// The lease with which the append was made is no longer the current one. Stop running the instance.
    case fenced(instance: InstanceID, epoch: UInt64)
    /// Another executor runs the instance.
    case leaseHeld(instance: InstanceID, holder: String)
    /// The events of one append belong to several instances, or their revisions do not follow each other.
    case malformedAppend(String)
    /// A record of the log is not an event that this build can read.
    case unreadableEvent(instance: InstanceID, sequence: UInt64, file: String, offset: Int?, reason: String)
    /// The log failed.
    case log(LogError)
    /// A store of another kind failed.
    case store(any StoreError)

    /// Whether what was appended may be found durable nevertheless. Opening the log again tells.
    public var isOutcomeUnknown: Bool {
        switch self {
        case .log(.outcomeUnknown), .log(.displaced): true
        case .store(let error): error.isOutcomeUnknown
        default: false
        }
    }

    /// Whether what failed may succeed later, on the same backend.
    var isPassing: Bool {
        switch self {
        case .log(.noSpace): true
        case .store(let error): error.isPassing
        default: false
        }
    }

    /// A Boolean value that indicates whether the error concerns one instance only, so that other instances can run.
    ///
    /// Errors of which it is not known count as errors of all: a service ends with them, and its operator is told.
    public var concernsOneInstance: Bool {
        switch self {
        case .conflict, .fenced, .leaseHeld, .malformedAppend, .unreadableEvent: true
        case .log(let error):
            switch error {
            case .batchTooLarge, .keyTooLong, .refused: true
            case .locked, .notALog, .moved, .newerVersion, .noSpace, .notWritten, .takenBack, .outcomeUnknown,
                .fileSystem, .displaced, .foreignArchive, .closed:
                false
            }
        case .store(let error): error.concernsOneInstance
        }
    }

    /// Runs what fails only as a log does, or as a backend on one.
    static func translating<Result>(_ body: () async throws -> Result) async throws(BackendError) -> Result {
        do {
            return try await body()
        } catch let error as BackendError {
            throw error
        } catch let error as LogError {
            throw .log(error)
        } catch {
            // Nothing else is thrown there; it is passed on in words rather than lost.
            throw .malformedAppend("\(error)")
        }
    }

    /// The error in words.
    public var description: String {
        switch self {
        case .conflict(let instance, let expected, let found):
            "Instance '\(instance)' was changed meanwhile: revision \(expected) comes next, not \(found)."
        case .fenced(let instance, let epoch):
            "Instance '\(instance)' was taken over by another executor; the lease of epoch \(epoch) has ended."
        case .leaseHeld(let instance, let holder):
            "Instance '\(instance)' is being run by '\(holder)'. Wait for it, or stop that executor."
        case .malformedAppend(let text):
            "These events cannot be appended: \(text)."
        case .unreadableEvent(let instance, let sequence, let file, let offset, let reason):
            """
            Record \(sequence) of instance '\(instance)', in \(file)\(offset.map { " at offset \($0)" } ?? ""), is not an event that this \
            version can read: \(reason). A newer version of this program may have written it.
            """
        case .log(let error):
            "\(error)"
        case .store(let error):
            "\(error)"
        }
    }
}
