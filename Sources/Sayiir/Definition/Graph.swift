internal import SayiirEvents

/// A workflow's nodes and how they follow each other, without the types of their values.
struct Graph: Sendable {
    /// A node and its neighbours, by their places in ``Graph/nodes``.
    struct Node: Sendable {
        var id: NodeID
        var kind: Kind
        /// The node whose output is this one's input; `nil` if that is the workflow's input.
        var predecessor: Int?
        /// The node that takes this one's output; `nil` if that is the workflow's output.
        var successor: Int?
    }

    enum Kind: Sendable {
        case task(TaskNode)
    }

    /// The nodes in the order of their declaration.
    let nodes: [Node]
    /// The node that takes the workflow's input.
    let first: Node
    /// The node that gives the workflow's output.
    let last: Node
    private let places: [NodeID: Int]

    /// A graph of nodes that follow each other; `nil` if there are none.
    init?(_ nodes: [Node]) {
        guard let first = nodes.first, let last = nodes.last else { return nil }
        self.nodes = nodes
        self.first = first
        self.last = last
        places = Dictionary(zip(nodes.map(\.id), nodes.indices), uniquingKeysWith: { first, _ in first })
    }

    /// The node with that id; `nil` if the graph has none.
    subscript(id: NodeID) -> Node? { places[id].map { nodes[$0] } }

    func task(_ id: NodeID) -> TaskNode? {
        guard case .task(let task) = self[id]?.kind else { return nil }
        return task
    }

    /// The node that takes over from the one with the given id.
    func successor(of id: NodeID) -> Node? { self[id]?.successor.map { nodes[$0] } }

    /// The node whose output the one with the given id takes.
    func predecessor(of id: NodeID) -> Node? { self[id]?.predecessor.map { nodes[$0] } }
}
