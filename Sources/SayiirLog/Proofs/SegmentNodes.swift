/// The part of the log's tree that is a segment's own: the largest whole subtrees of which its records consist, none of more than
/// 256 records. With them a proof needs no record of a later segment, and of its own only those of a block or two.
struct SegmentNodes: Sendable {
    /// Low enough that little is hashed beside a record, high enough that the nodes take a thousandth of the records' room or two.
    static let highestLevel = 8

    private let subtrees: [(place: MerkleTree.Subtree, hash: TreeHash)]

    /// The nodes of some leaves, in order.
    fileprivate init(_ hashes: [TreeHash], over leaves: Range<UInt64>) {
        subtrees = Array(zip(MerkleTree.cover(of: leaves, highestLevel: Self.highestLevel), hashes))
    }

    /// Reads nodes as they are stored; `nil` unless there are as many as the records need.
    init?(decoding body: [UInt8], over leaves: Range<UInt64>) {
        let count = body.count / TreeHash.byteCount
        var subtrees: [(MerkleTree.Subtree, TreeHash)] = []
        subtrees.reserveCapacity(count)
        // The header's numbers may be absurd: not more is looked at than is stored.
        for place in MerkleTree.cover(of: leaves, highestLevel: Self.highestLevel) {
            guard subtrees.count < count else { return nil }
            let hash = body.withUnsafeBytes { TreeHash(loading: $0, at: subtrees.count * TreeHash.byteCount) }
            subtrees.append((place, hash))
        }
        guard subtrees.count * TreeHash.byteCount == body.count else { return nil }
        self.subtrees = subtrees
    }

    /// The hash of a subtree, if it is one of the nodes.
    func hash(of subtree: MerkleTree.Subtree) -> TreeHash? {
        var range = 0..<subtrees.count
        while let middle = range.isEmpty ? nil : (range.lowerBound + range.upperBound) / 2 {
            let node = subtrees[middle]
            if node.place == subtree { return node.hash }
            if node.place.start == subtree.start { return nil }
            range = node.place.start < subtree.start ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// The tree through the segment's last record, from the one before its first.
    func appended(to before: MerkleFrontier) -> MerkleFrontier {
        subtrees.reduce(into: before) { $0.append($1.hash, level: $1.place.level) }
    }
}

/// Hashes the records of a segment, one after the other, into its ``SegmentNodes``.
struct SegmentNodesBuilder {
    private let start: UInt64
    private var end: UInt64
    private(set) var hashes: [TreeHash] = []

    /// Begins before the leaf with this number.
    init(from start: UInt64) {
        self.start = start
        end = start
    }

    /// Adds a record's leaf.
    mutating func append(_ leaf: TreeHash) {
        hashes.append(leaf)
        end += 1
        for level in 1...SegmentNodes.highestLevel {
            let count: UInt64 = 1 << UInt64(level)
            guard end & (count - 1) == 0, end - start >= count else { return }
            let right = hashes.removeLast()
            hashes.append(TreeHash(hashes.removeLast(), right))
        }
    }

    /// The nodes of what was added.
    var nodes: SegmentNodes { SegmentNodes(hashes, over: start..<end) }

    /// The tree through the last record that was added, from the one before the first.
    func tree(after before: MerkleFrontier) -> MerkleFrontier { nodes.appended(to: before) }

    /// The nodes as they are stored.
    func encoded() -> [UInt8] { hashes.encoded() }
}

extension [TreeHash] {
    /// The hashes' bytes, one after the other.
    func encoded() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count * TreeHash.byteCount)
        bytes.withUnsafeMutableBytes { target in
            for (index, hash) in enumerated() { hash.store(into: target, at: index * TreeHash.byteCount) }
        }
        return bytes
    }
}

extension Frame {
    /// Calls `visit` with the leaf of each record in the log's tree, in order.
    func forEachLeaf(_ visit: (TreeHash) -> Void) {
        body.withUnsafeBytes { bytes in
            var start = 0
            // The decoder has checked that the headers split the body exactly.
            while let header = RecordHeader(decoding: bytes, at: start) {
                visit(TreeHash(leaf: bytes.part(start, header.extent)))
                start += header.extent
            }
        }
    }
}
