/// The block at the start of each of the log's files. See `docs/FORMAT.md`, "Segment".
struct SegmentHeader: Hashable, Sendable {
    static let byteCount = 4096
    static let version: UInt16 = 1
    private static let magic = Array("SAYIIRLG".utf8)
    private static let checksumOffset = byteCount - 4

    var number: UInt32
    var inFlightLimit: UInt32
    var log: LogID
    var firstSequence: UInt64
    var size: UInt64
    var previousDigest: ChainDigest
    var createdAt: Int64
    /// How the rest of the file is laid out, and what the header says of it.
    var detail = LayoutDetail.journal

    /// The name of the segment's file.
    var name: SegmentName {
        SegmentName(number: number, firstSequence: firstSequence, isSealed: detail.layout == .sealed)
    }

    /// What the checksums of the file's frames continue from.
    var checksumSeed: UInt32 { log.checksumSeed(for: detail.layout) }

    enum Defect: Error, Hashable {
        case damaged(String)
        case newer(needed: UInt16, features: UInt32, layout: UInt8)
    }

    func encoded() -> [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.byteCount)
        block.withUnsafeMutableBytes { bytes in
            bytes.copyBytes(from: Self.magic)
            bytes.storeLittleEndian(Self.version, at: 8)
            bytes.storeLittleEndian(Self.version, at: 10)
            bytes[20] = detail.layout.rawValue
            bytes.storeLittleEndian(number, at: 24)
            bytes.storeLittleEndian(inFlightLimit, at: 28)
            log.store(into: bytes, at: 32)
            bytes.storeLittleEndian(firstSequence, at: 48)
            bytes.storeLittleEndian(size, at: 56)
            previousDigest.store(into: bytes, at: 64)
            bytes.storeLittleEndian(createdAt, at: 96)
            detail.store(into: bytes)
            let checksum = crc32c(UnsafeRawBufferPointer(bytes).part(0, Self.checksumOffset))
            bytes.storeLittleEndian(checksum, at: Self.checksumOffset)
        }
        return block
    }

    init(
        number: UInt32, inFlightLimit: UInt32, log: LogID, firstSequence: UInt64, size: UInt64,
        previousDigest: ChainDigest, createdAt: Int64, detail: LayoutDetail = .journal
    ) {
        self.number = number
        self.inFlightLimit = inFlightLimit
        self.log = log
        self.firstSequence = firstSequence
        self.size = size
        self.previousDigest = previousDigest
        self.createdAt = createdAt
        self.detail = detail
    }

    /// Reads a block; the order of the checks is the format's.
    init(decoding bytes: UnsafeRawBufferPointer) throws(Defect) {
        guard bytes.count >= Self.byteCount else {
            throw .damaged("a header of \(Self.byteCount) bytes was expected, the file has \(bytes.count)")
        }
        guard bytes.prefix(Self.magic.count).elementsEqual(Self.magic) else {
            throw .damaged("the magic SAYIIRLG was expected")
        }
        let expected = crc32c(bytes.part(0, Self.checksumOffset))
        let found = bytes.loadLittleEndian(Self.checksumOffset, as: UInt32.self)
        guard expected == found else {
            throw .damaged("the header's checksum is \(hex(found)), its content gives \(hex(expected))")
        }
        let needed = bytes.loadLittleEndian(10, as: UInt16.self)
        let features = bytes.loadLittleEndian(12, as: UInt32.self)
        guard needed <= Self.version, features == 0, let layout = FileLayout(rawValue: bytes[20]) else {
            throw .newer(needed: needed, features: features, layout: bytes[20])
        }
        self.init(
            number: bytes.loadLittleEndian(24, as: UInt32.self),
            inFlightLimit: bytes.loadLittleEndian(28, as: UInt32.self),
            log: LogID(loading: bytes, at: 32),
            firstSequence: bytes.loadLittleEndian(48, as: UInt64.self),
            size: bytes.loadLittleEndian(56, as: UInt64.self),
            previousDigest: ChainDigest(loading: bytes, at: 64),
            createdAt: bytes.loadLittleEndian(96, as: Int64.self),
            detail: LayoutDetail(
                layout, loading: bytes, firstSequence: bytes.loadLittleEndian(48, as: UInt64.self))
        )
        guard size >= UInt64(Self.byteCount + FrameHeader.byteCount), size <= Limits.segmentBytes, firstSequence > 0,
            firstSequence < Limits.sequences
        else {
            throw .damaged("its size \(size) or first sequence \(firstSequence) is out of bounds")
        }
        guard detail.isWithinBounds(of: size, firstSequence: firstSequence) else {
            throw .damaged("what it says of its layout is out of bounds")
        }
    }
}

extension SegmentHeader {
    /// Reads the header of a file, and holds it to the name of the segment that the file should be.
    ///
    /// - Throws: a ``Defect`` or a ``FileSystemError``.
    init(of file: any File, expecting name: SegmentName) throws {
        try self.init(of: file)
        guard self.name == name else { throw Defect.damaged("the header is that of \(self.name)") }
        // A snapshot and the list of removals name a segment in their headers, too.
        guard detail.layout == (name.isSealed ? .sealed : .journal) else {
            throw Defect.damaged("the header is that of a file of another kind")
        }
    }

    /// Reads the header of a file.
    init(of file: any File) throws {
        let block = try file.readBytes(Self.byteCount, at: 0)
        self = try block.withUnsafeBytes { bytes in
            Result { () throws(Defect) in try SegmentHeader(decoding: bytes) }
        }.get()
    }
}

/// Bounds of the format.
enum Limits {
    /// The longest body of a frame. The masks suffice up to 32 MiB.
    static let bodyBytes = 32 * 1024 * 1024 - 64 * 1024
    /// Offsets are stored divided by 8 in 32 bits.
    static let segmentBytes: UInt64 = 32 * 1024 * 1024 * 1024
    static let sectorBytes = 512
    /// Far more than anybody will write, and far enough from what overflows.
    static let sequences: UInt64 = 1 << 62
    static let keyBytes = 65_535
}

/// A number as `0x` and eight hexadecimal digits.
func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}
