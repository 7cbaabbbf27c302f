internal import CLZ4

/// Where a reader stands: what the next valid frame must look like.
struct FramePosition: Sendable {
    var segment: SegmentName
    var segmentSize: Int
    var checksumSeed: UInt32
    var offset: Int
    var nextSequence: UInt64
    var digest: ChainDigest

    /// The position at the first frame of a segment.
    init(startOf header: SegmentHeader) {
        segment = header.name
        segmentSize = Int(header.size)
        checksumSeed = header.log.checksumSeed
        offset = SegmentHeader.byteCount
        nextSequence = header.firstSequence
        digest = header.previousDigest
    }

    mutating func advance(past frame: Frame) {
        offset = frame.end
        nextSequence += UInt64(frame.recordCount)
        digest = frame.digest
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
        if kind == .records {
            try checkRecords(of: body, header: header)
        } else {
            guard body.allSatisfy({ $0 == 0 }) else {
                throw .inconsistent(expected: "a promise with a body of zeros", found: "something else")
            }
            body = []
        }
        if chained { try checkChain(of: body, header: header, at: position) }
        return Frame(
            segment: position.segment, offset: position.offset, extent: header.extent, kind: kind, codec: codec,
            storedLength: Int(header.storedLength), firstSequence: header.firstSequence,
            recordCount: Int(header.recordCount), durableThrough: header.durableThrough, digest: header.digest,
            body: body)
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
        try require("first sequence", header.firstSequence, position.nextSequence)
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
        guard (kind == .records) == (header.recordCount > 0) else {
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
    private static func unpack(
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

    private static func checkRecords(of body: [UInt8], header: FrameHeader) throws(FrameDefect) {
        let (end, count) = body.withUnsafeBytes { bytes in
            var offset = 0
            var count: UInt32 = 0
            while let record = RecordHeader(decoding: bytes, at: offset), count < header.recordCount {
                offset += record.extent
                count += 1
            }
            return (offset, count)
        }
        guard end == body.count && count == header.recordCount else {
            throw .inconsistent(
                expected: "\(header.recordCount) records in \(body.count) bytes",
                found: "\(count) records in \(end) bytes")
        }
    }

    private static func checkChain(
        of body: [UInt8], header: FrameHeader, at position: FramePosition
    ) throws(FrameDefect) {
        let digest =
            header.recordCount == 0
            ? position.digest
            : body.withUnsafeBytes {
                position.digest.appending(
                    records: $0, firstSequence: header.firstSequence, recordCount: header.recordCount)
            }
        guard digest == header.digest else {
            throw .inconsistent(expected: "chain digest \(digest)", found: "\(header.digest)")
        }
    }
}
