/// One activation of a node: the node, and which iteration or element of each enclosing loop or map this is.
///
/// A node outside every loop and map has no indices. Inside them the outermost index comes first; loop iterations
/// and map elements both count from 0.
public struct Step: Hashable, Sendable, CustomStringConvertible {
    /// The node that is activated.
    public var node: NodeID
    /// Iteration or element numbers, outermost first; empty outside loops and maps.
    public var indices: [UInt32]

    /// Names an activation of `node`.
    public init(_ node: NodeID, indices: [UInt32] = []) {
        self.node = node
        self.indices = indices
    }

    /// The node's id, followed by `#` and the indices joined with dots where there are any: `resize#3.0`.
    public var description: String {
        indices.isEmpty
            ? node.rawValue : "\(node.rawValue)#\(indices.map(String.init).joined(separator: "."))"
    }
}
