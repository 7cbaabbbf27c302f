internal import SayiirEvents

/// What a definition says of each node, by the node's id.
struct Outline {
    /// What may become of a node.
    struct Terms: Hashable {
        /// How often a task that fails is tried again.
        var maxRetries = 0
        /// Whether a task that was interrupted is in doubt.
        var isAtMostOnce = false
        /// Whether a wait that times out goes on with a value.
        var hasFallback = false
    }

    private var depths: [NodeID: Int] = [:]
    private var terms: [NodeID: Terms] = [:]

    init(_ definition: Definition) { add(definition.nodes, depth: 0) }

    private mutating func add(_ nodes: [Definition.Node], depth: Int) {
        for node in nodes {
            depths[node.id] = depth
            terms[node.id] = node.terms
            for body in node.bodies { add(body.nodes, depth: depth + 1) }
        }
    }

    /// In how many others a node stands; `nil` if the definition has no such node. A route's key is chosen where the route stands.
    func depth(of node: NodeID) -> Int? {
        let suffix = "::key_fn"
        guard node.rawValue.hasSuffix(suffix) else { return depths[node] }
        return depths[node] ?? depths[NodeID(String(node.rawValue.dropLast(suffix.count)))]
    }

    /// What may become of a node; `nil` if the definition has no such node.
    func terms(of node: NodeID) -> Terms? { terms[node] }
}
