extension Event {
    /// The kinds of event that this build knows.
    ///
    /// The raw value is the kind's field number in the published schema (`docs/sayiir.proto`), and the kind's
    /// ``name`` is the field's name there. Neither ever changes, and a number that falls out of use is not given again.
    public enum Kind: UInt32, Hashable, Sendable, CaseIterable {
        // Lifecycle: 16 to 31.
        /// See ``Event/Submitted``.
        case submitted = 16
        /// See ``Event/Completed``.
        case completed = 17
        /// See ``Event/Failed``.
        case failed = 18
        /// See ``Event/Superseded``.
        case superseded = 19
        /// See ``Event/Reopened``.
        case reopened = 20
        /// See ``Event/Deleted``.
        case deleted = 21
        /// See ``Event/LeaseAcquired``.
        case leaseAcquired = 22
        /// See ``Event/LeaseLost``.
        case leaseLost = 23
        /// See ``Event/DefinitionChanged``.
        case definitionChanged = 24
        /// See ``Event/Derived``.
        case derived = 25
        /// See ``Event/Imported``.
        case imported = 26
        /// See ``Event/Annotated``.
        case annotated = 27

        // Tasks: 32 to 47.
        /// See ``Event/TaskStarted``.
        case taskStarted = 32
        /// See ``Event/TaskCheckpointed``.
        case taskCheckpointed = 33
        /// See ``Event/TaskFailed``.
        case taskFailed = 34
        /// See ``Event/TaskTimedOut``.
        case taskTimedOut = 35
        /// See ``Event/RetryScheduled``.
        case retryScheduled = 36
        /// See ``Event/TaskInDoubt``.
        case taskInDoubt = 37
        /// See ``Event/DoubtResolved``.
        case doubtResolved = 38
        /// See ``Event/TaskInterrupted``.
        case taskInterrupted = 39
        /// See ``Event/StepStuck``.
        case stepStuck = 40

        // Branching: 48 to 63.
        /// See ``Event/Forked``.
        case forked = 48
        /// See ``Event/BranchFinished``.
        case branchFinished = 49
        /// See ``Event/Joined``.
        case joined = 50
        /// See ``Event/MapStarted``.
        case mapStarted = 51
        /// See ``Event/MapElementFinished``.
        case mapElementFinished = 52
        /// See ``Event/MapFinished``.
        case mapFinished = 53
        /// See ``Event/Routed``.
        case routed = 54
        /// See ``Event/LoopIterated``.
        case loopIterated = 55
        /// See ``Event/LoopFinished``.
        case loopFinished = 56
        /// See ``Event/ChildStarted``.
        case childStarted = 57
        /// See ``Event/ChildFinished``.
        case childFinished = 58

        // Waiting: 64 to 79.
        /// See ``Event/DelayStarted``.
        case delayStarted = 64
        /// See ``Event/DelayElapsed``.
        case delayElapsed = 65
        /// See ``Event/SignalAwaited``.
        case signalAwaited = 66
        /// See ``Event/SignalReceived``.
        case signalReceived = 67
        /// See ``Event/SignalConsumed``.
        case signalConsumed = 68
        /// See ``Event/SignalTimedOut``.
        case signalTimedOut = 69
        /// See ``Event/SignalRejected``.
        case signalRejected = 70

        // Control: 80 to 95.
        /// See ``Event/PauseRequested``.
        case pauseRequested = 80
        /// See ``Event/Paused``.
        case paused = 81
        /// See ``Event/Unpaused``.
        case unpaused = 82
        /// See ``Event/CancelRequested``.
        case cancelRequested = 83
        /// See ``Event/Cancelled``.
        case cancelled = 84

        /// The kind's name in tools and in the JSON form: `task_checkpointed`.
        public var name: String { Self.names[Int(rawValue)] }

        /// The names by number, derived from those of the cases; a test holds them against the published schema.
        private static let names: [String] = {
            var names = Array(repeating: "", count: Int(allCases.map(\.rawValue).max() ?? 0) + 1)
            for kind in allCases { names[Int(kind.rawValue)] = snakeCase("\(kind)") }
            return names
        }()

        private static func snakeCase(_ text: String) -> String {
            text.reduce(into: "") { result, character in
                result += character.isUppercase ? "_\(character.lowercased())" : String(character)
            }
        }
    }
}

extension Event.Body {
    /// The event's kind; `nil` if this build does not know it.
    public var kind: Event.Kind? {
        switch self {
        case .submitted: .submitted
        case .completed: .completed
        case .failed: .failed
        case .superseded: .superseded
        case .reopened: .reopened
        case .deleted: .deleted
        case .leaseAcquired: .leaseAcquired
        case .leaseLost: .leaseLost
        case .definitionChanged: .definitionChanged
        case .derived: .derived
        case .imported: .imported
        case .annotated: .annotated
        case .taskStarted: .taskStarted
        case .taskCheckpointed: .taskCheckpointed
        case .taskFailed: .taskFailed
        case .taskTimedOut: .taskTimedOut
        case .retryScheduled: .retryScheduled
        case .taskInDoubt: .taskInDoubt
        case .doubtResolved: .doubtResolved
        case .taskInterrupted: .taskInterrupted
        case .stepStuck: .stepStuck
        case .forked: .forked
        case .branchFinished: .branchFinished
        case .joined: .joined
        case .mapStarted: .mapStarted
        case .mapElementFinished: .mapElementFinished
        case .mapFinished: .mapFinished
        case .routed: .routed
        case .loopIterated: .loopIterated
        case .loopFinished: .loopFinished
        case .childStarted: .childStarted
        case .childFinished: .childFinished
        case .delayStarted: .delayStarted
        case .delayElapsed: .delayElapsed
        case .signalAwaited: .signalAwaited
        case .signalReceived: .signalReceived
        case .signalConsumed: .signalConsumed
        case .signalTimedOut: .signalTimedOut
        case .signalRejected: .signalRejected
        case .pauseRequested: .pauseRequested
        case .paused: .paused
        case .unpaused: .unpaused
        case .cancelRequested: .cancelRequested
        case .cancelled: .cancelled
        case .unknown: nil
        }
    }

    /// The kind's name in tools and in the JSON form: `task_checkpointed`, or `unknown_99` with the field number
    /// if this build does not know the kind.
    public var kindName: String {
        if case .unknown(let event) = self { return "unknown_\(event.kind)" }
        return kind?.name ?? "unknown"
    }
}
