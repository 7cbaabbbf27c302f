/// RFC 6962's tree over a list of leaves: its shape, which the number of leaves decides. Leaves are counted from 0.
///
/// The tree over *n* leaves has on its left the largest power of two that is less than *n*, whole, and the rest on its right. So a
/// subtree that is whole keeps its hash as the tree grows, and a tree that ends anywhere consists of few of them.
enum MerkleTree {
    /// A whole subtree: 2^`level` leaves from `start` on, which is a multiple of as many.
    struct Subtree: Hashable, Sendable {
        var start: UInt64
        var level: Int

        var end: UInt64 { start + (1 << UInt64(level)) }

        init(start: UInt64, level: Int) {
            self.start = start
            self.level = level
        }

        /// The subtree that has exactly these leaves, of which there is at least one; `nil` if there is none.
        init?(_ leaves: Range<UInt64>) {
            let count = leaves.upperBound - leaves.lowerBound
            guard count.nonzeroBitCount == 1, leaves.lowerBound & (count - 1) == 0 else { return nil }
            self.init(start: leaves.lowerBound, level: count.trailingZeroBitCount)
        }
    }

    /// The largest whole subtrees of which some leaves consist, from the left, none higher than `highestLevel`.
    static func cover(
        of leaves: Range<UInt64>, highestLevel: Int = UInt64.bitWidth - 1
    ) -> some Sequence<Subtree> {
        sequence(state: leaves.lowerBound) { start -> Subtree? in
            guard start < leaves.upperBound else { return nil }
            let longest = UInt64.bitWidth - 1 - (leaves.upperBound - start).leadingZeroBitCount
            let subtree = Subtree(start: start, level: min(highestLevel, start.trailingZeroBitCount, longest))
            start = subtree.end
            return subtree
        }
    }

    /// The leaves below each node whose hash leads from a leaf to the root, from the leaf upwards. Empty if the tree has no such
    /// leaf.
    static func siblings(of leaf: UInt64, inTreeOf size: UInt64) -> [Range<UInt64>] {
        guard leaf < size else { return [] }
        var siblings: [Range<UInt64>] = []
        var node = 0..<size
        while node.upperBound - node.lowerBound > 1 {
            let middle = split(node)
            if leaf < middle {
                siblings.append(middle..<node.upperBound)
                node = node.lowerBound..<middle
            } else {
                siblings.append(node.lowerBound..<middle)
                node = middle..<node.upperBound
            }
        }
        return siblings.reversed()
    }

    /// The hash of the node over some leaves, which one node has in a tree that ends with them or later.
    ///
    /// - Parameters:
    ///   - leaves: At least one.
    ///   - known: The hash of a node, if it is known.
    ///   - leaf: The hash of a leaf that is not.
    static func hash(
        of leaves: Range<UInt64>, known: (Range<UInt64>) throws -> TreeHash?, leaf: (UInt64) throws -> TreeHash
    ) throws -> TreeHash {
        if let hash = try known(leaves) { return hash }
        guard leaves.upperBound - leaves.lowerBound > 1 else { return try leaf(leaves.lowerBound) }
        let middle = split(leaves)
        return TreeHash(
            try hash(of: leaves.lowerBound..<middle, known: known, leaf: leaf),
            try hash(of: middle..<leaves.upperBound, known: known, leaf: leaf))
    }

    /// Where the right half of a node with at least two leaves begins.
    private static func split(_ node: Range<UInt64>) -> UInt64 {
        let last = node.upperBound - node.lowerBound - 1
        return node.lowerBound + (1 << UInt64(UInt64.bitWidth - 1 - last.leadingZeroBitCount))
    }
}

/// The tree over the first records of a log, as far as it takes to go on with it: the hashes of the whole subtrees of which it
/// consists, its *peaks*. At most one a bit of its size.
struct MerkleFrontier: Hashable, Sendable {
    /// How many leaves the tree has.
    private(set) var size: UInt64 = 0
    /// From the left, so by falling size.
    private(set) var peaks: [TreeHash] = []

    /// The tree without leaves.
    init() {}

    /// The tree of so many leaves with these peaks; `nil` if it would have another number of peaks.
    init?(size: UInt64, peaks: [TreeHash]) {
        guard peaks.count == Self.peakCount(ofSize: size) else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Reads the peaks of the tree of so many leaves.
    init(loading bytes: UnsafeRawBufferPointer, at start: Int, size: UInt64) {
        self.size = size
        peaks = (0..<Self.peakCount(ofSize: size)).map {
            TreeHash(loading: bytes, at: start + $0 * TreeHash.byteCount)
        }
    }

    func store(into bytes: UnsafeMutableRawBufferPointer, at start: Int) {
        for (index, peak) in peaks.enumerated() { peak.store(into: bytes, at: start + index * TreeHash.byteCount) }
    }

    /// How many peaks the tree of so many leaves has.
    static func peakCount(ofSize size: UInt64) -> Int { size.nonzeroBitCount }

    /// Adds a leaf.
    mutating func append(leaf: TreeHash) { append(leaf, level: 0) }

    /// Adds a whole subtree of 2^`level` leaves. The size is a multiple of as many.
    mutating func append(_ subtree: TreeHash, level: Int) {
        var node = subtree
        var rest = size >> UInt64(level)
        while rest & 1 == 1, let left = peaks.popLast() {
            node = TreeHash(left, node)
            rest >>= 1
        }
        peaks.append(node)
        size += 1 << UInt64(level)
    }

    /// The tree's root.
    var root: TreeHash {
        guard let last = peaks.last else { return .ofNothing }
        return peaks.dropLast().reversed().reduce(last) { TreeHash($1, $0) }
    }

    /// The tree's size and root.
    var head: TreeHead { TreeHead(size: size, root: root) }

    /// The hash of a whole subtree, if it is one of the peaks.
    func peak(_ subtree: MerkleTree.Subtree) -> TreeHash? {
        let bit: UInt64 = 1 << UInt64(subtree.level)
        // The peak of a level stands where the higher bits of the size say.
        guard size & bit != 0, subtree.start == size & ~(bit | (bit - 1)) else { return nil }
        return peaks[((size >> UInt64(subtree.level)) >> 1).nonzeroBitCount]
    }
}
