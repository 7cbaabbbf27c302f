extension Event {
    /// A delay began.
    public struct DelayStarted: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// When it is over.
        public var wakeAt: Timestamp

        /// Describes the transition.
        public init(step: Step, wakeAt: Timestamp) {
            self.step = step
            self.wakeAt = wakeAt
        }
    }

    /// A delay is over.
    public struct DelayElapsed: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step

        /// Describes the transition.
        public init(step: Step) {
            self.step = step
        }
    }

    /// A node waits for a signal.
    public struct SignalAwaited: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The signal's name.
        public var signal: String
        /// When the wait times out; `nil` if never.
        public var deadline: Timestamp?

        /// Describes the transition.
        public init(step: Step, signal: String, deadline: Timestamp? = nil) {
            self.step = step
            self.signal = signal
            self.deadline = deadline
        }
    }

    /// A signal arrived and is kept until a node consumes it, first in, first out for each name.
    public struct SignalReceived: Hashable, Sendable {
        /// The signal's name.
        public var signal: String
        /// The value that came with it.
        public var payload: Payload
        /// The sender's id for this delivery, where given; a second one with the same id is dropped.
        public var deduplicationID: String?
        /// The trace that the delivery belongs to, if the sender traces.
        public var traceContext: TraceContext?

        /// Describes the transition.
        public init(
            signal: String, payload: Payload, deduplicationID: String? = nil, traceContext: TraceContext? = nil
        ) {
            self.signal = signal
            self.payload = payload
            self.deduplicationID = deduplicationID
            self.traceContext = traceContext
        }
    }

    /// A waiting node took a signal; its payload is the node's output.
    public struct SignalConsumed: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The signal's name.
        public var signal: String
        /// The revision of the `SignalReceived` that was taken.
        public var receivedRevision: UInt64

        /// Describes the transition.
        public init(step: Step, signal: String, receivedRevision: UInt64) {
            self.step = step
            self.signal = signal
            self.receivedRevision = receivedRevision
        }
    }

    /// A wait ended without its signal.
    public struct SignalTimedOut: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The signal's name.
        public var signal: String
        /// The value taken instead; `nil` if the workflow fails.
        public var fallback: Payload?

        /// Describes the transition.
        public init(step: Step, signal: String, fallback: Payload? = nil) {
            self.step = step
            self.signal = signal
            self.fallback = fallback
        }
    }

    /// A signal's payload could not be decoded as what the waiting step takes. It stays in the mailbox, later signals are
    /// considered before it, and the wait continues.
    public struct SignalRejected: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The signal's name.
        public var signal: String
        /// The revision of the `SignalReceived` that was rejected.
        public var receivedRevision: UInt64
        /// The payload's codec, and why it could not be decoded.
        public var value: UndecodableValue

        /// Describes the transition.
        public init(step: Step, signal: String, receivedRevision: UInt64, value: UndecodableValue) {
            self.step = step
            self.signal = signal
            self.receivedRevision = receivedRevision
            self.value = value
        }
    }
}
