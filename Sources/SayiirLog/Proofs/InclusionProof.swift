/// Why a record belongs to a log of which only the tree's root is known: the hashes beside the way from the record to the root.
/// As many as the tree is high, so about 23 for ten million records.
public struct InclusionProof: Hashable, Sendable {
    /// The record's sequence.
    public var sequence: UInt64
    /// How many records the tree has.
    public var treeSize: UInt64
    /// The hashes beside the way, from the record upwards.
    public var path: [TreeHash]

    /// Puts a proof together. Nothing is checked before ``verify(record:root:)``.
    ///
    /// - Parameters:
    ///   - sequence: The record's sequence, from 1.
    ///   - treeSize: How many records the tree has.
    ///   - path: The hashes beside the way, from the record upwards.
    public init(sequence: UInt64, treeSize: UInt64, path: [TreeHash]) {
        self.sequence = sequence
        self.treeSize = treeSize
        self.path = path
    }

    /// The root of the tree that has the record at this sequence, by this proof; `nil` if the proof is none: it is about no record
    /// of its tree, or has too many hashes or too few. Total, whatever the proof says.
    ///
    /// - Parameter record: The record's bytes, as the format's "Body" says.
    public func root(of record: [UInt8]) -> TreeHash? { root(ofLeaf: record.withUnsafeBytes { TreeHash(leaf: $0) }) }

    /// Whether the proof shows that the tree with this root has the record at this sequence.
    ///
    /// - Parameters:
    ///   - record: The record's bytes, as the format's "Body" says.
    ///   - root: The root that is trusted.
    public func verify(record: [UInt8], root: TreeHash) -> Bool { self.root(of: record) == root }

    func root(ofLeaf leaf: TreeHash) -> TreeHash? {
        guard sequence >= 1, sequence <= treeSize else { return nil }
        // The number of the node on the way, and of the last node, on each level from the leaves upwards.
        var node = sequence - 1
        var last = treeSize - 1
        var hash = leaf
        for sibling in path {
            guard last > 0 else { return nil }
            if node & 1 == 1 || node == last {
                hash = TreeHash(sibling, hash)
                // A last node without a sibling is passed up as it is.
                while node & 1 == 0, node > 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = TreeHash(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 ? hash : nil
    }
}
