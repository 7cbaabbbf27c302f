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

    private var plain = GrowingBuffer()
    private var packed = GrowingBuffer()

    /// Builds a frame of the records in `batches`, one after the other, and hands its bytes to `use` together with
    /// its header. The bytes are valid only during the call.
    mutating func encode<Result, Failure>(
        _ batches: some Collection<RecordBatch>, firstSequence: UInt64, previousDigest: ChainDigest, at offset: Int,
        durableThrough: Int, in segment: Segment,
        use: (FrameHeader, UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let rawLength = batches.reduce(0) { $0 + $1.byteCount }
        let recordCount = UInt32(batches.reduce(0) { $0 + $1.count })
        plain.reserve(FrameHeader.byteCount + rawLength + 8)
        var end = FrameHeader.byteCount
        for batch in batches {
            batch.bytes.withUnsafeBytes { plain.bytes(end, $0.count).copyMemory(from: $0) }
            end += batch.byteCount
        }
        let raw = UnsafeRawBufferPointer(plain.bytes(FrameHeader.byteCount, rawLength))
        let digest = previousDigest.appending(records: raw, firstSequence: firstSequence, recordCount: recordCount)
        let header = FrameHeader(
            storedLength: 0, rawLength: UInt32(rawLength), firstSequence: firstSequence, recordCount: recordCount,
            segment: segment.number, offset: offset, durableThrough: durableThrough, digest: digest, bodyChecksum: 0,
            mask: 0, codec: .plain, isAlone: segment.isAlone, kind: .records)
        return try encodePlain(header, in: segment, use: use)
    }

    /// Builds a frame around `body`, of whatever kind; what it holds, and the digest after that, is the caller's.
    mutating func encode<Result, Failure>(
        _ kind: FrameKind, body: [UInt8], recordCount: UInt32 = 0, firstSequence: UInt64, digest: ChainDigest,
        at offset: Int, in segment: Segment,
        use: (FrameHeader, UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        plain.reserve(FrameHeader.byteCount + body.count + 8)
        body.withUnsafeBytes { plain.bytes(FrameHeader.byteCount, $0.count).copyMemory(from: $0) }
        let header = FrameHeader(
            storedLength: 0, rawLength: UInt32(body.count), firstSequence: firstSequence, recordCount: recordCount,
            segment: segment.number, offset: offset, durableThrough: offset, digest: digest, bodyChecksum: 0,
            mask: 0, codec: .plain, isAlone: segment.isAlone, kind: kind)
        return try encodePlain(header, in: segment, use: use)
    }

    /// Builds the frame whose raw body stands in `plain` already.
    private mutating func encodePlain<Result, Failure>(
        _ draft: FrameHeader, in segment: Segment,
        use: (FrameHeader, UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var header = draft
        let rawLength = Int(header.rawLength)
        let packedLength = compress(UnsafeRawBufferPointer(plain.bytes(FrameHeader.byteCount, rawLength)))
        let storedLength = packedLength ?? rawLength
        let buffer = packedLength == nil ? plain : packed
        header.storedLength = UInt32(storedLength)
        header.codec = (packedLength == nil ? FrameCodec.plain : .lz4).rawValue
        let padding = header.paddedLength - storedLength
        buffer.bytes(FrameHeader.byteCount + storedLength, padding).initializeMemory(as: UInt8.self, repeating: 0)
        let frame = buffer.bytes(0, header.extent)
        Self.finish(&header, in: frame, segment)
        return try use(header, UnsafeRawBufferPointer(frame))
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

    /// Compresses `raw` into `packed`, if it is long enough and at least an eighth is saved.
    private mutating func compress(_ raw: UnsafeRawBufferPointer) -> Int? {
        guard raw.count > Self.compressionThreshold else { return nil }
        let capacity = raw.count - raw.count / 8
        packed.reserve(FrameHeader.byteCount + capacity + 8)
        let target = packed.bytes(FrameHeader.byteCount, capacity)
        let length = LZ4_compress_default(
            raw.baseAddress?.assumingMemoryBound(to: CChar.self),
            target.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count), Int32(capacity))
        return length > 0 ? Int(length) : nil
    }
}

/// Memory that is kept, and only ever grows. Its content does not survive growing.
final class GrowingBuffer {
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { memory.deallocate() }

    func reserve(_ byteCount: Int) {
        guard byteCount > memory.count else { return }
        memory.deallocate()
        memory = .allocate(byteCount: max(byteCount, memory.count * 2).roundedUp(to: 4096), alignment: 4096)
    }

    /// The part that starts at `offset`. The caller has reserved it.
    func bytes(_ offset: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + count])
    }
}
