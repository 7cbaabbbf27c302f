extension Event {
    /// A fork started all of its branches, each with the fork's input.
    public struct Forked: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The branches' names in declared order.
        public var branches: [String]

        /// Describes the transition.
        public init(step: Step, branches: [String]) {
            self.step = step
            self.branches = branches
        }
    }

    /// The last node of a branch finished; its output is the branch's.
    public struct BranchFinished: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The branch's name.
        public var branch: String

        /// Describes the transition.
        public init(step: Step, branch: String) {
            self.step = step
            self.branch = branch
        }
    }

    /// All branches finished and their outputs went to the join.
    public struct Joined: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step

        /// Describes the transition.
        public init(step: Step) {
            self.step = step
        }
    }

    /// A map began over an array that is known only now.
    public struct MapStarted: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// How many elements it has.
        public var count: UInt32

        /// Describes the transition.
        public init(step: Step, count: UInt32) {
            self.step = step
            self.count = count
        }
    }

    /// One element of a map went through.
    public struct MapElementFinished: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The element's place, from 0.
        public var index: UInt32

        /// Describes the transition.
        public init(step: Step, index: UInt32) {
            self.step = step
            self.index = index
        }
    }

    /// All elements of a map went through.
    public struct MapFinished: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step

        /// Describes the transition.
        public init(step: Step) {
            self.step = step
        }
    }

    /// A route chose its branch.
    public struct Routed: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The key that the route's function returned.
        public var key: String
        /// Whether no branch had that key, and the default was taken.
        public var isDefault: Bool

        /// Describes the transition.
        public init(step: Step, key: String, isDefault: Bool) {
            self.step = step
            self.key = key
            self.isDefault = isDefault
        }
    }

    /// The body of a loop returned its decision.
    public struct LoopIterated: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The iteration's number, from 0.
        public var iteration: UInt32
        /// Whether another iteration follows.
        public var decision: LoopDecision

        /// Describes the transition.
        public init(step: Step, iteration: UInt32, decision: LoopDecision) {
            self.step = step
            self.iteration = iteration
            self.decision = decision
        }
    }

    /// A loop is done.
    public struct LoopFinished: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// How many iterations ran.
        public var iterations: UInt32
        /// Whether it ended because no more were allowed.
        public var reachedLimit: Bool

        /// Describes the transition.
        public init(step: Step, iterations: UInt32, reachedLimit: Bool) {
            self.step = step
            self.iterations = iterations
            self.reachedLimit = reachedLimit
        }
    }

    /// A child workflow began.
    public struct ChildStarted: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step
        /// The child workflow's name.
        public var workflow: String

        /// Describes the transition.
        public init(step: Step, workflow: String) {
            self.step = step
            self.workflow = workflow
        }
    }

    /// A child workflow ended; its output is the node's.
    public struct ChildFinished: Hashable, Sendable {
        /// The activation concerned.
        public var step: Step

        /// Describes the transition.
        public init(step: Step) {
            self.step = step
        }
    }
}

extension Event {
    /// What the body of a loop decided.
    public enum LoopDecision: Hashable, Sendable {
        /// Another iteration follows, with the body's value.
        case again
        /// The loop is done, with the body's value.
        case done
        /// A decision that this build does not know, by its number in the published schema: a newer build wrote it.
        case unknown(UInt32)
    }
}
