/// Finds the records of a key in a sealed segment: three small reads, then the blocks that hold them.
struct SealedSegment {
    let name: SegmentName
    let header: SegmentHeader
    let detail: SealedDetail
    private let directory: String
    private let file: any File

    /// Opens a sealed segment and checks its header.
    ///
    /// - Throws: ``LogError/refused(_:)`` if the header is damaged, ``LogError/newerVersion(file:needed:supported:)``, or a
    ///   ``FileSystemError``.
    init(_ name: SegmentName, in directory: String, fileSystem: any FileSystem) throws {
        self.name = name
        self.directory = directory
        file = try fileSystem.open("\(directory)/\(name)", as: .read)
        do {
            header = try SegmentHeader(of: file, expecting: name)
            guard case .sealed(let detail) = header.detail else {
                throw SegmentHeader.Defect.damaged("the header is not that of a sealed segment")
            }
            self.detail = detail
        } catch let defect as SegmentHeader.Defect {
            throw defect.error(of: name, in: directory)
        }
    }

    /// The blocks that hold records of keys with this hash, in the log's order.
    func blocks(holding hash: KeyHash) throws -> [Frame] {
        let directory = try indexFrame(.directory, at: Int(detail.directory))
        let count = directory.body.count / 4
        guard count > 0, count & (count - 1) == 0 else {
            throw damage(at: Int(detail.directory), expected: "a directory of 2^n buckets", found: "\(count)")
        }
        let number = SealedBucket.number(of: hash, bits: count.trailingZeroBitCount)
        let place = directory.body.withUnsafeBytes { $0.loadLittleEndian(4 * number, as: UInt32.self) }
        let bucket = try indexFrame(.bucket, at: Int(place) * 8)
        guard let places = bucket.body.withUnsafeBytes({ SealedBucket.blocks(holding: hash.a, in: $0) }) else {
            throw damage(at: Int(place) * 8, expected: "a bucket of keys", found: "something else")
        }
        return try places.map { try block(at: Int($0) * 8) }
    }

    /// Which keys the segment does not hold.
    func filter() throws -> KeyFilter {
        let frame = try indexFrame(.filter, at: Int(detail.filter))
        guard let filter = KeyFilter(bytes: frame.body) else {
            throw damage(at: Int(detail.filter), expected: "lines of 64 bytes", found: "\(frame.body.count) bytes")
        }
        return filter
    }

    /// The segment's nodes of the log's tree, which give the root that the header has.
    func nodes() throws -> SegmentNodes {
        let frame = try indexFrame(.nodes, at: Int(detail.nodes))
        guard let nodes = SegmentNodes(decoding: frame.body, over: detail.leaves) else {
            throw damage(
                at: Int(detail.nodes), expected: "the nodes of \(detail.leaves.count) records",
                found: "\(frame.body.count) bytes")
        }
        let root = nodes.appended(to: detail.treeBefore).root
        guard root == detail.root else {
            throw damage(
                at: Int(detail.nodes), expected: "nodes that give the root \(detail.root)", found: "\(root)")
        }
        return nodes
    }

    /// The tree over all records of the log through the segment's last.
    func treeAfter() throws -> MerkleFrontier { try nodes().appended(to: detail.treeBefore) }

    /// The block that holds a record of the segment.
    func block(holding sequence: UInt64) throws -> Frame {
        guard let start = try blockStart(of: sequence) else {
            throw damage(at: Int(detail.blockTable), expected: "a block with sequence \(sequence)", found: "none")
        }
        let block = try block(at: start.offset)
        guard sequence >= block.firstSequence, sequence - block.firstSequence < UInt64(block.recordCount) else {
            throw damage(
                at: start.offset, expected: "a block with sequence \(sequence)",
                found: "\(block.recordCount) records from sequence \(block.firstSequence)")
        }
        return block
    }

    /// Where the block that holds `sequence`, or the first one after it, begins, and with which sequence; `nil` if all
    /// records come before.
    func blockStart(of sequence: UInt64) throws -> (offset: Int, firstSequence: UInt64)? {
        guard sequence <= detail.lastSequence else { return nil }
        let table = try blockTable()
        // Few enough to look at one after the other.
        let entry = table.last { $0.firstSequence <= sequence } ?? table.first
        return entry.map { ($0.offset, $0.firstSequence) }
    }

    /// Where each block is and what it holds.
    func blockTable() throws -> [BlockTableEntry] {
        let frame = try indexFrame(.blockTable, at: Int(detail.blockTable))
        return frame.body.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count - BlockTableEntry.byteCount + 1, by: BlockTableEntry.byteCount).map {
                BlockTableEntry(loading: bytes, at: $0)
            }
        }
    }

    /// Reads a frame of the index.
    func indexFrame(_ kind: FrameKind, at offset: Int) throws -> Frame {
        var position = FramePosition(startOf: header)
        position.offset = offset
        position.nextSequence = detail.lastSequence + 1
        position.digest = detail.lastDigest
        let frame = try frame(at: position, chained: true)
        guard frame.kind == kind else {
            throw damage(at: offset, expected: "a frame of kind \(kind)", found: "one of kind \(frame.kind)")
        }
        return frame
    }

    private func block(at offset: Int) throws -> Frame {
        var position = FramePosition(startOf: header)
        position.offset = offset
        // The frame's own header says with which record it begins; its checksums hold it to that.
        position.beginning = .any
        let frame = try frame(at: position, chained: false)
        guard frame.kind == .block else {
            throw damage(at: offset, expected: "a block", found: "a frame of kind \(frame.kind)")
        }
        return frame
    }

    private func frame(at position: FramePosition, chained: Bool) throws -> Frame {
        switch try SegmentReader.frame(at: position, in: file, chained: chained) {
        case .success(let frame): return frame
        case .failure(let defect): throw LogError.damage(defect, at: position, in: directory)
        }
    }

    private func damage(at offset: Int, expected: String, found: String) -> LogError {
        var position = FramePosition(startOf: header)
        position.offset = offset
        return LogError.damage(.inconsistent(expected: expected, found: found), at: position, in: directory)
    }
}

/// What the index of a sealed segment says of one block.
struct BlockTableEntry: Hashable, Sendable {
    static let byteCount = 32

    var offset: Int
    var recordCount: UInt32
    var firstSequence: UInt64
    var earliest: Int64
    var latest: Int64

    init(loading bytes: UnsafeRawBufferPointer, at start: Int) {
        offset = Int(bytes.loadLittleEndian(start, as: UInt32.self)) * 8
        recordCount = bytes.loadLittleEndian(start + 4, as: UInt32.self)
        firstSequence = bytes.loadLittleEndian(start + 8, as: UInt64.self)
        earliest = bytes.loadLittleEndian(start + 16, as: Int64.self)
        latest = bytes.loadLittleEndian(start + 24, as: Int64.self)
    }
}
