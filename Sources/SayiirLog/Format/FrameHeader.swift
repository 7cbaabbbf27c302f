/// The 80 bytes before a frame's body. See `docs/FORMAT.md`, "Frame".
struct FrameHeader: Hashable, Sendable {
    static let byteCount = 80
    static let magic: UInt32 = 0x3146_5953  // "SYF1"

    private static let aloneBit: UInt8 = 0x80

    var storedLength: UInt32
    var rawLength: UInt32
    var firstSequence: UInt64
    var recordCount: UInt32
    var segment: UInt32
    var offset: Int
    var durableThrough: Int
    var digest: ChainDigest
    var bodyChecksum: UInt32
    var mask: UInt16
    var codec: UInt8
    /// Whether nothing is written behind the frame before it is durable.
    var isAlone: Bool
    var kind: UInt8

    /// The body's length on disk: padded to a multiple of 8.
    var paddedLength: Int { Int(storedLength).roundedUp(to: 8) }

    /// How many bytes the frame takes in its segment.
    var extent: Int { Self.byteCount + paddedLength }

    func store(into bytes: UnsafeMutableRawBufferPointer, checksumSeed: UInt32) {
        bytes.storeLittleEndian(Self.magic, at: 0)
        bytes.storeLittleEndian(storedLength, at: 8)
        bytes.storeLittleEndian(rawLength, at: 12)
        bytes.storeLittleEndian(firstSequence, at: 16)
        bytes.storeLittleEndian(recordCount, at: 24)
        bytes.storeLittleEndian(segment, at: 28)
        bytes.storeLittleEndian(UInt32(truncatingIfNeeded: offset / 8), at: 32)
        bytes.storeLittleEndian(UInt32(truncatingIfNeeded: durableThrough / 8), at: 36)
        digest.store(into: bytes, at: 40)
        bytes.storeLittleEndian(bodyChecksum, at: 72)
        bytes.storeLittleEndian(mask, at: 76)
        bytes[78] = codec | (isAlone ? Self.aloneBit : 0)
        bytes[79] = kind
        let content = UnsafeRawBufferPointer(bytes).part(8, Self.byteCount - 8)
        bytes.storeLittleEndian(crc32c(content, continuing: checksumSeed), at: 4)
    }

    /// Reads a header; `nil` unless magic and checksum are right (the format's check 1).
    init?(decoding bytes: UnsafeRawBufferPointer, checksumSeed: UInt32) {
        guard bytes.count >= Self.byteCount,
            bytes.loadLittleEndian(0, as: UInt32.self) == Self.magic,
            bytes.loadLittleEndian(4, as: UInt32.self)
                == crc32c(bytes.part(8, Self.byteCount - 8), continuing: checksumSeed)
        else { return nil }
        self.init(unchecked: bytes)
    }

    /// Reads what stands where a header should, which is at least as long.
    init(unchecked bytes: UnsafeRawBufferPointer) {
        storedLength = bytes.loadLittleEndian(8, as: UInt32.self)
        rawLength = bytes.loadLittleEndian(12, as: UInt32.self)
        firstSequence = bytes.loadLittleEndian(16, as: UInt64.self)
        recordCount = bytes.loadLittleEndian(24, as: UInt32.self)
        segment = bytes.loadLittleEndian(28, as: UInt32.self)
        offset = Int(bytes.loadLittleEndian(32, as: UInt32.self)) * 8
        durableThrough = Int(bytes.loadLittleEndian(36, as: UInt32.self)) * 8
        digest = ChainDigest(loading: bytes, at: 40)
        bodyChecksum = bytes.loadLittleEndian(72, as: UInt32.self)
        mask = bytes.loadLittleEndian(76, as: UInt16.self)
        codec = bytes[78] & ~Self.aloneBit
        isAlone = bytes[78] & Self.aloneBit != 0
        kind = bytes[79]
    }

    init(
        storedLength: UInt32, rawLength: UInt32, firstSequence: UInt64, recordCount: UInt32, segment: UInt32,
        offset: Int, durableThrough: Int, digest: ChainDigest, bodyChecksum: UInt32, mask: UInt16, codec: FrameCodec,
        isAlone: Bool, kind: FrameKind
    ) {
        self.storedLength = storedLength
        self.rawLength = rawLength
        self.firstSequence = firstSequence
        self.recordCount = recordCount
        self.segment = segment
        self.offset = offset
        self.durableThrough = durableThrough
        self.digest = digest
        self.bodyChecksum = bodyChecksum
        self.mask = mask
        self.codec = codec.rawValue
        self.isAlone = isAlone
        self.kind = kind.rawValue
    }
}

/// How the body of a frame is stored.
public enum FrameCodec: UInt8, Sendable, Hashable {
    /// As it is.
    case plain = 0
    /// As one LZ4 block.
    case lz4 = 1
}

/// What a frame is for.
public enum FrameKind: UInt8, Sendable, Hashable {
    /// It holds records.
    case records = 0xD1
    /// It only says how far the log was durable when it was written.
    case promise = 0xC1
    /// A promise that ends its segment: a successor exists.
    case seal = 0x51
    /// It holds the records of several commits, in a sealed segment.
    case block = 0xB1
    /// Where the blocks of a sealed segment are.
    case blockTable = 0xA1
    /// Which keys a sealed segment does not hold.
    case filter = 0xA2
    /// Which blocks hold some of the keys.
    case bucket = 0xA3
    /// Where the buckets are.
    case directory = 0xA4
    /// The segment's nodes of the tree over the log's records.
    case nodes = 0xA5

    /// Whether frames of this kind hold records.
    var holdsRecords: Bool { self == .records || self == .block }

    /// Whether the kind belongs to the index of a sealed segment.
    var isIndex: Bool {
        switch self {
        case .blockTable, .filter, .bucket, .directory, .nodes: true
        case .records, .promise, .seal, .block: false
        }
    }

    /// Whether files of a layout may hold such a frame.
    func isAllowed(in layout: FileLayout) -> Bool {
        switch layout {
        case .journal: self == .records || self == .promise || self == .seal
        case .sealed: self == .block || self == .seal || isIndex
        case .snapshot, .removals: self == .records || self == .seal
        }
    }
}
