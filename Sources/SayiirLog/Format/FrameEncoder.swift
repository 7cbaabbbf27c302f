internal import CLZ4

/// Builds frames in memory that it keeps from one frame to the next.
struct FrameEncoder {
    /// What does not change from frame to frame of a segment.
    struct Segment {
        var number: UInt32
        var checksumSeed: UInt32
        /// Whether each frame is durable before the next is written.
        var isAlone: Bool
    }

    /// Bodies up to this length are stored plain: they hold too little to compress.
    static let compressionThreshold = 1024

    /// The frame that is being built: room for its header, then the body as it is.
    private var plain: [UInt8] = []
    /// The same with the body compressed; as long as the longest so far.
    private var packed: [UInt8] = []

    /// Builds a frame of the records in `batches`, one after the other, and hands its bytes to `use` together with
    /// its header. The bytes are valid only during the call.
    mutating func encode<Result, Failure>(
        _ batches: some Collection<RecordBatch>, firstSequence: UInt64, previousDigest: ChainDigest, at offset: Int,
        durableThrough: Int, in segment: Segment,
        use: (FrameHeader, UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var (rawLength, count) = (0, 0)
        // By index: iterating would retain and release each batch.
        for index in batches.indices {
            rawLength += batches[index].byteCount
            count += batches[index].count
        }
        let recordCount = UInt32(count)
        beginFrame(rawLength)
        for index in batches.indices { plain.append(contentsOf: batches[index].bytes) }
        let digest = plain.withUnsafeBytes { frame in
            previousDigest.appending(
                records: frame.part(FrameHeader.byteCount, rawLength), firstSequence: firstSequence,
                recordCount: recordCount)
        }
        let header = FrameHeader(
            storedLength: 0, rawLength: UInt32(rawLength), firstSequence: firstSequence, recordCount: recordCount,
            segment: segment.number, offset: offset, durableThrough: durableThrough, digest: digest, bodyChecksum: 0,
            mask: 0, codec: .plain, isAlone: segment.isAlone, kind: .records)
        return try finishFrame(header, in: segment, use: use)
    }

    /// Builds a frame around `body`, of whatever kind; what it holds, and the digest after that, is the caller's.
    mutating func encode<Result, Failure>(
        _ kind: FrameKind, body: [UInt8], recordCount: UInt32 = 0, firstSequence: UInt64, digest: ChainDigest,
        at offset: Int, in segment: Segment,
        use: (FrameHeader, UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        beginFrame(body.count)
        plain.append(contentsOf: body)
        let header = FrameHeader(
            storedLength: 0, rawLength: UInt32(body.count), firstSequence: firstSequence, recordCount: recordCount,
            segment: segment.number, offset: offset, durableThrough: offset, digest: digest, bodyChecksum: 0,
            mask: 0, codec: .plain, isAlone: segment.isAlone, kind: kind)
        return try finishFrame(header, in: segment, use: use)
    }

    /// Makes room for a frame with so long a body, which is appended next.
    private mutating func beginFrame(_ rawLength: Int) {
        plain.removeAll(keepingCapacity: true)
        plain.reserveCapacity(FrameHeader.byteCount + rawLength + 8)
        plain.append(contentsOf: repeatElement(0, count: FrameHeader.byteCount))
    }

    /// Compresses the body in `plain`, if that pays, and hands the finished frame to `use`.
    private mutating func finishFrame<Result, Failure>(
        _ draft: FrameHeader, in segment: Segment,
        use: (FrameHeader, UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var header = draft
        if let packedLength = compress(rawLength: Int(header.rawLength)) {
            header.storedLength = UInt32(packedLength)
            header.codec = FrameCodec.lz4.rawValue
            return try Self.finish(&header, in: &packed, segment, use: use)
        }
        header.storedLength = header.rawLength
        header.codec = FrameCodec.plain.rawValue
        plain.append(contentsOf: repeatElement(0, count: header.extent - plain.count))
        return try Self.finish(&header, in: &plain, segment, use: use)
    }

    /// Pads, masks and checksums the frame at the start of `bytes`, and hands it to `use`.
    private static func finish<Result, Failure>(
        _ header: inout FrameHeader, in bytes: inout [UInt8], _ segment: Segment,
        use: (FrameHeader, UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeMutableBytes { memory in
            let frame = UnsafeMutableRawBufferPointer(rebasing: memory[..<header.extent])
            let end = FrameHeader.byteCount + Int(header.storedLength)
            for place in end..<header.extent { frame[place] = 0 }
            finish(&header, in: frame, segment)
            return Swift.Result { () throws(Failure) in try use(header, UnsafeRawBufferPointer(frame)) }
        }.get()
    }

    /// A frame without records that promises everything before `durableThrough`, with a body of `padding` zeros.
    static func promise(
        _ kind: FrameKind, nextSequence: UInt64, digest: ChainDigest, at offset: Int, durableThrough: Int,
        padding: Int = 0, in segment: Segment
    ) -> [UInt8] {
        var header = FrameHeader(
            storedLength: UInt32(padding), rawLength: UInt32(padding), firstSequence: nextSequence, recordCount: 0,
            segment: segment.number, offset: offset, durableThrough: durableThrough, digest: digest, bodyChecksum: 0,
            mask: 0, codec: .plain, isAlone: segment.isAlone, kind: kind)
        var bytes = [UInt8](repeating: 0, count: header.extent)
        bytes.withUnsafeMutableBytes { finish(&header, in: $0, segment) }
        return bytes
    }

    /// Masks the body that stands in `frame`, and puts the header with all checksums before it.
    private static func finish(
        _ header: inout FrameHeader, in frame: UnsafeMutableRawBufferPointer, _ segment: Segment
    ) {
        let body = UnsafeMutableRawBufferPointer(rebasing: frame[FrameHeader.byteCount...])
        header.mask = SectorMask.choose(for: UnsafeRawBufferPointer(body), at: header.offset + FrameHeader.byteCount)
        SectorMask.apply(header.mask, to: body)
        header.bodyChecksum = crc32c(UnsafeRawBufferPointer(body))
        header.store(into: frame, checksumSeed: segment.checksumSeed)
    }

    /// Compresses the body in `plain` into `packed`, if it is long enough and at least an eighth is saved. Returns its length.
    private mutating func compress(rawLength: Int) -> Int? {
        guard rawLength > Self.compressionThreshold else { return nil }
        let capacity = rawLength - rawLength / 8
        let room = FrameHeader.byteCount + capacity + 8
        if packed.count < room { packed = [UInt8](repeating: 0, count: max(room, 2 * packed.count)) }
        let length = plain.withUnsafeBytes { source in
            packed.withUnsafeMutableBytes { target in
                LZ4_compress_default(
                    source.part(FrameHeader.byteCount, rawLength).baseAddress?.assumingMemoryBound(to: CChar.self),
                    target.baseAddress.map { $0 + FrameHeader.byteCount }?.assumingMemoryBound(to: CChar.self),
                    Int32(rawLength), Int32(capacity))
            }
        }
        return length > 0 ? Int(length) : nil
    }
}
