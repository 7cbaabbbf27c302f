extension Event {
    /// An attempt at a task begins; its code may run from here on.
    public struct TaskStarted: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The attempt's number, from 1.
        public var attempt: UInt32
        /// Who runs it: the engine's or worker's own name.
        public var executor: String

        /// Describes the transition.
        public init(step: Step, attempt: UInt32, executor: String) {
            self.step = step
            self.attempt = attempt
            self.executor = executor
        }
    }

    /// A task returned, and its output is kept: it never runs again.
    public struct TaskCheckpointed: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The attempt's number, from 1.
        public var attempt: UInt32
        /// What the task returned.
        public var output: Payload

        /// Describes the transition.
        public init(step: Step, attempt: UInt32, output: Payload) {
            self.step = step
            self.attempt = attempt
            self.output = output
        }
    }

    /// An attempt ended with an error.
    public struct TaskFailed: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The attempt's number, from 1.
        public var attempt: UInt32
        /// The error. Of a message above 16 KiB, its beginning.
        public var failure: Failure
        /// The error's message if `failure` has only its beginning: all of it, or the first MiB.
        public var fullMessage: String?

        /// Describes the transition.
        public init(step: Step, attempt: UInt32, failure: Failure, fullMessage: String? = nil) {
            self.step = step
            self.attempt = attempt
            self.failure = failure
            self.fullMessage = fullMessage
        }
    }

    /// An attempt did not return within its time.
    public struct TaskTimedOut: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The attempt's number, from 1.
        public var attempt: UInt32
        /// The time it had. The binary form keeps whole nanoseconds.
        public var limit: Duration
        /// Whether the limit is that of the time without a heartbeat, rather than that of the whole attempt.
        public var isStalled: Bool

        /// Describes the transition.
        public init(step: Step, attempt: UInt32, limit: Duration, isStalled: Bool = false) {
            self.step = step
            self.attempt = attempt
            self.limit = limit
            self.isStalled = isStalled
        }
    }

    /// Another attempt follows, not before a given moment.
    public struct RetryScheduled: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The number of the attempt to come.
        public var nextAttempt: UInt32
        /// When it may start.
        public var wakeAt: Timestamp

        /// Describes the transition.
        public init(step: Step, nextAttempt: UInt32, wakeAt: Timestamp) {
            self.step = step
            self.nextAttempt = nextAttempt
            self.wakeAt = wakeAt
        }
    }

    /// A task that may run at most once was started, and nobody knows whether it finished. A person decides.
    public struct TaskInDoubt: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The attempt's number, from 1.
        public var attempt: UInt32

        /// Describes the transition.
        public init(step: Step, attempt: UInt32) {
            self.step = step
            self.attempt = attempt
        }
    }

    /// A person decided about a task in doubt.
    public struct DoubtResolved: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The attempt's number, from 1.
        public var attempt: UInt32
        /// The decision.
        public var resolution: Resolution

        /// Describes the transition.
        public init(step: Step, attempt: UInt32, resolution: Resolution) {
            self.step = step
            self.attempt = attempt
            self.resolution = resolution
        }
    }

    /// The executor stopped an attempt before its end, because it was shutting down or because the instance was to be
    /// cancelled. The attempt counts neither as failed nor as a crash; the task runs again if the instance goes on.
    public struct TaskInterrupted: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The attempt's number, from 1.
        public var attempt: UInt32

        /// Describes the transition.
        public init(step: Step, attempt: UInt32) {
            self.step = step
            self.attempt = attempt
        }
    }

    /// A step cannot go on in this program, because a stored value could not be decoded. No code of the step ran. A program
    /// that can decode the value continues the instance.
    public struct StepStuck: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The number of the attempt that had been recorded as started, from 1; 0 if there was none.
        public var attempt: UInt32
        /// The value, and why it could not be decoded.
        public var value: UndecodableValue

        /// Describes the transition.
        public init(step: Step, attempt: UInt32 = 0, value: UndecodableValue) {
            self.step = step
            self.attempt = attempt
            self.value = value
        }
    }
}

extension Event.DoubtResolved {
    /// What a person decided about a task in doubt.
    public enum Resolution: Hashable, Sendable {
        /// It did not happen: run the task again.
        case rerun
        /// It happened, and this was its output.
        case completed(output: Payload)
        /// It counts as failed.
        case failed(Failure)
        /// A decision that this build does not know: a newer build wrote it.
        case unknown
    }
}
