public import SayiirEvents

/// What is known of one activation of a node.
public struct StepState: Hashable, Sendable {
    /// The activation.
    public var step: Step
    /// What kind of node it is, as far as its events tell, and what is particular to that kind.
    public var kind: Kind
    /// How far it got.
    public var status: Status
    /// The number of the latest attempt, from 1; 0 for nodes that are not tasks.
    public var attempt: UInt32
    /// How many attempts ended with an error or ran out of time. Interrupted ones don't count.
    public var failureCount: UInt32
    /// How many of the failed attempts ran out of time.
    public var timeoutCount: UInt32
    /// The number of attempts in a row before the latest one whose end is not recorded: most likely they ended with their process.
    public var crashCount: UInt32
    /// When it began, with its first attempt.
    public var startedAt: Timestamp
    /// When its latest attempt began; equals `startedAt` for nodes that are not tasks.
    public var attemptStartedAt: Timestamp
    /// When it completed, or its latest attempt failed. `nil` while it is under way.
    public var finishedAt: Timestamp?
    /// What it returned, where that is a payload of its own: the output of a task, the payload of a signal.
    public var output: Payload?
    /// The latest attempt's error; kept after a later attempt succeeded.
    public var failure: Failure?
    /// Whether the run ended while this step was under way.
    public var isAbandoned: Bool

    /// A step that begins now.
    init(step: Step, kind: Kind, status: Status, attempt: UInt32 = 0, startedAt: Timestamp) {
        self.step = step
        self.kind = kind
        self.status = status
        self.attempt = attempt
        self.failureCount = 0
        self.timeoutCount = 0
        self.crashCount = 0
        self.startedAt = startedAt
        self.attemptStartedAt = startedAt
        self.isAbandoned = false
    }

    /// Whether it completed: it never runs again, and what follows it may begin.
    public var isCompleted: Bool {
        if case .completed = status { true } else { false }
    }
}

extension StepState {
    /// How far a step got.
    public enum Status: Hashable, Sendable {
        /// A task that may start again, because a person said so.
        case ready
        /// A task that was started; whether its code still runs is known only to the executor that started it.
        case running
        /// A task between two attempts.
        case waitingToRetry(at: Timestamp)
        /// A task that was interrupted and may run at most once, or that was interrupted too often in a row.
        case inDoubt
        /// A delay under way.
        case delaying(until: Timestamp)
        /// A wait for a signal.
        case awaitingSignal(name: String, deadline: Timestamp?)
        /// A node that holds others (a fork, map, loop, route or child) and waits for them.
        case entered
        /// The latest attempt ended with an error, and no other is planned.
        case failed
        /// Done, for good.
        case completed
    }

    /// The kind of a node and what only that kind has.
    public enum Kind: Hashable, Sendable {
        /// A task.
        case task
        /// A delay.
        case delay
        /// A wait for a signal.
        case signal
        /// A fork: its branches in declared order, and those that finished.
        case fork(branches: [String], finished: Set<ExactText>)
        /// A map over an array: how many elements it has, and those that finished.
        case map(count: UInt32, finished: Set<UInt32>)
        /// A route: the key that its function returned, and whether the default branch was taken for it.
        case route(key: String, isDefault: Bool)
        /// A loop: how many iterations finished, what the last one decided, and whether the limit ended it.
        case loop(iterations: UInt32, lastDecision: Event.LoopDecision?, reachedLimit: Bool)
        /// A child workflow, by its name.
        case child(workflow: String)
    }
}

extension StepState.Status: CustomStringConvertible {
    /// The status in a word or two.
    public var description: String {
        switch self {
        case .ready: "ready"
        case .running: "running"
        case .waitingToRetry: "waiting to retry"
        case .inDoubt: "in doubt"
        case .delaying: "delaying"
        case .awaitingSignal(let name, _): "awaiting signal '\(name)'"
        case .entered: "entered"
        case .failed: "failed"
        case .completed: "completed"
        }
    }
}
