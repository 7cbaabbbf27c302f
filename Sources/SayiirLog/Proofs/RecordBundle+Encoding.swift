internal import Crypto

// The file: see `docs/FORMAT.md`, "Case bundle".
extension RecordBundle {
    /// The highest version that this library reads. It writes version 1 where nothing is withheld.
    static let version: UInt32 = 2
    static let headerBytes = 120
    private static let magic = Array("SAYIIRCB".utf8)
    private static let entryBytes = 16
    /// A tree of 2⁶⁴ records is not higher.
    private static let longestPath = 64

    /// Whether some bytes begin as a bundle does.
    package static func begins(_ bytes: some Sequence<UInt8>) -> Bool { bytes.starts(with: magic) }

    /// What stands behind some bytes of a file.
    static func checksum(of bytes: some Collection<UInt8>) -> [UInt8] { Array(SHA256.hash(data: Array(bytes))) }

    /// The bundle as a file's content.
    public var encoded: [UInt8] {
        var bytes = Self.magic
        bytes.appendLittleEndian(withheld.isEmpty ? UInt32(1) : UInt32(2))
        bytes.appendLittleEndian(UInt32(clamping: entries.count))
        bytes.append(16) { origin.log.store(into: $0, at: 0) }
        bytes.appendLittleEndian(origin.head.size)
        bytes.append(TreeHash.byteCount) { origin.head.root.store(into: $0, at: 0) }
        bytes.appendLittleEndian(origin.lastSequence)
        bytes.append(ChainDigest.byteCount) { origin.chainHead.store(into: $0, at: 0) }
        bytes.appendLittleEndian(UInt64(withheld.count))
        for entry in entries {
            bytes.appendLittleEndian(entry.record.sequence)
            bytes.appendLittleEndian(UInt32(clamping: entry.bytes.count))
            bytes.appendLittleEndian(UInt32(clamping: entry.proof.path.count))
            bytes += entry.bytes
            for hash in entry.proof.path { bytes.append(TreeHash.byteCount) { hash.store(into: $0, at: 0) } }
        }
        for record in withheld {
            bytes.appendLittleEndian(record.proof.sequence)
            bytes.appendLittleEndian(UInt32(0))
            bytes.appendLittleEndian(UInt32(clamping: record.proof.path.count))
            bytes.append(TreeHash.byteCount) { record.leaf.store(into: $0, at: 0) }
            for hash in record.proof.path { bytes.append(TreeHash.byteCount) { hash.store(into: $0, at: 0) } }
        }
        return bytes + Self.checksum(of: bytes)
    }

    /// Reads a file's content. Total, whatever the bytes are. Nothing is proven by that: see ``unproven(in:)``.
    ///
    /// - Throws: ``RecordBundleError``.
    public init(decoding bytes: [UInt8]) throws(RecordBundleError) {
        guard Self.begins(bytes) else { throw .notABundle }
        let end = bytes.count - SHA256.byteCount
        guard end >= Self.headerBytes else {
            throw .damaged(offset: bytes.count, reason: "it ends within its header")
        }
        guard Self.checksum(of: bytes[..<end]).elementsEqual(bytes[end...]) else {
            throw .damaged(offset: end, reason: "its checksum is not that of the bytes before it")
        }
        let version = bytes.number(at: 8, as: UInt32.self)
        guard version <= Self.version else { throw .newer(version: version) }
        let withheldCount = bytes.number(at: 112, as: UInt64.self)
        guard version == 2 ? withheldCount > 0 : version == 1 && withheldCount == 0 else {
            throw .damaged(offset: 8, reason: "its header has what no version has")
        }
        let origin = bytes.withUnsafeBytes { bytes in
            Origin(
                log: LogID(loading: bytes, at: 16),
                head: TreeHead(
                    size: bytes.loadLittleEndian(32, as: UInt64.self), root: TreeHash(loading: bytes, at: 40)),
                lastSequence: bytes.loadLittleEndian(72, as: UInt64.self),
                chainHead: ChainDigest(loading: bytes, at: 80))
        }
        let (entries, start) = try Self.entries(
            in: bytes, to: end, count: bytes.number(at: 12, as: UInt32.self), treeSize: origin.head.size)
        let withheld = try Self.withheld(
            in: bytes, from: start, to: end, count: withheldCount, treeSize: origin.head.size)
        try self.init(entries, withholding: withheld, from: origin)
    }

    private static func entries(
        in bytes: [UInt8], to end: Int, count: UInt32, treeSize: UInt64
    ) throws(RecordBundleError) -> (entries: [Entry], end: Int) {
        var entries: [Entry] = []
        var offset = headerBytes
        for _ in 0..<count {
            guard end - offset >= entryBytes else {
                throw .damaged(offset: offset, reason: "\(count) records are promised, \(entries.count) are there")
            }
            let sequence = bytes.number(at: offset, as: UInt64.self)
            let length = Int(bytes.number(at: offset + 8, as: UInt32.self))
            let hashes = Int(bytes.number(at: offset + 12, as: UInt32.self))
            let start = offset + entryBytes
            guard hashes <= longestPath, end - start >= length + hashes * TreeHash.byteCount else {
                throw .damaged(offset: offset, reason: "record \(sequence) goes beyond the end, or its proof does")
            }
            let proof = InclusionProof(
                sequence: sequence, treeSize: treeSize, path: path(of: hashes, in: bytes, at: start + length))
            guard let entry = Entry(Array(bytes[start..<start + length]), proof) else {
                throw .damaged(offset: start, reason: "these are not the bytes of one record")
            }
            entries.append(entry)
            offset = start + length + hashes * TreeHash.byteCount
        }
        return (entries, offset)
    }

    private static func withheld(
        in bytes: [UInt8], from start: Int, to end: Int, count: UInt64, treeSize: UInt64
    ) throws(RecordBundleError) -> [Withheld] {
        var withheld: [Withheld] = []
        var offset = start
        let fixedBytes = entryBytes + TreeHash.byteCount
        while withheld.count < count {
            guard end - offset >= fixedBytes else {
                throw .damaged(
                    offset: offset, reason: "\(count) withheld records are promised, \(withheld.count) are there")
            }
            let sequence = bytes.number(at: offset, as: UInt64.self)
            let hashes = Int(bytes.number(at: offset + 12, as: UInt32.self))
            guard bytes.number(at: offset + 8, as: UInt32.self) == 0, hashes <= longestPath,
                end - offset - fixedBytes >= hashes * TreeHash.byteCount
            else {
                throw .damaged(
                    offset: offset, reason: "withheld record \(sequence) goes beyond the end, or is none")
            }
            let leaf = bytes.withUnsafeBytes { TreeHash(loading: $0, at: offset + entryBytes) }
            let proof = InclusionProof(
                sequence: sequence, treeSize: treeSize, path: path(of: hashes, in: bytes, at: offset + fixedBytes))
            withheld.append(Withheld(leaf: leaf, proof: proof))
            offset += fixedBytes + hashes * TreeHash.byteCount
        }
        guard offset == end else {
            throw .damaged(offset: offset, reason: "\(end - offset) bytes follow the last record")
        }
        return withheld
    }

    private static func path(of hashes: Int, in bytes: [UInt8], at start: Int) -> [TreeHash] {
        bytes.withUnsafeBytes { bytes in
            (0..<hashes).map { TreeHash(loading: bytes, at: start + $0 * TreeHash.byteCount) }
        }
    }
}

extension [UInt8] {
    /// Adds so many bytes, which `fill` writes.
    fileprivate mutating func append(_ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        let start = self.count
        append(contentsOf: repeatElement(0, count: count))
        withUnsafeMutableBytes { fill(UnsafeMutableRawBufferPointer(rebasing: $0[start...])) }
    }

    /// The number at an offset, which has been checked.
    fileprivate func number<Integer: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Integer.Type)
        -> Integer
    {
        withUnsafeBytes { $0.loadLittleEndian(offset, as: type) }
    }
}
