extension Event {
    /// Somebody asked to pause; it takes effect between tasks.
    public struct PauseRequested: Hashable, Sendable {
        /// Describes the transition.
        public init() {}
    }

    /// The instance stands still until it is unpaused.
    public struct Paused: Hashable, Sendable {
        /// Describes the transition.
        public init() {}
    }

    /// The instance may go on.
    public struct Unpaused: Hashable, Sendable {
        /// Describes the transition.
        public init() {}
    }

    /// Somebody asked to cancel; it takes effect between tasks.
    public struct CancelRequested: Hashable, Sendable {
        /// Describes the transition.
        public init() {}
    }

    /// The instance ended by cancellation.
    public struct Cancelled: Hashable, Sendable {
        /// The step that it would have gone on with, or whose wait it gave up.
        public var interrupted: Step?

        /// Describes the transition.
        public init(interrupted: Step? = nil) {
            self.interrupted = interrupted
        }
    }
}
