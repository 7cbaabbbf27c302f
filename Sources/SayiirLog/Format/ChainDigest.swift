internal import Crypto

/// The head of the log's hash chain after some record: a SHA-256 digest that all records up to there decide.
///
/// Two logs with the same digest hold the same records. Write it down somewhere else, and the log can later be held to it.
public struct ChainDigest: Hashable, Sendable, CustomStringConvertible {
    private let bytes: DigestBytes

    static let byteCount = DigestBytes.byteCount

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

    private init(_ digest: SHA256.Digest) { bytes = DigestBytes(digest) }

    /// Reads what ``description`` gives; `nil` if the text is not 64 hexadecimal digits.
    public init?(_ text: some StringProtocol) {
        guard let bytes = DigestBytes(hexadecimal: text) else { return nil }
        self.bytes = bytes
    }

    init(loading bytes: UnsafeRawBufferPointer, at offset: Int) {
        self.bytes = DigestBytes(loading: bytes, at: offset)
    }

    func store(into target: UnsafeMutableRawBufferPointer, at offset: Int) { bytes.store(into: target, at: offset) }

    /// The digest's 64 lower-case hexadecimal digits.
    public var description: String { bytes.description }
}
