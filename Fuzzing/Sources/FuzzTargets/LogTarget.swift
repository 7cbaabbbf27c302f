@testable import SayiirLog

/// A log of a few segments that the bytes describe, damaged as they say, is opened or refused.
///
/// The bytes are a small program: each step adds frames with right checksums, or does damage. So the fuzzer reaches logs that
/// it would not find by changing the bytes of files.
@Sendable
func fuzzLog(_ bytes: UnsafeRawBufferPointer) throws {
    var input = FuzzInput(bytes)
    let flags = input.byte()
    var log = LogBuilder(isAlone: flags & 1 != 0, inFlightLimit: flags & 2 != 0 ? 512 : 1 << 24)
    for _ in 0..<64 where !input.isAtEnd { log.step(&input) }
    let rooms = [0, 80, 600, 4096]
    log.finish(room: rooms[Int(flags >> 2 & 3)])
    try checkLog(log.files, truncatesAmbiguousTail: flags & 16 != 0)
}

/// Bytes that are taken one after the other, and are zeros when there are no more.
struct FuzzInput {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        position += 1
        return bytes[position - 1]
    }

    mutating func number() -> Int { Int(byte()) | Int(byte()) << 8 }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }
}

/// Makes the files of a log, step by step.
private struct LogBuilder {
    private(set) var files: [String: [UInt8]] = [:]
    private let isAlone: Bool
    private var header: SegmentHeader
    /// The frames of the segment that is being made.
    private var content: [UInt8] = []
    private var nextSequence: UInt64 = 1
    private var digest: ChainDigest
    private var lastFrame = 0..<0
    /// How far before its own start a frame says that the segment is durable.
    private var promiseLag = 0
    private var encoder = FrameEncoder()

    init(isAlone: Bool, inFlightLimit: UInt32) {
        self.isAlone = isAlone
        header = sampleHeader(size: 0, inFlightLimit: inFlightLimit)
        digest = header.previousDigest
    }

    private var offset: Int { SegmentHeader.byteCount + content.count }
    private var durableThrough: Int { max(0, offset - promiseLag) }

    private var segment: FrameEncoder.Segment {
        FrameEncoder.Segment(number: header.number, checksumSeed: header.checksumSeed, isAlone: isAlone)
    }

    mutating func step(_ input: inout FuzzInput) {
        // Each segment stays small, so that a run is short.
        guard content.count < 16 * 1024 else { return finishSegment(room: 0) }
        switch input.byte() % 12 {
        case 0: addRecords(&input, repeating: 1)
        case 1: addRecords(&input, repeating: 40)
        case 2: addPromise(.promise, padding: Int(input.byte()) * 8)
        case 3: addPromise(.seal, padding: 0)
        case 4: finishSegment(room: Int(input.byte()))
        case 5: content.append(contentsOf: repeatElement(0, count: Int(input.byte()) * 8))
        case 6: content += input.bytes(Int(input.byte()))
        case 7: change(at: input.number(), by: input.byte())
        case 8: changeHeader(&input)
        case 9: eraseSector(Int(input.byte()))
        case 10: promiseLag = Int(Int8(bitPattern: input.byte())) * 8
        default: content.removeLast(min(content.count, input.number()))
        }
    }

    mutating func finish(room: Int) { finishSegment(room: room) }

    private mutating func addRecords(_ input: inout FuzzInput, repeating count: Int) {
        var batch = RecordBatch()
        for _ in 0..<Int(input.byte() % 3) + 1 {
            let kind = RecordKind(rawValue: input.byte())
            let key = String(decoding: input.bytes(Int(input.byte() % 8)), as: UTF8.self)
            let part = input.bytes(Int(input.byte() % 64))
            let payload = Array(repeatElement(part, count: count).joined())
            // The key is short enough.
            try? batch.append(kind: kind, key: key, timestamp: Int64(input.byte()), payload: payload)
        }
        align()
        let (header, frame) = encoder.encode(
            [batch], firstSequence: nextSequence, previousDigest: digest, at: offset, durableThrough: durableThrough,
            in: segment
        ) { ($0, [UInt8]($1)) }
        nextSequence += UInt64(header.recordCount)
        digest = header.digest
        add(frame)
    }

    private mutating func addPromise(_ kind: FrameKind, padding: Int) {
        align()
        add(
            FrameEncoder.promise(
                kind, nextSequence: nextSequence, digest: digest, at: offset, durableThrough: durableThrough,
                padding: padding, in: segment))
    }

    /// Frames start at multiples of 8, and are encoded nowhere else.
    private mutating func align() {
        content.append(contentsOf: repeatElement(0, count: content.count.roundedUp(to: 8) - content.count))
    }

    private mutating func add(_ frame: [UInt8]) {
        lastFrame = content.count..<content.count + frame.count
        content += frame
    }

    /// Ends the segment and begins the one that continues it.
    private mutating func finishSegment(room: Int) {
        content.append(contentsOf: repeatElement(0, count: room))
        header.size = UInt64(offset)
        files[header.name.description] = header.encoded() + content
        header.number += 1
        header.firstSequence = nextSequence
        header.previousDigest = digest
        content = []
        lastFrame = 0..<0
    }

    private mutating func change(at place: Int, by mask: UInt8) {
        guard content.indices.contains(place) else { return }
        content[place] ^= mask
    }

    /// Puts another number into the last frame's header, and the right checksum over it.
    private mutating func changeHeader(_ input: inout FuzzInput) {
        let place = 8 + Int(input.byte()) % (FrameHeader.byteCount - 8)
        let mask = input.byte()
        guard lastFrame.count >= FrameHeader.byteCount, lastFrame.upperBound <= content.count else { return }
        let start = lastFrame.lowerBound
        content[start + place] ^= mask
        let seed = header.checksumSeed
        content.withUnsafeMutableBytes { bytes in
            let fields = UnsafeRawBufferPointer(bytes).part(start + 8, FrameHeader.byteCount - 8)
            bytes.storeLittleEndian(crc32c(fields, continuing: seed), at: start + 4)
        }
    }

    private mutating func eraseSector(_ number: Int) {
        let start = number * Limits.sectorBytes
        for place in content.indices.clamped(to: start..<start + Limits.sectorBytes) { content[place] = 0 }
    }
}
