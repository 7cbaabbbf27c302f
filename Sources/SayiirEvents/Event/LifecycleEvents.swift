extension Event {
    /// An instance, or a new run of one, came into being.
    public struct Submitted: Hashable, Sendable {
        /// The workflow's name.
        public var workflow: String
        /// The hash of the definition it runs by.
        public var definition: DefinitionHash
        /// The workflow's input.
        public var input: Payload
        /// The workflow's own metadata, if it has any.
        public var metadata: Payload?
        /// From 1 (critical) to 5 (minimal).
        public var priority: UInt32
        /// What a worker must offer to run it.
        public var tags: [String]
        /// The trace that the submission belongs to, if the program traces.
        public var traceContext: TraceContext?
        /// The moment at which the run fails if it has not ended; `nil` if it may take as long as it likes.
        public var deadline: Timestamp?

        /// Describes the transition.
        public init(
            workflow: String, definition: DefinitionHash, input: Payload, metadata: Payload? = nil,
            priority: UInt32, tags: [String] = [], traceContext: TraceContext? = nil, deadline: Timestamp? = nil
        ) {
            self.workflow = workflow
            self.definition = definition
            self.input = input
            self.metadata = metadata
            self.priority = priority
            self.tags = tags
            self.traceContext = traceContext
            self.deadline = deadline
        }
    }

    /// The workflow finished.
    public struct Completed: Hashable, Sendable {
        /// The step whose output is the workflow's; `nil` if its output is its input.
        public var result: Step?

        /// Describes the transition.
        public init(result: Step? = nil) {
            self.result = result
        }
    }

    /// The workflow ended with an error.
    public struct Failed: Hashable, Sendable {
        /// The step that failed, if one did.
        public var step: Step?
        /// The error.
        public var failure: Failure

        /// Describes the transition.
        public init(step: Step? = nil, failure: Failure) {
            self.step = step
            self.failure = failure
        }
    }

    /// A new run of the same id replaces this one, by the caller's conflict policy.
    public struct Superseded: Hashable, Sendable {
        /// Describes the transition.
        public init() {}
    }

    /// An ended instance goes on again from the given step, by a person's decision.
    public struct Reopened: Hashable, Sendable {
        /// Where it goes on.
        public var step: Step

        /// Describes the transition.
        public init(step: Step) {
            self.step = step
        }
    }

    /// The instance and what belongs to it are gone from every view.
    public struct Deleted: Hashable, Sendable {
        /// Describes the transition.
        public init() {}
    }

    /// An executor holds the instance; earlier holders can no longer write.
    public struct LeaseAcquired: Hashable, Sendable {
        /// The holder's name.
        public var executor: String
        /// The fencing epoch, higher than any before.
        public var epoch: UInt64

        /// Describes the transition.
        public init(executor: String, epoch: UInt64) {
            self.executor = executor
            self.epoch = epoch
        }
    }

    /// A holder's lease ended without its release.
    public struct LeaseLost: Hashable, Sendable {
        /// The former holder's name.
        public var executor: String
        /// The epoch that ended.
        public var epoch: UInt64

        /// Describes the transition.
        public init(executor: String, epoch: UInt64) {
            self.executor = executor
            self.epoch = epoch
        }
    }

    /// The instance was moved to another definition.
    public struct DefinitionChanged: Hashable, Sendable {
        /// The definition before.
        public var from: DefinitionHash
        /// The definition from now on.
        public var to: DefinitionHash

        /// Describes the transition.
        public init(from: DefinitionHash, to: DefinitionHash) {
            self.from = from
            self.to = to
        }
    }

    /// The instance began as a copy of another one's past.
    public struct Derived: Hashable, Sendable {
        /// The instance it came from.
        public var source: InstanceID
        /// The last revision that was copied.
        public var sourceRevision: UInt64
        /// The value that replaced the last output, or the input, if one did.
        public var change: Payload?

        /// Describes the transition.
        public init(source: InstanceID, sourceRevision: UInt64, change: Payload? = nil) {
            self.source = source
            self.sourceRevision = sourceRevision
            self.change = change
        }
    }

    /// The instance was brought in from another store.
    public struct Imported: Hashable, Sendable {
        /// A description of the store.
        public var source: String
        /// The chain digest of that store when it was exported; empty if unknown.
        public var head: [UInt8]

        /// Describes the transition.
        public init(source: String, head: [UInt8]) {
            self.source = source
            self.head = head
        }
    }

    /// Somebody left a note.
    public struct Annotated: Hashable, Sendable {
        /// The note.
        public var text: String

        /// Describes the transition.
        public init(text: String) {
            self.text = text
        }
    }
}
