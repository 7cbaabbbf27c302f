internal import CLZ4

/// Where a reader stands: what the next valid frame must look like.
struct FramePosition: Sendable {
    var segment: SegmentName
    var layout: FileLayout
    var segmentSize: Int
    var checksumSeed: UInt32
    var offset: Int
    var nextSequence: UInt64
    var digest: ChainDigest
    var beginning = Beginning.exact

    /// Which sequences the next frame may begin with.
    enum Beginning: Sendable {
        /// The next one.
        case exact
        /// That of a block in which a commit begins with the next one: the commits before are passed over.
        case insideBlock
        /// Any: what the frame's header says.
        case any
    }

    /// The position at the first frame of a segment.
    init(startOf header: SegmentHeader) {
        segment = header.name
        layout = header.detail.layout
        segmentSize = Int(header.size)
        checksumSeed = header.checksumSeed
        offset = SegmentHeader.byteCount
        nextSequence = header.firstSequence
        digest = header.previousDigest
    }

    mutating func advance(past frame: Frame) {
        offset = frame.end
        nextSequence += UInt64(frame.recordCount)
        digest = frame.digest
        beginning = .exact
    }
}

/// Why the bytes at a position are not a valid frame.
enum FrameDefect: Error, Hashable {
    /// Magic or header checksum are wrong, or the file ends before the header does.
    case header(expected: String, found: String)
    /// The header is right, and the body is not: or the file ends before the body does.
    case body(extent: Int, isAlone: Bool, expected: String, found: String)
    /// Checksums are right, and what they cover makes no sense here: no crash explains that.
    case inconsistent(expected: String, found: String)

    var expected: String {
        switch self {
        case .header(let expected, _), .body(_, _, let expected, _), .inconsistent(let expected, _): expected
        }
    }

    var found: String {
        switch self {
        case .header(_, let found), .body(_, _, _, let found), .inconsistent(_, let found): found
        }
    }
}

/// Checks and decodes frames: the format's "Reading", as pure functions of bytes and position.
enum FrameDecoder {
    /// Decodes the frame that starts at the first of `bytes`, which reach at least to its end if the file does.
    ///
    /// With `chained` false the position's digest is not known, and the chain is not checked.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, at position: FramePosition, chained: Bool = true
    ) throws(FrameDefect) -> Frame {
        let header = try header(bytes, at: position)
        let (kind, codec) = try checkPlace(of: header, at: position)
        guard bytes.count >= header.extent else {
            throw .body(
                extent: header.extent, isAlone: header.isAlone, expected: "\(header.extent) bytes of frame",
                found: "the file ends after \(bytes.count)")
        }
        let stored = bytes.part(FrameHeader.byteCount, header.paddedLength)
        let checksum = crc32c(stored)
        guard checksum == header.bodyChecksum else {
            throw .body(
                extent: header.extent, isAlone: header.isAlone,
                expected: "body checksum \(hex(header.bodyChecksum))", found: hex(checksum))
        }
        var body = try unpack(stored, header: header, codec: codec)
        var commits: [UInt32] = []
        var firstSequence = header.firstSequence
        if kind.holdsRecords {
            commits = kind == .block ? try takeCommitTable(from: &body, header: header) : [header.recordCount]
            var ends = try recordEnds(of: commits, in: body, header: header)
            if position.beginning == .insideBlock, firstSequence < position.nextSequence {
                firstSequence = try passOver(&body, &commits, &ends, from: firstSequence, at: position)
            }
            if chained { try checkChain(of: body, commits, ends, digest: header.digest, at: position) }
        } else {
            if !kind.isIndex {
                guard body.allSatisfy({ $0 == 0 }) else {
                    throw .inconsistent(expected: "a promise with a body of zeros", found: "something else")
                }
                body = []
            }
            if chained { try checkChain(of: [], [], [], digest: header.digest, at: position) }
        }
        return Frame(
            segment: position.segment, offset: position.offset, extent: header.extent, kind: kind, codec: codec,
            storedLength: Int(header.storedLength), firstSequence: firstSequence,
            recordCount: commits.reduce(0) { $0 + Int($1) }, durableThrough: header.durableThrough,
            digest: header.digest, commits: commits, body: body)
    }

    private static func header(
        _ bytes: UnsafeRawBufferPointer, at position: FramePosition
    ) throws(FrameDefect) -> FrameHeader {
        if let header = FrameHeader(decoding: bytes, checksumSeed: position.checksumSeed) { return header }
        let expected = "a frame header with a right checksum"
        guard bytes.count >= FrameHeader.byteCount else {
            throw .header(expected: expected, found: "the file ends after \(bytes.count) bytes")
        }
        if bytes.part(0, FrameHeader.byteCount).isAllZero { throw .header(expected: expected, found: "zeros") }
        let magic = bytes.loadLittleEndian(0, as: UInt32.self)
        throw .header(
            expected: expected,
            found: magic == FrameHeader.magic
                ? "checksum \(hex(bytes.loadLittleEndian(4, as: UInt32.self)))" : "magic \(hex(magic))")
    }

    /// The format's check 2: that a frame with a right header belongs to where it stands.
    static func checkPlace(
        of header: FrameHeader, at position: FramePosition
    ) throws(FrameDefect) -> (FrameKind, FrameCodec) {
        try require("segment", header.segment, position.segment.number)
        try require("own offset", header.offset, position.offset)
        switch position.beginning {
        case .insideBlock where header.firstSequence < position.nextSequence: break
        case .exact, .insideBlock: try require("first sequence", header.firstSequence, position.nextSequence)
        case .any: break
        }
        guard header.durableThrough <= position.offset else {
            throw .inconsistent(
                expected: "durableThrough of at most \(position.offset)", found: "\(header.durableThrough)")
        }
        // Without room for a seal the segment could never be ended.
        let room = header.kind == FrameKind.seal.rawValue ? 0 : FrameHeader.byteCount
        guard Int(header.storedLength) <= Limits.bodyBytes, Int(header.rawLength) <= Limits.bodyBytes,
            position.offset + header.extent + room <= position.segmentSize
        else {
            throw .inconsistent(
                expected: "a frame that ends \(room) bytes before the end of its segment of \(position.segmentSize)",
                found: "stored length \(header.storedLength), raw length \(header.rawLength)")
        }
        guard let kind = FrameKind(rawValue: header.kind), let codec = FrameCodec(rawValue: header.codec) else {
            throw .inconsistent(
                expected: "a known kind and codec", found: "kind \(header.kind), codec \(header.codec)")
        }
        guard kind.isAllowed(in: position.layout) else {
            throw .inconsistent(expected: "a kind of frame that belongs into the file", found: "kind \(header.kind)")
        }
        guard kind.holdsRecords == (header.recordCount > 0) else {
            throw .inconsistent(expected: "records in a records frame only", found: "\(header.recordCount) records")
        }
        return (kind, codec)
    }

    private static func require<Value: Equatable>(
        _ field: String, _ found: Value, _ expected: Value
    ) throws(FrameDefect) {
        guard found == expected else {
            throw .inconsistent(expected: "\(field) \(expected)", found: "\(found)")
        }
    }

    /// Takes the mask off and decompresses.
    static func unpack(
        _ stored: UnsafeRawBufferPointer, header: FrameHeader, codec: FrameCodec
    ) throws(FrameDefect) -> [UInt8] {
        var unmasked = [UInt8](stored)
        unmasked.withUnsafeMutableBytes { SectorMask.apply(header.mask, to: $0) }
        switch codec {
        case .plain:
            unmasked.removeLast(unmasked.count - Int(header.storedLength))
            guard header.storedLength == header.rawLength else {
                throw .inconsistent(
                    expected: "a plain body of \(header.rawLength) bytes", found: "\(header.storedLength)")
            }
            return unmasked
        case .lz4:
            let rawLength = Int(header.rawLength)
            var length: Int32 = 0
            let body = [UInt8](unsafeUninitializedCapacity: rawLength) { buffer, count in
                length = unmasked.withUnsafeBytes {
                    LZ4_decompress_safe(
                        $0.baseAddress?.assumingMemoryBound(to: CChar.self),
                        UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self),
                        Int32(header.storedLength), Int32(rawLength))
                }
                count = max(0, Int(length))
            }
            guard Int(length) == rawLength else {
                throw .inconsistent(expected: "a body that unpacks to \(rawLength) bytes", found: "\(length)")
            }
            return body
        }
    }

    /// Takes the list of commits off a block's body.
    static func takeCommitTable(
        from body: inout [UInt8], header: FrameHeader
    ) throws(FrameDefect) -> [UInt32] {
        let commits = body.withUnsafeBytes { bytes -> [UInt32]? in
            guard bytes.count >= 4 else { return nil }
            let count = Int(bytes.loadLittleEndian(bytes.count - 4, as: UInt32.self))
            let start = bytes.count - 4 - 4 * count
            guard start >= 0, count > 0 else { return nil }
            return (0..<count).map { bytes.loadLittleEndian(start + 4 * $0, as: UInt32.self) }
        }
        guard let commits, !commits.contains(0),
            commits.reduce(0, { $0 + UInt64($1) }) == UInt64(header.recordCount)
        else {
            throw .inconsistent(
                expected: "commits of \(header.recordCount) records together", found: "something else")
        }
        body.removeLast(4 + 4 * commits.count)
        return commits
    }

    /// Where the records of each commit end in the body, which they must fill exactly.
    private static func recordEnds(
        of commits: [UInt32], in body: [UInt8], header: FrameHeader
    ) throws(FrameDefect) -> [Int] {
        var ends: [Int] = []
        ends.reserveCapacity(commits.count)
        let (end, missing) = body.withUnsafeBytes { bytes -> (Int, UInt32) in
            var offset = 0
            for commit in commits {
                var rest = commit
                while rest > 0 {
                    guard let record = RecordHeader(decoding: bytes, at: offset) else { return (offset, rest) }
                    offset += record.extent
                    rest -= 1
                }
                ends.append(offset)
            }
            return (offset, 0)
        }
        guard end == body.count, missing == 0 else {
            throw .inconsistent(
                expected: "\(header.recordCount) records in \(body.count) bytes",
                found: missing == 0 ? "\(header.recordCount) records in \(end) bytes" : "fewer records")
        }
        return ends
    }

    /// Leaves away the commits of a block before the position's sequence, at which a commit must begin or the block end.
    private static func passOver(
        _ body: inout [UInt8], _ commits: inout [UInt32], _ ends: inout [Int], from first: UInt64,
        at position: FramePosition
    ) throws(FrameDefect) -> UInt64 {
        var sequence = first
        var count = 0
        while count < commits.count, sequence < position.nextSequence {
            sequence += UInt64(commits[count])
            count += 1
        }
        guard sequence == position.nextSequence else {
            throw .inconsistent(
                expected: "a commit that begins with sequence \(position.nextSequence)", found: "none")
        }
        let start = count == 0 ? 0 : ends[count - 1]
        body.removeFirst(start)
        commits.removeFirst(count)
        ends = ends.dropFirst(count).map { $0 - start }
        return sequence
    }

    private static func checkChain(
        of body: [UInt8], _ commits: [UInt32], _ ends: [Int], digest expected: ChainDigest, at position: FramePosition
    ) throws(FrameDefect) {
        let digest = body.withUnsafeBytes { bytes in
            position.digest.appending(commits, endingAt: ends, in: bytes, from: position.nextSequence)
        }
        guard digest == expected else {
            throw .inconsistent(expected: "chain digest \(digest)", found: "\(expected)")
        }
    }
}

extension ChainDigest {
    /// The digest after several commits, whose records stand in `bytes` one after the other.
    func appending(
        _ commits: [UInt32], endingAt ends: [Int], in bytes: UnsafeRawBufferPointer, from firstSequence: UInt64
    ) -> ChainDigest {
        var digest = self
        var sequence = firstSequence
        var start = 0
        for (count, end) in zip(commits, ends) {
            digest = digest.appending(
                records: bytes.part(start, end - start), firstSequence: sequence, recordCount: count)
            sequence += UInt64(count)
            start = end
        }
        return digest
    }
}
