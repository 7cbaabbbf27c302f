public import Logging
public import SayiirEvents

/// What a task can know of its own execution.
///
/// ```swift
/// let charge = DurableTask("charge") { (order: Order) in
///     try await payments.charge(order, idempotencyKey: TaskContext.current?.idempotencyKey)
/// }
/// ```
public struct TaskContext: Sendable {
    /// The context of the task that runs here; `nil` outside a task.
    @TaskLocal public static var current: TaskContext?

    /// The workflow's name.
    public let workflow: String
    /// The instance.
    public let instance: InstanceID
    /// The activation of the task's node.
    public let step: Step
    /// The attempt's number, from 1. Attempts that a crash interrupted count.
    public let attempt: UInt32
    private let node: TaskNode?
    private let metadata: Payload?
    let codecs: Codecs
    /// The engine's logger, without metadata.
    private let plainLogger: Logger
    /// What the attempt's heartbeats are counted in; `nil` if nobody waits for them.
    let pulse: Heartbeat?

    init(
        workflow: String, instance: InstanceID, step: Step, attempt: UInt32, node: TaskNode?, metadata: Payload?,
        codecs: Codecs, logger: Logger
    ) {
        self.workflow = workflow
        self.instance = instance
        self.step = step
        self.attempt = attempt
        self.node = node
        self.metadata = metadata
        self.codecs = codecs
        plainLogger = logger
        let limit = node?.options.heartbeatTimeout
        pulse = limit.map { $0 <= TaskOptions.longestHeartbeatTimeout } == true ? Heartbeat() : nil
    }

    /// What governs the task.
    public var options: TaskOptions { node?.options ?? TaskOptions() }

    /// The task's id in its workflow.
    public var task: NodeID { step.node }

    /// A text that is the same for every attempt at this step of this instance, and for no other step: give it to services
    /// that make the same request twice as good as once.
    public var idempotencyKey: String { "\(instance)/\(step)" }

    /// The workflow's metadata, see ``Flow/metadata(_:)``; `nil` if it has none.
    ///
    /// - Throws: what the decoder throws if the metadata is of another type.
    public func workflowMetadata<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value? {
        try metadata.map { payload in try codecs.decode(type, from: payload) }
    }
}

extension TaskContext {
    /// A logger for the task's code: ``EngineOptions/logger`` with the metadata `instance`, `workflow`, `step` and `attempt`.
    ///
    /// ```swift
    /// TaskContext.current?.logger.info("charged", metadata: ["amount": "\(order.total)"])
    /// ```
    ///
    /// Costs nothing unless it is asked for. Each access makes a new one: keep it in a constant where many lines are logged.
    public var logger: Logger {
        var logger = plainLogger
        for (key, value) in logMetadata { logger[metadataKey: key] = value }
        return logger
    }

    /// Adds the metadata `instance`, `workflow`, `step` and `attempt` to what is logged from within a task, by any logger that has
    /// this provider; adds nothing outside a task.
    ///
    /// ```swift
    /// LoggingSystem.bootstrap(StreamLogHandler.standardError, metadataProvider: TaskContext.metadataProvider)
    /// ```
    public static let metadataProvider = Logger.MetadataProvider { current?.logMetadata ?? [:] }

    private var logMetadata: Logger.Metadata {
        ["instance": "\(instance)", "workflow": "\(workflow)", "step": "\(step)", "attempt": "\(attempt)"]
    }
}
