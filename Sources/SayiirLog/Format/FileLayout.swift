/// How a file of the log is laid out behind its header block.
enum FileLayout: UInt8, Sendable {
    /// A segment as it was written.
    case journal = 1
    /// A full segment, packed and indexed.
    case sealed = 2
    /// What the log amounts to up to some sequence.
    case snapshot = 3
    /// Which segments retention took away.
    case removals = 4
}

/// What a header block says of its own layout, from byte 104 on.
enum LayoutDetail: Hashable, Sendable {
    case journal
    case sealed(SealedDetail)
    case snapshot(SnapshotDetail)
    case removals(RemovalsDetail)

    private static let start = 104

    var layout: FileLayout {
        switch self {
        case .journal: .journal
        case .sealed: .sealed
        case .snapshot: .snapshot
        case .removals: .removals
        }
    }

    /// Reads what a block says; the first sequence decides how many peaks it has of the tree before it.
    init(_ layout: FileLayout, loading bytes: UnsafeRawBufferPointer, firstSequence: UInt64) {
        // Of a first sequence that is out of bounds, too, the peaks lie within the block.
        let size = firstSequence &- 1
        switch layout {
        case .journal: self = .journal
        case .sealed: self = .sealed(SealedDetail(loading: bytes, at: Self.start, treeSize: size))
        case .snapshot: self = .snapshot(SnapshotDetail(loading: bytes, at: Self.start))
        case .removals: self = .removals(RemovalsDetail(loading: bytes, at: Self.start, treeSize: size))
        }
    }

    /// Whether its numbers can be true of a file, so that reckoning with them cannot overflow.
    func isWithinBounds(of size: UInt64, firstSequence: UInt64) -> Bool {
        switch self {
        case .journal: true
        case .sealed(let detail):
            max(detail.blockTable, detail.filter, detail.directory, detail.nodes) < size
                && detail.lastSequence < Limits.sequences && detail.lastSequence + 1 >= firstSequence
        case .snapshot(let detail): detail.offset <= Limits.segmentBytes && detail.entryCount <= Limits.sequences
        case .removals(let detail): detail.entryCount <= Limits.sequences
        }
    }

    func store(into bytes: UnsafeMutableRawBufferPointer) {
        switch self {
        case .journal: break
        case .sealed(let detail): detail.store(into: bytes, at: Self.start)
        case .snapshot(let detail): detail.store(into: bytes, at: Self.start)
        case .removals(let detail): detail.store(into: bytes, at: Self.start)
        }
    }
}

/// What the header of a sealed segment says of its content and where its index is.
struct SealedDetail: Hashable, Sendable {
    var lastSequence: UInt64
    var lastDigest: ChainDigest
    var blockTable: UInt64
    var filter: UInt64
    var directory: UInt64
    /// The earliest and the latest timestamp of a record; both 0 without records.
    var earliest: Int64
    var latest: Int64
    /// The bytes of all records, uncompressed.
    var recordBytes: UInt64
    /// Where the segment's nodes of the log's tree are.
    var nodes: UInt64
    /// The root of the tree over all records of the log through the segment's last.
    var root: TreeHash
    /// The tree over all records before the segment.
    var treeBefore: MerkleFrontier

    /// The leaves of the segment's records in that tree.
    var leaves: Range<UInt64> { treeBefore.size..<max(treeBefore.size, lastSequence) }

    /// What is said of a segment whose content is not known yet, or not any more.
    static func unknown(after digest: ChainDigest) -> SealedDetail {
        SealedDetail(
            lastSequence: 0, lastDigest: digest, blockTable: 0, filter: 0, directory: 0, earliest: 0, latest: 0,
            recordBytes: 0, nodes: 0, root: .ofNothing, treeBefore: MerkleFrontier())
    }
}

extension SealedDetail {
    fileprivate init(loading bytes: UnsafeRawBufferPointer, at start: Int, treeSize: UInt64) {
        lastSequence = bytes.loadLittleEndian(start, as: UInt64.self)
        lastDigest = ChainDigest(loading: bytes, at: start + 8)
        blockTable = bytes.loadLittleEndian(start + 40, as: UInt64.self)
        filter = bytes.loadLittleEndian(start + 48, as: UInt64.self)
        directory = bytes.loadLittleEndian(start + 56, as: UInt64.self)
        earliest = bytes.loadLittleEndian(start + 64, as: Int64.self)
        latest = bytes.loadLittleEndian(start + 72, as: Int64.self)
        recordBytes = bytes.loadLittleEndian(start + 80, as: UInt64.self)
        nodes = bytes.loadLittleEndian(start + 88, as: UInt64.self)
        root = TreeHash(loading: bytes, at: start + 96)
        treeBefore = MerkleFrontier(loading: bytes, at: start + 128, size: treeSize)
    }

    fileprivate func store(into bytes: UnsafeMutableRawBufferPointer, at start: Int) {
        bytes.storeLittleEndian(lastSequence, at: start)
        lastDigest.store(into: bytes, at: start + 8)
        bytes.storeLittleEndian(blockTable, at: start + 40)
        bytes.storeLittleEndian(filter, at: start + 48)
        bytes.storeLittleEndian(directory, at: start + 56)
        bytes.storeLittleEndian(earliest, at: start + 64)
        bytes.storeLittleEndian(latest, at: start + 72)
        bytes.storeLittleEndian(recordBytes, at: start + 80)
        bytes.storeLittleEndian(nodes, at: start + 88)
        root.store(into: bytes, at: start + 96)
        treeBefore.store(into: bytes, at: start + 128)
    }
}

/// What the header of a snapshot says of its content.
struct SnapshotDetail: Hashable, Sendable {
    /// Where the log goes on, in the journal of the segment that the header names.
    var offset: UInt64
    /// The version of the entries' encoding.
    var contentVersion: UInt32
    var entryCount: UInt64
    /// The lowest sequence that is needed beside the snapshot.
    var neededFrom: UInt64
}

extension SnapshotDetail {
    fileprivate init(loading bytes: UnsafeRawBufferPointer, at start: Int) {
        offset = bytes.loadLittleEndian(start, as: UInt64.self)
        contentVersion = bytes.loadLittleEndian(start + 8, as: UInt32.self)
        entryCount = bytes.loadLittleEndian(start + 16, as: UInt64.self)
        neededFrom = bytes.loadLittleEndian(start + 24, as: UInt64.self)
    }

    fileprivate func store(into bytes: UnsafeMutableRawBufferPointer, at start: Int) {
        bytes.storeLittleEndian(offset, at: start)
        bytes.storeLittleEndian(contentVersion, at: start + 8)
        bytes.storeLittleEndian(entryCount, at: start + 16)
        bytes.storeLittleEndian(neededFrom, at: start + 24)
    }
}

/// What the header of the list of removals says beside where the log begins.
struct RemovalsDetail: Hashable, Sendable {
    var entryCount: UInt64
    /// The tree over all records that were removed.
    var treeBefore: MerkleFrontier
}

extension RemovalsDetail {
    fileprivate init(loading bytes: UnsafeRawBufferPointer, at start: Int, treeSize: UInt64) {
        entryCount = bytes.loadLittleEndian(start, as: UInt64.self)
        treeBefore = MerkleFrontier(loading: bytes, at: start + 8, size: treeSize)
    }

    fileprivate func store(into bytes: UnsafeMutableRawBufferPointer, at start: Int) {
        bytes.storeLittleEndian(entryCount, at: start)
        treeBefore.store(into: bytes, at: start + 8)
    }
}
