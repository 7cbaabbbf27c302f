/// Follows the tree over a log's records while its frames pass.
///
/// What sealed segments say of their part of the tree is believed, unless the fold is to recompute it; records of journals are
/// hashed in any case.
package struct TreeFold {
    /// A sealed segment that says something else of the tree than the records give.
    package struct Contradiction: Hashable, Sendable {
        /// The segment.
        package var segment: SegmentName
        /// The records of which some are not those that were sealed.
        package var sequences: ClosedRange<UInt64>
        /// The tree that the segment tells.
        package var told: TreeHead
        /// The root that the records give.
        package var computed: TreeHash
    }

    private let search: FrontierSearch
    private let recomputes: Bool
    /// A size at which the root is wanted.
    private let wantedSize: UInt64?
    /// The root at that size, once it has passed.
    package private(set) var wantedRoot: TreeHash?
    /// What sealed segments tell that is not so; only if the fold recomputes.
    package private(set) var contradictions: [Contradiction] = []
    /// The tree over what has passed; `nil` while it is only known to sealed segments, or to nobody.
    private var frontier: MerkleFrontier?
    private var segment: SegmentName?
    /// The nodes of the sealed segment that is being recomputed.
    private var nodes: SegmentNodesBuilder?

    init(_ search: FrontierSearch, recomputes: Bool, wantedSize: UInt64?) {
        self.search = search
        self.recomputes = recomputes
        self.wantedSize = wantedSize
    }

    /// Takes the next frame.
    package mutating func take(_ frame: Frame) {
        guard frame.recordCount > 0 else { return }
        if frame.segment != segment { begin(frame) }
        guard recomputes || !frame.segment.isSealed else { return }
        guard var frontier, frontier.size == frame.firstSequence - 1 else {
            self.frontier = nil
            return
        }
        self.frontier = nil
        var wanted = wantedRoot
        var nodes = nodes
        self.nodes = nil
        frame.forEachLeaf { leaf in
            nodes?.append(leaf)
            frontier.append(leaf: leaf)
            if frontier.size == wantedSize { wanted = frontier.root }
        }
        wantedRoot = wanted
        self.nodes = nodes
        self.frontier = frontier
    }

    /// The tree's head behind everything that has passed, which ended with this sequence; `nil` if it is not known.
    package mutating func finish(lastSequence: UInt64) -> TreeHead? {
        endSegment()
        if frontier == nil {
            // Of damage the verification speaks.
            frontier =
                if let segment { segment.isSealed ? try? search.sealed(segment).treeAfter() : nil } else {
                    try? search.beginning()
                }
            noteWanted()
        }
        return frontier.flatMap { $0.size == lastSequence ? $0.head : nil }
    }

    private mutating func begin(_ frame: Frame) {
        endSegment()
        segment = frame.segment
        guard recomputes || !frame.segment.isSealed else {
            frontier = nil
            return
        }
        if frontier?.size != frame.firstSequence - 1 { frontier = try? search.frontier(before: frame.segment) }
        noteWanted()
        guard recomputes, frame.segment.isSealed, let frontier else { return }
        nodes = SegmentNodesBuilder(from: frontier.size)
        // Once it was other records that were sealed, every later tree is another, too.
        guard contradictions.isEmpty, frontier.size > 0, let told = try? search.sealed(frame.segment).detail.treeBefore
        else { return }
        note(told.head, of: frame.segment, over: 1...frontier.size)
    }

    /// Holds the nodes of a sealed segment against those that its records gave.
    private mutating func endSegment() {
        guard let built = nodes, let segment, let sealed = try? search.sealed(segment),
            frontier?.size == sealed.detail.lastSequence, let told = try? sealed.nodes()
        else { return }
        nodes = nil
        let places = MerkleTree.cover(of: sealed.detail.leaves, highestLevel: SegmentNodes.highestLevel)
        let others = zip(places, built.hashes).filter { told.hash(of: $0) != $1 }.map(\.0)
        guard let first = others.first, let last = others.last else { return }
        note(
            TreeHead(size: sealed.detail.lastSequence, root: sealed.detail.root), of: segment,
            over: first.start + 1...last.end)
    }

    private mutating func note(_ told: TreeHead, of segment: SegmentName, over sequences: ClosedRange<UInt64>) {
        guard let frontier, frontier.head != told else { return }
        contradictions.append(
            Contradiction(segment: segment, sequences: sequences, told: told, computed: frontier.root))
    }

    private mutating func noteWanted() {
        guard let frontier, frontier.size == wantedSize else { return }
        wantedRoot = frontier.root
    }
}

extension LogReader {
    /// What follows the log's tree while it is verified.
    ///
    /// - Parameters:
    ///   - recomputes: Whether the records of sealed segments are hashed, too.
    ///   - wantedSize: A size at which the root is wanted; found only if the fold recomputes or the size lies in a journal.
    package func treeFold(recomputing recomputes: Bool, wanting wantedSize: UInt64? = nil) -> TreeFold {
        TreeFold(
            FrontierSearch(directory: directory, archives: archives, fileSystem: fileSystem), recomputes: recomputes,
            wantedSize: wantedSize)
    }
}
