/// What is still known of a segment that retention took away.
public struct RemovedSegment: Hashable, Sendable {
    /// The segment's file.
    public var name: SegmentName
    /// The sequence of its last record.
    public var lastSequence: UInt64
    /// The chain digest after its last record.
    public var lastDigest: ChainDigest
    /// The SHA-256 of its file.
    public var fileDigest: [UInt8]
    /// The file's length in bytes.
    public var byteCount: Int64
    /// The latest timestamp of a record in it, in nanoseconds since 1970.
    public var latestTimestamp: Int64
    /// When it was removed, in nanoseconds since 1970.
    public var removedAt: Int64
    /// Whether it was moved to an archive rather than deleted.
    public var isArchived: Bool
}

extension RemovedSegment {
    static let recordKind = RecordKind(rawValue: 32)
    private static let payloadBytes = 32 + 32 + 8 + 8 + 8 + 1

    /// Reads a record of `REMOVED`; `nil` if it is not one.
    init?(_ record: LogRecord) {
        guard record.kind == Self.recordKind, let name = SegmentName(fileName: record.key),
            record.payload.count == Self.payloadBytes
        else { return nil }
        self = record.payload.withUnsafeBytes { bytes in
            RemovedSegment(
                name: name, lastSequence: bytes.loadLittleEndian(72, as: UInt64.self),
                lastDigest: ChainDigest(loading: bytes, at: 0), fileDigest: Array(bytes.part(32, 32)),
                byteCount: bytes.loadLittleEndian(64, as: Int64.self),
                latestTimestamp: bytes.loadLittleEndian(80, as: Int64.self), removedAt: record.timestamp,
                isArchived: bytes[88] != 0)
        }
    }

    func append(to batch: inout RecordBatch) throws(LogError) {
        try batch.append(kind: Self.recordKind, key: "\(name)", timestamp: removedAt) { bytes in
            withUnsafeTemporaryAllocation(byteCount: ChainDigest.byteCount, alignment: 8) { digest in
                lastDigest.store(into: digest, at: 0)
                bytes += Array(UnsafeRawBufferPointer(digest))
            }
            bytes += fileDigest
            bytes.appendLittleEndian(byteCount)
            bytes.appendLittleEndian(lastSequence)
            bytes.appendLittleEndian(latestTimestamp)
            bytes.append(isArchived ? 1 : 0)
        }
    }
}
