/// The hash tree over a log's records, read from its files as far as a question needs.
///
/// Of sealed segments it reads headers and nodes, and single blocks where an answer begins or ends inside one. The records of
/// journals are hashed, and their leaves kept: 32 bytes each.
struct LogTree {
    private let contents: LogContents
    private let fileSystem: any FileSystem
    /// The tree before the part that is looked at, which begins where a segment does.
    private var before = MerkleFrontier()
    /// The segments behind, as far as they were opened, in order and without gaps.
    private var segments: [Segment] = []
    /// The tree over all records to the end of these.
    private var end = MerkleFrontier()

    /// A segment of which something was asked.
    private final class Segment {
        let name: SegmentName
        let leaves: Range<UInt64>
        private let content: Content
        private let nodes: SegmentNodes
        /// The leaves of the block that was read last, from its first.
        private var block: (start: UInt64, leaves: [TreeHash]) = (0, [])

        private enum Content {
            case sealed(SealedSegment)
            case journal([TreeHash])
        }

        init(_ segment: SealedSegment) throws {
            name = segment.name
            leaves = segment.detail.leaves
            content = .sealed(segment)
            nodes = try segment.nodes()
        }

        init(_ name: SegmentName, from start: UInt64, leaves: [TreeHash]) {
            self.name = name
            self.leaves = start..<start + UInt64(leaves.count)
            content = .journal(leaves)
            var builder = SegmentNodesBuilder(from: start)
            for leaf in leaves { builder.append(leaf) }
            nodes = builder.nodes
        }

        /// The hash of a subtree, if it is one of the segment's nodes.
        func hash(of subtree: MerkleTree.Subtree) -> TreeHash? { nodes.hash(of: subtree) }

        /// Adds the segment's records to the tree over those before.
        func append(to tree: inout MerkleFrontier) { tree = nodes.appended(to: tree) }

        /// The leaf with this number, which is one of the segment's.
        func leaf(_ number: UInt64) throws -> TreeHash {
            switch content {
            case .journal(let leaves): return leaves[Int(number - self.leaves.lowerBound)]
            case .sealed(let segment):
                if !(block.start..<block.start + UInt64(block.leaves.count)).contains(number) {
                    let frame = try segment.block(holding: number + 1)
                    block = (frame.firstSequence - 1, [])
                    frame.forEachLeaf { block.leaves.append($0) }
                }
                return block.leaves[Int(number - block.start)]
            }
        }
    }

    /// Opens the tree where the records from this one on can be asked for.
    ///
    /// - Throws: ``LogError``, or a ``FileSystemError``.
    init(from sequence: UInt64, in directory: String, archives: [String], fileSystem: any FileSystem) throws {
        self.fileSystem = fileSystem
        do {
            contents = try LogContents(in: directory, archives: archives, fileSystem: fileSystem)
        } catch let defect as Removals.Defect {
            throw defect.error(in: directory)
        }
        guard let holder = contents.segments.last(where: { $0.firstSequence <= sequence }) else { return }
        let search = FrontierSearch(directory: directory, archives: archives, fileSystem: fileSystem)
        before = try search.frontier(before: holder)
        end = before
        try open(holder)
    }

    /// How many records the log has, as far as they are whole: opens all segments to the end.
    mutating func size() throws -> UInt64 {
        while try openNext() {}
        return end.size
    }

    /// The tree's head when it had so many records; `nil` if it has fewer, or if that lies before the place where this was opened.
    mutating func head(at size: UInt64) throws -> TreeHead? {
        if size == before.size { return before.head }
        guard try reaches(size) else { return nil }
        return try hash(of: 0..<size).map { TreeHead(size: size, root: $0) }
    }

    /// The hashes beside the way of a record to the root of the tree of so many records; `nil` if the log has fewer.
    mutating func path(of sequence: UInt64, inTreeOf size: UInt64) throws -> [TreeHash]? {
        guard sequence > before.size, sequence <= size, try reaches(size) else { return nil }
        var path: [TreeHash] = []
        for sibling in MerkleTree.siblings(of: sequence - 1, inTreeOf: size) {
            guard let hash = try hash(of: sibling) else { return nil }
            path.append(hash)
        }
        return path
    }

    private mutating func reaches(_ size: UInt64) throws -> Bool {
        guard size > before.size else { return false }
        while end.size < size {
            guard try openNext() else { return false }
        }
        return true
    }

    /// The hash of the node over some leaves; `nil` if it needs records that retention took away.
    private func hash(of leaves: Range<UInt64>) throws -> TreeHash? {
        struct Gone: Error {}
        do {
            return try MerkleTree.hash(
                of: leaves,
                known: { leaves in
                    guard let subtree = MerkleTree.Subtree(leaves) else { return nil }
                    if leaves.upperBound <= before.size { return before.peak(subtree) }
                    return segment(with: leaves.lowerBound)?.hash(of: subtree)
                },
                leaf: { number in
                    guard let segment = segment(with: number) else { throw Gone() }
                    return try segment.leaf(number)
                })
        } catch is Gone {
            return nil
        }
    }

    /// The opened segment that has a leaf.
    private func segment(with leaf: UInt64) -> Segment? {
        var range = 0..<segments.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            let leaves = segments[middle].leaves
            if leaves.contains(leaf) { return segments[middle] }
            range = leaves.upperBound <= leaf ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// Opens the segment behind those that are open. Returns false if there is none.
    private mutating func openNext() throws -> Bool {
        guard let last = segments.last?.name.number,
            let next = contents.segments.first(where: { $0.number > last })
        else { return false }
        try open(next)
        return true
    }

    private mutating func open(_ name: SegmentName) throws {
        let directory = contents.directory(of: name)
        guard name.firstSequence == end.size + 1 else {
            throw SegmentHeader.Defect.damaged("the records before it end with sequence \(end.size)")
                .error(of: name, in: directory)
        }
        let segment: Segment
        if name.isSealed {
            let sealed = try SealedSegment(name, in: directory, fileSystem: fileSystem)
            guard sealed.detail.treeBefore == end else {
                throw SegmentHeader.Defect.damaged("its tree does not continue that of the segment before")
                    .error(of: name, in: directory)
            }
            segment = try Segment(sealed)
        } else {
            let isNewest = name == contents.segments.last
            let leaves = try leaves(ofJournal: name, isNewest: isNewest, in: directory)
            segment = Segment(name, from: end.size, leaves: leaves)
        }
        segment.append(to: &end)
        segments.append(segment)
    }

    private func leaves(ofJournal name: SegmentName, isNewest: Bool, in directory: String) throws -> [TreeHash] {
        let reader = try SegmentReader(opening: name, in: directory, fileSystem: fileSystem)
        var leaves: [TreeHash] = []
        while true {
            switch try reader.next() {
            case .frame(let frame): frame.forEachLeaf { leaves.append($0) }
            case .sealed: return leaves
            // The newest ends where its valid frames do: of what stands behind them, the opening rule judges.
            case .end where isNewest: return leaves
            case .end(let defect): throw LogError.damage(defect, at: reader.position, in: directory)
            }
        }
    }
}
