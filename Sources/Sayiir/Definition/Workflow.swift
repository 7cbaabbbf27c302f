public import SayiirEvents

/// A workflow that can be run: a checked graph of tasks that takes an `Input` and gives an `Output`.
///
/// Made by ``Flow/build()``; immutable from then on.
public struct Workflow<Input: Codable & Sendable, Output: Codable & Sendable>: Sendable {
    /// The workflow's name, for people.
    public let name: String
    /// What identifies the definition. An instance can be resumed by a workflow with the same hash only.
    public let definitionHash: DefinitionHash
    /// The workflow's metadata as it is stored with each instance; `nil` if it has none.
    public let metadata: Payload?
    let graph: Graph

    init(name: String, metadata: Payload?, graph: Graph) {
        self.name = name
        self.metadata = metadata
        self.graph = graph
        definitionHash = DefinitionHash(of: graph)
    }

    /// The nodes in the order of their declaration.
    public var nodes: [WorkflowNode] {
        graph.nodes.map { WorkflowNode($0, predecessor: graph.predecessor(of: $0.id)?.id) }
    }
}

/// What a node of a workflow is.
public struct WorkflowNode: Hashable, Sendable {
    /// The kinds of node.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A task.
        case task
    }

    /// The node's id, unique in its workflow.
    public let id: NodeID
    /// What kind of node it is.
    public let kind: Kind
    /// The node whose output it takes; `nil` for the first.
    public let predecessor: NodeID?
    /// What governs its execution, if it is a task.
    public let options: TaskOptions?

    init(_ node: Graph.Node, predecessor: NodeID?) {
        id = node.id
        self.predecessor = predecessor
        switch node.kind {
        case .task(let task):
            kind = .task
            options = task.options
        }
    }
}
