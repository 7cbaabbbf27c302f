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
    /// The number of the instance's run, from 1: submitting an id again, where that is allowed, begins another run.
    public let run: UInt64
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
        workflow: String, instance: InstanceID, run: UInt64, step: Step, attempt: UInt32, node: TaskNode?,
        metadata: Payload?, codecs: Codecs, logger: Logger
    ) {
        self.workflow = workflow
        self.instance = instance
        self.run = run
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

    /// A text that is the same for every attempt at this step of this run of this instance, and for no other step, iteration, run or
    /// instance. Pass it to services that deduplicate requests by an idempotency key.
    ///
    /// The key consists of the instance's id, a slash and the step: `order-7/charge`, `order-7/resize#3.0` in loops and maps. From the
    /// second run on the run's number follows the id: `order-7#2/charge`. A slash, `#` or `%` in an id is escaped as in a URL
    /// (`%2F`, `%23`, `%25`), and so are `#` and `%` in the name of a node. The longest id makes it 768 bytes longer than the step.
    public var idempotencyKey: String {
        let id = instance.rawValue.escaping("%/#")
        let node = step.node.rawValue.escaping("%#")
        let activation = Step(NodeID(node), indices: step.indices)
        return run > 1 ? "\(id)#\(run)/\(activation)" : "\(id)/\(activation)"
    }

    /// The workflow's metadata, see ``FlowBuilder/metadata(_:)``; `nil` if it has none.
    ///
    /// - Throws: what the decoder throws if the metadata is of another type.
    public func workflowMetadata<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value? {
        try metadata.map { payload in try codecs.decode(type, from: payload) }
    }
}

extension String {
    /// The text with each of the given ASCII characters as `%` and two hexadecimal digits. Only texts without any are equal to what is
    /// returned, so that different texts stay different as long as `%` is among the characters.
    fileprivate func escaping(_ special: StaticString) -> String {
        let special = special.withUTF8Buffer { Array($0) }
        guard utf8.contains(where: special.contains) else { return self }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count + 8)
        for byte in utf8 {
            guard special.contains(byte) else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(ascii: "%"))
            bytes.append(contentsOf: String(byte, radix: 16, uppercase: true).utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
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
