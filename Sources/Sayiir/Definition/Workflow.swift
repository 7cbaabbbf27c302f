public import SayiirEvents

/// A workflow that can be run: a checked graph of nodes that takes an `Input` and gives an `Output`.
///
/// Made by ``FlowBuilder/build(fileID:line:)``; immutable from then on.
public struct Workflow<Input: Codable & Sendable, Output: Codable & Sendable>: Sendable {
    /// The workflow's name. An instance goes by the name and the definition of the workflow that it was submitted with.
    public let name: String
    /// What identifies the definition. An instance can be resumed by a workflow with the same name and hash only.
    public let definitionHash: DefinitionHash
    /// The text that the hash is the digest of, made once for all submissions.
    let definitionText: String
    /// What the workflow was made of, to be a part of another one.
    let draft: FlowDraft
    let graph: Graph
    /// What tells the workflow from another one of the same name and definition.
    let origin: WorkflowOrigin
    /// The name, and those that the workflow had before.
    var names: [String] { [name] + draft.formerNames }

    init(name: String, draft: FlowDraft, graph: Graph, fileID: String, line: UInt) {
        self.name = name
        origin = WorkflowOrigin(name: name, types: "\(Input.self) to \(Output.self)", fileID: fileID, line: line)
        self.draft = draft
        self.graph = graph
        definitionText = graph.definitionText
        definitionHash = DefinitionHash(of: graph)
    }

    /// The workflow's metadata as it is stored with each instance; `nil` if it has none.
    public var metadata: Payload? { try? draft.metadata?.get() }

    /// How long a run may take, see ``FlowBuilder/deadline(_:)``; `nil` if as long as it likes.
    public var deadline: Duration? { draft.deadline }

    /// The nodes, each before those that it holds and before its successor.
    public var nodes: [WorkflowNode] {
        graph.nodes.map { WorkflowNode($0, predecessor: graph.source(of: $0)?.id) }
    }
}

/// What a node of a workflow is.
public struct WorkflowNode: Hashable, Sendable {
    /// The kinds of node.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A task, which a join or the key function of a route is too.
        case task
        /// A wait of a given length.
        case delay
        /// A wait for a signal.
        case awaitSignal = "await_signal"
        /// Branches that run at the same time.
        case fork
        /// Branches of which one is chosen.
        case branch
        /// A body that is repeated.
        case loop
        /// A body that is run for each element of an array.
        case map
        /// Another workflow.
        case childWorkflow = "child_workflow"
    }

    /// The node's id, unique in its workflow.
    public let id: NodeID
    /// What kind of node it is.
    public let kind: Kind
    /// The node whose output it takes, or in which it is the first; `nil` for the workflow's first.
    public let predecessor: NodeID?
    /// What governs its execution, if it is a task.
    public let options: TaskOptions?
    /// How long the node waits at most: the length of a delay, the time-out of a signal or task; `nil` if there is no bound.
    public let timeout: Duration?

    init(_ node: Graph.Node, predecessor: NodeID?) {
        id = node.id
        self.predecessor = predecessor
        switch node.kind {
        case .task(let task): (kind, options, timeout) = (.task, task.options, task.options.timeout)
        case .delay(let duration): (kind, options, timeout) = (.delay, nil, duration)
        case .signal(let signal): (kind, options, timeout) = (.awaitSignal, nil, signal.timeout)
        case .fork: (kind, options, timeout) = (.fork, nil, nil)
        case .route: (kind, options, timeout) = (.branch, nil, nil)
        case .loop: (kind, options, timeout) = (.loop, nil, nil)
        case .map: (kind, options, timeout) = (.map, nil, nil)
        case .child: (kind, options, timeout) = (.childWorkflow, nil, nil)
        }
    }
}
