/// A verified frame of the log: one commit with its records, or in a sealed segment several.
public struct Frame: Sendable {
    /// The segment it stands in.
    public let segment: SegmentName
    /// Its offset in the segment's file.
    public let offset: Int
    /// How many bytes it takes there, header and padding included.
    public let extent: Int
    /// What it is for.
    public let kind: FrameKind
    /// How its body is stored.
    public let codec: FrameCodec
    /// The body's length as stored, without padding.
    public let storedLength: Int
    /// The sequence of its first record; without records, of the next one in the log.
    public let firstSequence: UInt64
    /// How many records it holds.
    public let recordCount: Int
    /// Everything before this offset of the segment was durable when the frame was written.
    public let durableThrough: Int
    /// The chain digest after its records.
    public let digest: ChainDigest
    /// How many records each of its commits has.
    let commits: [UInt32]
    /// The records' bytes, uncompressed.
    public let body: [UInt8]

    /// How many commits it holds.
    public var commitCount: Int { commits.count }

    /// The offset behind the frame.
    public var end: Int { offset + extent }

    /// The frame's records. The cost is one key's text a record; payloads share the frame's memory.
    public var records: [LogRecord] {
        var records: [LogRecord] = []
        records.reserveCapacity(recordCount)
        forEachRecord { records.append($0) }
        return records
    }

    /// Calls `visit` with each record in order.
    public func forEachRecord<Failure>(_ visit: (LogRecord) throws(Failure) -> Void) throws(Failure) {
        var start = 0
        var sequence = firstSequence
        // The decoder has checked that the headers split the body exactly.
        while let header = body.withUnsafeBytes({ RecordHeader(decoding: $0, at: start) }) {
            let keyEnd = start + RecordHeader.byteCount + header.keyLength
            let key = String(decoding: body[start + RecordHeader.byteCount..<keyEnd], as: UTF8.self)
            let payload = body[keyEnd..<start + header.extent]
            try visit(
                LogRecord(
                    sequence: sequence, kind: header.kind, timestamp: header.timestamp, key: key, payload: payload))
            start += header.extent
            sequence += 1
        }
    }
}
