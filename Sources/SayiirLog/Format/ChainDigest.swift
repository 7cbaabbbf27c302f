internal import Crypto

/// The head of the log's hash chain after some record: a SHA-256 digest that all records up to there decide.
///
/// Two logs with the same digest hold the same records. Write it down somewhere else, and the log can later be held to it.
public struct ChainDigest: Hashable, Sendable, CustomStringConvertible {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    static let byteCount = 32

    /// The digest before the first record of a log.
    init(genesisOf log: LogID) {
        var hash = SHA256()
        hash.update(data: Array("sayiir log 1".utf8))
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { bytes in
            log.store(into: bytes, at: 0)
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        }
        self.init(hash.finalize())
    }

    /// The digest after a commit of `recordCount` records that starts at `firstSequence`.
    func appending(records: UnsafeRawBufferPointer, firstSequence: UInt64, recordCount: UInt32) -> ChainDigest {
        withUnsafeTemporaryAllocation(byteCount: Self.byteCount + 12, alignment: 8) { prefix in
            store(into: prefix, at: 0)
            prefix.storeLittleEndian(firstSequence, at: Self.byteCount)
            prefix.storeLittleEndian(recordCount, at: Self.byteCount + 8)
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(prefix))
            hash.update(bufferPointer: records)
            return ChainDigest(hash.finalize())
        }
    }

    private init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { ChainDigest(loading: $0, at: 0) }
    }

    init(loading bytes: UnsafeRawBufferPointer, at offset: Int) {
        words = (
            bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self)
        )
    }

    func store(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.storeBytes(of: words.0, toByteOffset: offset, as: UInt64.self)
        bytes.storeBytes(of: words.1, toByteOffset: offset + 8, as: UInt64.self)
        bytes.storeBytes(of: words.2, toByteOffset: offset + 16, as: UInt64.self)
        bytes.storeBytes(of: words.3, toByteOffset: offset + 24, as: UInt64.self)
    }

    /// Whether two digests are equal.
    public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    /// Feeds the digest to a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }

    /// The digest's 64 lower-case hexadecimal digits.
    public var description: String {
        withUnsafeBytes(of: words) { hexadecimal($0) }
    }
}
