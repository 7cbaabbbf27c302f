internal import SayiirEvents

// The start has one type parameter, not two that an initializer makes equal. With the latter, Swift 6.3 crashes on most
// flows that have a wrong type in them (github.com/swiftlang/swift/issues/81801). `WrongFlowTests` keeps the messages.

/// The start of a workflow: a flow without nodes, which takes a value of type `Input`.
///
/// ```swift
/// let shipping = try Flow("shipping", input: Order.self)
///     .then(reserve)
///     .delay("cool_off", .seconds(3600))
///     .then("label") { (reservation: Reservation) in Label(for: reservation) }
///     .then(notify)
///     .build()
/// ```
///
/// Every call returns a ``FlowBuilder`` with one more node.
public typealias Flow<Input: Codable & Sendable> = FlowBuilder<Input, Input>

/// A workflow under construction: nodes in the order in which they run, each taking the output of the one before.
///
/// Begin one with ``Flow``. A builder is a value: every call returns a longer one and leaves this one as it is. A task
/// whose input is not the output of the one before does not compile. ``build(fileID:line:)`` checks what the compiler cannot see.
///
/// Ids are unique over the whole flow, branches and bodies included; a child workflow has ids of its own.
public struct FlowBuilder<Input: Codable & Sendable, Output: Codable & Sendable>: FlowProtocol {
    /// The flow's name. Instances are bound to the name and the definition together; see ``formerly(_:)`` for a flow that is renamed.
    public let name: String
    let draft: FlowDraft

    init(name: String, draft: FlowDraft) {
        self.name = name
        self.draft = draft
    }

    /// The flow with a value that its tasks find in ``TaskContext/workflowMetadata(as:)``, and tools in the history.
    ///
    /// It is stored as JSON with every instance, 512 KiB at most. It is not part of the definition's hash.
    public func metadata(_ value: some Encodable & Sendable) -> FlowBuilder {
        var draft = draft
        draft.metadata = Result { () throws(ValueError) in try Codecs(writing: JSONCodec()).encode(value) }
        return FlowBuilder(name: name, draft: draft)
    }

    /// The flow whose runs fail if they have not ended when so much time has passed since their submission.
    ///
    /// It holds whatever the run does or waits for: a delay, a signal, the wait before a retry, a person's decision, or a task,
    /// whose Swift task is cancelled then. The failure's type is `DeadlineExceeded`. Where a run of the workflow is submitted,
    /// another deadline can be given to that run.
    ///
    /// The moment is stored with the submission: neither a crash nor a pause defers it. A paused run fails when its pause ends. Not
    /// part of the definition's hash, and of no effect in a child workflow, which runs within its parent's deadline.
    ///
    /// - Parameter duration: From 0 to 200 years; a run without any time fails before its first task.
    public func deadline(_ duration: Duration) -> FlowBuilder {
        var draft = draft
        draft.deadline = duration
        return FlowBuilder(name: name, draft: draft)
    }

    /// Declares names that the flow had before, so that instances that were submitted under them continue with it.
    ///
    /// Their definition has to be the same: a flow that has changed needs the earlier one to be registered, too.
    public func formerly(_ names: String...) -> FlowBuilder {
        var draft = draft
        draft.formerNames += names
        return FlowBuilder(name: name, draft: draft)
    }

    /// The flow followed by a task.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - id: The task's name in this flow, if it is not its own.
    public func then<Next>(_ task: DurableTask<Output, Next>, as id: String? = nil) -> FlowBuilder<Input, Next> {
        adding(.task(TaskNode(task)), id: id ?? task.id)
    }

    /// The flow followed by a task made of a function; see ``TaskOptions`` for what can be set.
    ///
    /// A function that has nothing to return returns ``Nothing``, since `Void` cannot be stored.
    public func then<Next>(
        _ id: String, options: TaskOptions = TaskOptions(), _ body: @escaping @Sendable (Output) async throws -> Next
    ) -> FlowBuilder<Input, Next> {
        adding(.task(TaskNode(DurableTask(id, options: options, body))), id: id)
    }

    /// Adds a task made of a function without a name. It is called `lambda_0`, the next one `lambda_1`, and so on.
    ///
    /// Use it for a first try. Moving such tasks about changes their names, so give names to what is to last.
    public func thenLambda<Next>(_ body: @escaping @Sendable (Output) async throws -> Next) -> FlowBuilder<Input, Next>
    {
        adding(.task(TaskNode(DurableTask("", options: TaskOptions(), body))), id: nil)
    }

    /// The flow followed by another workflow, which becomes a part of this one.
    ///
    /// Its nodes run as the parent's own, under the parent's instance, name and metadata. Their ids are put behind the
    /// child's: `child_0/charge`. So the same workflow may be used more than once.
    ///
    /// - Parameters:
    ///   - workflow: The child.
    ///   - id: Its name in this flow; `child_0`, `child_1`, … by default.
    public func thenFlow<Next>(_ workflow: Workflow<Output, Next>, as id: String? = nil) -> FlowBuilder<Input, Next> {
        adding(.child(workflow.draft, workflow: workflow.name), id: id)
    }

    /// The flow with one more node.
    func adding<Next>(_ kind: DraftNode.Kind, id: String?) -> FlowBuilder<Input, Next> {
        var draft = draft
        draft.nodes = draft.nodes.adding(DraftNode(id: id, kind: kind))
        return FlowBuilder<Input, Next>(name: name, draft: draft)
    }

    /// Checks the flow and makes a workflow of it.
    ///
    /// - Parameters:
    ///   - fileID: Where it is built, so that an error can name the place; leave it out.
    ///   - line: The line; leave it out.
    /// - Throws: ``FlowError`` with everything that is wrong: no task, an id used twice, options out of bounds.
    public func build(fileID: String = #fileID, line: UInt = #line) throws(FlowError) -> Workflow<Input, Output> {
        Workflow(
            name: name, draft: draft, graph: try GraphBuilder.build(draft, named: name), fileID: fileID, line: line)
    }
}

extension FlowBuilder {
    /// The builder itself.
    public var flow: FlowBuilder { self }
}

extension FlowBuilder where Output == Input {
    /// Begins a flow that takes a value of type `Input`.
    public init(_ name: String = "workflow", input: Input.Type) {
        self.init(name: name, draft: FlowDraft())
    }

    /// The flow that a branch or a body begins with.
    static var empty: FlowBuilder { FlowBuilder(name: "workflow", draft: FlowDraft()) }
}
