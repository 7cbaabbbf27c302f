/// Takes the entries of a snapshot, one after the other, and writes them as they come.
public struct SnapshotEntries {
    private static let frameBytes = 64 * 1024

    private var writer: FrameFileWriter
    private var batch = RecordBatch()
    private(set) var count: UInt64 = 0

    init(writer: FrameFileWriter) { self.writer = writer }

    /// Adds an entry whose payload `encode` appends to the bytes it is given; it must not touch what is there.
    ///
    /// - Parameters:
    ///   - kind: What the entry is: a number from 16 to 31.
    ///   - key: What it is about; at most 65,535 bytes of UTF-8.
    ///   - encode: Appends the payload, at most 16 MiB.
    /// - Throws: ``LogError`` if the key or the payload is too long, or the disk fails.
    public mutating func append(
        kind: RecordKind, key: String, encode: (inout [UInt8]) -> Void
    ) throws(LogError) {
        try batch.append(kind: kind, key: key, timestamp: 0, encode: encode)
        guard batch.byteCount <= LogOptions.batchLimit + Self.frameBytes else {
            throw .batchTooLarge(byteCount: batch.byteCount, limit: LogOptions.batchLimit)
        }
        count += 1
        if batch.byteCount >= Self.frameBytes { try flush() }
    }

    private mutating func flush() throws(LogError) {
        guard !batch.isEmpty else { return }
        do throws(FileSystemError) {
            try writer.appendRecords(batch.bytes, count: UInt32(batch.count))
        } catch {
            throw .fileSystem(error)
        }
        batch = RecordBatch()
    }

    /// Ends the snapshot; returns its file's length.
    mutating func finish(_ header: SegmentHeader, as name: SnapshotName) throws -> Int {
        try flush()
        return try writer.finish(header, as: "\(name)", replaces: true)
    }

    func discard() { writer.discard() }
}
