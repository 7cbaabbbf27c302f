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

    init(
        workflow: String, instance: InstanceID, step: Step, attempt: UInt32, node: TaskNode?, metadata: Payload?,
        codecs: Codecs
    ) {
        self.workflow = workflow
        self.instance = instance
        self.step = step
        self.attempt = attempt
        self.node = node
        self.metadata = metadata
        self.codecs = codecs
    }

    /// What governs the task.
    public var options: TaskOptions { node?.options ?? TaskOptions() }

    /// The task's id in its workflow.
    public var task: NodeID { step.node }

    /// A text that is the same for every attempt at this step of this instance, and for no other step: give it to services
    /// that make the same request twice as good as once.
    public var idempotencyKey: String { "\(instance)/\(step)" }

    /// The workflow's metadata, see ``FlowBuilder/metadata(_:)``; `nil` if it has none.
    ///
    /// - Throws: what the decoder throws if the metadata is of another type.
    public func workflowMetadata<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value? {
        try metadata.map { payload in try codecs.decode(type, from: payload) }
    }
}
