internal import SayiirEvents

/// A workflow's nodes and how they hang together, without the types of their values.
///
/// Nodes stand in sequences. A sequence is the whole workflow, or belongs to a node that holds others: a branch of a fork or
/// route, the body of a loop or map, a child workflow.
struct Graph: Sendable {
    /// A node and its neighbours in its sequence, by their places in ``Graph/nodes``.
    struct Node: Sendable {
        var id: NodeID
        /// The id without the ids of the child workflows around it.
        var localID: String
        var kind: Kind
        var sequence: Int
        var predecessor: Int?
        var successor: Int?
    }

    /// Nodes that follow each other.
    struct Sequence: Sendable {
        /// A branch's name; empty for other sequences.
        var name: String
        /// The place of the node that the sequence belongs to; `nil` for the workflow's own.
        var owner: Int?
        var first: Int
        var last: Int
    }

    enum Kind: Sendable {
        case task(TaskNode)
        case delay(Duration)
        case signal(SignalNode)
        case fork(branches: [Int])
        case route(RouteNode)
        case loop(LoopNode)
        case map(MapNode)
        case child(body: Int, workflow: String)
    }

    /// The nodes, each before those that it holds, and those before its successor.
    let nodes: [Node]
    let sequences: [Sequence]
    private let places: [NodeID: Int]
    private let members: [[Int]]

    init(nodes: [Node], sequences: [Sequence]) {
        self.nodes = nodes
        self.sequences = sequences
        places = Dictionary(zip(nodes.map(\.id), nodes.indices), uniquingKeysWith: { first, _ in first })
        var members = [[Int]](repeating: [], count: sequences.count)
        for place in nodes.indices { members[nodes[place].sequence].append(place) }
        self.members = members
    }

    /// The workflow's own sequence.
    static let root = 0

    /// The place of the node with that id in ``nodes``; `nil` if the graph has none.
    func place(of id: NodeID) -> Int? { places[id] }

    /// The places of a sequence's nodes in ``nodes``, in its order.
    func places(in sequence: Int) -> [Int] { members[sequence] }

    /// The node with that id; `nil` if the graph has none.
    subscript(id: NodeID) -> Node? { places[id].map { nodes[$0] } }

    /// The task with that id; `nil` if the graph has no such node, or if it is none.
    func task(_ id: NodeID) -> TaskNode? {
        guard let place = places[id], case .task(let task) = nodes[place].kind else { return nil }
        return task
    }

    /// The node that gives the workflow's output.
    var last: Node { nodes[sequences[Self.root].last] }

    /// The node whose output the given one takes, or that it is the first in; `nil` for the workflow's first.
    func source(of node: Node) -> Node? {
        (node.predecessor ?? sequences[node.sequence].owner).map { nodes[$0] }
    }
}

/// A wait for a signal.
struct SignalNode: Sendable {
    var signal: String
    var timeout: Duration?
    /// What the payload has to be.
    var type: String
    /// Throws if a payload is not of that type.
    var check: @Sendable (Payload, Codecs) throws(ValueError) -> Void
    /// What is taken instead of a signal that does not come in time; `nil` if the workflow fails then.
    var fallback: (@Sendable (Codecs) throws(ValueError) -> Payload)?
}

extension SignalNode {
    init<Payload: Decodable & Sendable>(
        signal: String, type: Payload.Type, timeout: Duration?,
        fallback: (@Sendable (Codecs) throws(ValueError) -> SayiirEvents.Payload)? = nil
    ) {
        self.signal = signal
        self.timeout = timeout
        self.type = "\(type)"
        self.fallback = fallback
        check = { (payload, codecs) throws(ValueError) in _ = try codecs.decode(type, from: payload) }
    }
}

/// A choice between sequences by a key.
struct RouteNode: Sendable {
    /// The sequence with the task that returns the key.
    var key: Int
    var branches: [ExactText: Int]
    var fallback: Int?
    /// Makes the node's output of the key and what the branch returned.
    var envelope: @Sendable (String, NodeValue, Codecs) throws(ValueError) -> any Sendable
}

/// A sequence that is repeated until it says that it is done.
struct LoopNode: Sendable {
    var body: Int
    var maxIterations: Int
    var onMax: OnMax
    /// The number of iterations that the format can count. A higher ``maxIterations`` is the same as this one.
    static let iterationLimit = Int(UInt32.max)
    /// Takes apart what the body returned.
    var unwrap: @Sendable (NodeValue, Codecs) throws(ValueError) -> (decision: Event.LoopDecision, value: any Sendable)
}

/// A sequence that is run for each element of an array.
struct MapNode: Sendable {
    var body: Int
    var concurrency: Int
    /// The number of elements that may be under way: ``concurrency``, held to the number of elements that a map can have.
    var width: Int { min(concurrency, Int(UInt32.max)) }
    var split: @Sendable (NodeValue, Codecs) throws(ValueError) -> [any Sendable]
    var gather: @Sendable ([NodeValue], Codecs) throws(ValueError) -> any Sendable
}
