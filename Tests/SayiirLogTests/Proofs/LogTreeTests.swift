import SayiirTesting
import Testing

@testable import SayiirLog

/// The tree that a log's files hold, against one that is made of all its records.
@Suite struct LogTreeTests {
    /// The leaves of all records, from the first.
    private func leaves(_ disk: InMemoryFileSystem) throws -> [TreeHash] {
        var leaves: [TreeHash] = []
        _ = try LogReader(directory: "log", fileSystem: disk).verify { $0.forEachLeaf { leaves.append($0) } }
        return leaves
    }

    private func frontier(_ leaves: some Sequence<TreeHash>) -> MerkleFrontier {
        leaves.reduce(into: MerkleFrontier()) { $0.append(leaf: $1) }
    }

    private func segments(_ disk: InMemoryFileSystem) throws -> [SegmentName] {
        try LogFiles(in: "log", fileSystem: disk).segments
    }

    private func seal(_ name: SegmentName, on disk: InMemoryFileSystem) throws {
        let sealer = SegmentSealer(directory: "log", fileSystem: disk)
        try sealer.seal(name)
        try sealer.removeJournal(name)
    }

    /// A log of which `whole` was, with its front taken away up to the first journal.
    private func shortened(_ log: SealedLog) throws -> InMemoryFileSystem {
        try log.writeTwoSnapshots()
        let run = RetentionRun(directory: "log", fileSystem: log.disk)
        let plan = try run.plan(Retention(maximumBytes: 1), now: 9)
        try run.apply(plan, archive: nil, now: 9)
        return log.disk
    }

    @Test("each sealed segment has the peaks before it, the nodes of its records and the root behind them")
    func sealed() throws {
        let log = try SealedLog(segments: 6)
        let leaves = try leaves(log.disk)
        var count = 0
        for name in try segments(log.disk) where name.isSealed {
            let segment = try SealedSegment(name, in: "log", fileSystem: log.disk)
            let (start, end) = (Int(name.firstSequence) - 1, Int(segment.detail.lastSequence))
            #expect(segment.detail.treeBefore == frontier(leaves[..<start]))
            #expect(segment.detail.root == frontier(leaves[..<end]).root)
            #expect(try segment.treeAfter() == frontier(leaves[..<end]))
            let nodes = try segment.nodes()
            for subtree in MerkleTree.cover(of: segment.detail.leaves, highestLevel: SegmentNodes.highestLevel) {
                var perfect = MerkleFrontier()
                for leaf in leaves[Int(subtree.start)..<Int(subtree.end)] { perfect.append(leaf: leaf) }
                #expect(nodes.hash(of: subtree) == perfect.root)
                #expect(nodes.hash(of: .init(start: subtree.start, level: subtree.level + 1)) == nil)
            }
            count += 1
        }
        #expect(count == 5)
    }

    @Test("nodes are built leaf by leaf as they are read, wherever a segment begins and ends")
    func builder() throws {
        let leaves = (0..<700).map { number in
            [UInt8(number & 255), UInt8(number >> 8)].withUnsafeBytes(TreeHash.init(leaf:))
        }
        for (start, end) in [
            (0, 0), (0, 1), (0, 700), (1, 700), (255, 258), (256, 512), (37, 613), (511, 513), (300, 301),
        ] {
            var builder = SegmentNodesBuilder(from: UInt64(start))
            for leaf in leaves[start..<end] { builder.append(leaf) }
            let range = UInt64(start)..<UInt64(end)
            let before = frontier(leaves[..<start])
            let nodes = try #require(SegmentNodes(decoding: builder.encoded(), over: range))
            #expect(nodes.appended(to: before) == frontier(leaves[..<end]))
            #expect(builder.tree(after: before) == frontier(leaves[..<end]))
            #expect(SegmentNodes(decoding: builder.encoded() + [0], over: range) == nil)
            #expect(SegmentNodes(decoding: builder.encoded() + [UInt8](repeating: 0, count: 32), over: range) == nil)
            #expect(SegmentNodes(decoding: builder.encoded(), over: range.lowerBound..<UInt64(1) << 61) == nil)
        }
    }

    @Test("segments sealed in any order are the same files, and so they are where retention took what came before")
    func order() throws {
        let inOrder = try SealedLog(segments: 6)
        let files = try segments(inOrder.disk).filter(\.isSealed)
        let another = try SealedLog(segments: 6, journalCount: 6)
        let journals = try segments(another.disk)
        for index in [2, 4, 0, 1, 3] { try seal(journals[index], on: another.disk) }
        for name in files {
            #expect(try another.disk.bytes(of: "log/\(name)") == inOrder.disk.bytes(of: "log/\(name)"))
        }
        // The first three are sealed and go; then the others are sealed, the second of them first.
        let disk = try shortened(SealedLog(segments: 6, journalCount: 3))
        #expect(try segments(disk).map(\.number) == [4, 5, 6])
        for index in [4, 3] { try seal(journals[index], on: disk) }
        for name in files.suffix(2) {
            #expect(try disk.bytes(of: "log/\(name)") == inOrder.disk.bytes(of: "log/\(name)"))
        }
        #expect(try LogReader(directory: "log", fileSystem: disk).verify().verdict == .clean)
    }

    @Test(
        "every record is proven in the whole tree and in smaller ones, from sealed segments, journals, and what retention left"
    )
    func everyProof() throws {
        let whole = try SealedLog(segments: 5, journalCount: 2)
        let leaves = try leaves(whole.disk)
        let rest = try shortened(SealedLog(segments: 5, journalCount: 2))
        let disks = [whole.disk, try SealedLog(segments: 5, journalCount: 5).disk, rest]
        let last = UInt64(leaves.count)
        for disk in disks {
            let reader = LogReader(directory: "log", fileSystem: disk)
            let first = try segments(disk)[0].firstSequence
            for size in Set([last, last - 1, last - 7, first + 20, first + 64, first]).sorted() where size <= last {
                let root = frontier(leaves[..<Int(size)]).root
                #expect(try reader.treeHead(at: size) == TreeHead(size: size, root: root))
                for sequence in stride(from: first, through: size, by: 3) {
                    let proof = try #require(try reader.inclusionProof(of: sequence, in: size))
                    let record = try #require(try reader.recordBytes(of: sequence))
                    #expect(proof.verify(record: record, root: root))
                }
            }
            #expect(try reader.treeHead() == TreeHead(size: last, root: frontier(leaves).root))
            #expect(try reader.inclusionProof(of: last)?.treeSize == last)
            #expect(try reader.treeHead(at: first - 1) == frontier(leaves[..<Int(first - 1)]).head)
            #expect(try reader.treeHead(at: last + 1) == nil && reader.treeHead(at: .max) == nil)
            #expect(try reader.inclusionProof(of: 0) == nil && reader.inclusionProof(of: last + 1) == nil)
            #expect(try reader.inclusionProof(of: 5, in: 4) == nil && reader.inclusionProof(of: last, in: .max) == nil)
            #expect(try reader.recordBytes(of: 0) == nil && reader.recordBytes(of: last + 1) == nil)
        }
        let reader = LogReader(directory: "log", fileSystem: rest)
        #expect(try reader.inclusionProof(of: 1) == nil && reader.treeHead(at: 1) == nil)
        #expect(try reader.recordBytes(of: 1) == nil)
    }

    @Test("a proof reads of each later sealed segment its header and nodes, and of its own little more")
    func cost() throws {
        let log = try SealedLog(segments: 12)
        let reader = LogReader(directory: "log", fileSystem: log.disk)
        let size = try segments(log.disk)[11].firstSequence - 1
        let before = log.disk.counts()
        let proof = try reader.inclusionProof(of: 5, in: size)
        let cost = log.disk.counts() - before
        #expect(proof?.path.count ?? 0 > 8)
        // For each of eleven segments the file is opened once, and header and nodes are read.
        #expect(cost[.open] <= 13 && cost[.read] <= 11 * 3 + 6)
    }

    @Test(
        "the fold over a verification ends with the tree's head, recomputed or not, and finds what sealed segments make up"
    )
    func fold() throws {
        let whole = try SealedLog(segments: 5, journalCount: 2)
        let leaves = try leaves(whole.disk)
        let head = frontier(leaves).head
        let disks = [
            whole.disk, try SealedLog(segments: 5, journalCount: 5).disk, try SealedLog(segments: 5).disk,
            try shortened(SealedLog(segments: 5, journalCount: 2)),
        ]
        for disk in disks {
            for recomputes in [false, true] {
                let reader = LogReader(directory: "log", fileSystem: disk)
                var fold = reader.treeFold(recomputing: recomputes, wanting: head.size - 1)
                let assessment = try reader.verify { fold.take($0) }
                #expect(fold.finish(lastSequence: assessment.lastSequence) == head)
                #expect(fold.contradictions.isEmpty)
                #expect(fold.wantedRoot == frontier(leaves.dropLast()).root)
            }
        }
    }

    @Test("nodes that do not give the root, and peaks that do not continue the segment before, are damage")
    func inconsistent() throws {
        for manipulation in 0..<3 {
            let log = try SealedLog(segments: 5)
            let name = try segments(log.disk)[2]
            try forge(name, on: log.disk) { detail, nodes in
                switch manipulation {
                case 0: nodes[3] ^= 1
                case 1: detail.root = TreeHash(detail.root, detail.root)
                default:
                    // The nodes still give the root, from peaks that are not those of the records before.
                    var peaks = detail.treeBefore.peaks
                    peaks[0] = TreeHash(peaks[0], peaks[0])
                    guard let tree = MerkleFrontier(size: detail.treeBefore.size, peaks: peaks) else { return }
                    detail.treeBefore = tree
                    detail.root =
                        SegmentNodes(decoding: nodes, over: detail.leaves)?.appended(to: tree).root ?? detail.root
                }
            }
            let assessment = try LogReader(directory: "log", fileSystem: log.disk).verify()
            #expect(assessment.rule == .earlierIsBad && assessment.segment == name)
            #expect(
                assessment.expected?.contains(manipulation == 2 ? "a tree of root" : "nodes that give the root") == true
            )
            if manipulation < 2 {
                let segment = try SealedSegment(name, in: "log", fileSystem: log.disk)
                #expect(throws: LogError.self) { try segment.treeAfter() }
            }
            #expect(throws: LogError.self) {
                try LogReader(directory: "log", fileSystem: log.disk).inclusionProof(of: 1)
            }
        }
    }
}

/// Changes what a sealed segment says of the tree, with all checksums put right.
func forge(
    _ name: SegmentName, on disk: InMemoryFileSystem, _ change: (inout SealedDetail, inout [UInt8]) -> Void
) throws {
    let path = "log/\(name)"
    var bytes = try disk.bytes(of: path)
    var header = try SegmentHeader(of: disk.open(path, as: .read))
    guard case .sealed(var detail) = header.detail else { throw LogError.closed }
    let segment = try SealedSegment(name, in: "log", fileSystem: disk)
    let frame = try segment.indexFrame(.nodes, at: Int(detail.nodes))
    var nodes = frame.body
    change(&detail, &nodes)
    header.detail = .sealed(detail)
    bytes.replaceSubrange(0..<SegmentHeader.byteCount, with: header.encoded())
    var encoder = FrameEncoder()
    encoder.encode(
        .nodes, body: nodes, recordCount: 0, firstSequence: frame.firstSequence, digest: frame.digest, at: frame.offset,
        in: FrameEncoder.Segment(number: header.number, checksumSeed: header.checksumSeed, isAlone: false)
    ) { _, encoded in bytes.replaceSubrange(frame.offset..<frame.offset + encoded.count, with: Array(encoded)) }
    try disk.setBytes(bytes, of: path)
}
