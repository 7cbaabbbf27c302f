/// Follows the tree over a log's records while its frames pass.
///
/// What sealed segments say of their part of the tree is believed, unless the fold is to recompute it; records of journals are
/// hashed in any case.
package struct TreeFold {
    /// A sealed segment that says something else of the tree than its records give.
    package struct Contradiction: Hashable, Sendable {
        /// The segment.
        package var segment: SegmentName
        /// Of how many records it says it.
        package var size: UInt64
        /// The root that the segment tells.
        package var told: TreeHash
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
        frame.forEachLeaf { leaf in
            frontier.append(leaf: leaf)
            if frontier.size == wantedSize { wanted = frontier.root }
        }
        wantedRoot = wanted
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
        if let told = try? sealedDetail()?.treeBefore { compare(told.size, told.root) }
    }

    private mutating func endSegment() {
        if let told = try? sealedDetail() { compare(told.lastSequence, told.root) }
    }

    /// What the segment says that is being recomputed.
    private func sealedDetail() throws -> SealedDetail? {
        guard recomputes, let segment, segment.isSealed else { return nil }
        return try search.sealed(segment).detail
    }

    /// Holds what a sealed segment says of the tree against what the records gave.
    private mutating func compare(_ size: UInt64, _ told: TreeHash) {
        guard let segment, let frontier, frontier.size == size else { return }
        let computed = frontier.root
        guard told != computed else { return }
        contradictions.append(Contradiction(segment: segment, size: size, told: told, computed: computed))
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
