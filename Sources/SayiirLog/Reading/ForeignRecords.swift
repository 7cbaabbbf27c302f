// What stands in no log, shown as if it did, so that who reads logs can read that, too.

extension Frame {
    /// A frame of its own for a record that some other store keeps.
    ///
    /// - Parameters:
    ///   - kind: What the payload is.
    ///   - key: What the record belongs to.
    ///   - timestamp: When it was made, in nanoseconds since 1970.
    ///   - payload: Its content.
    ///   - sequence: Its number in that store.
    /// - Throws: ``LogError/keyTooLong(length:)`` for a key that no log could hold.
    package init(
        foreign kind: RecordKind, key: String, timestamp: Int64, payload: [UInt8], sequence: UInt64
    ) throws(LogError) {
        var batch = RecordBatch()
        try batch.append(kind: kind, key: key, timestamp: timestamp, payload: payload)
        self.init(alone: batch.bytes, sequence: sequence, digest: .none)
    }

    /// A frame of its own for a record's bytes.
    init(alone bytes: [UInt8], sequence: UInt64, digest: ChainDigest) {
        self.init(
            segment: .outsideOfLogs, offset: 0, extent: bytes.count, kind: .records, codec: .plain,
            storedLength: bytes.count, firstSequence: sequence, recordCount: 1, durableThrough: 0, digest: digest,
            commits: [1], body: bytes)
    }
}

extension SegmentName {
    /// Where records stand that are in no segment. Segments are counted from 1.
    package static let outsideOfLogs = SegmentName(number: 0, firstSequence: 0)
}

extension ChainDigest {
    /// Of what has no chain.
    fileprivate static var none: ChainDigest {
        [UInt8](repeating: 0, count: 32).withUnsafeBytes { ChainDigest(loading: $0, at: 0) }
    }
}

extension Assessment {
    /// What a reading of a store found that is no log, and has no files that could be damaged.
    ///
    /// - Parameters:
    ///   - name: The store's name.
    ///   - recordCount: How many records were read.
    ///   - lastSequence: The sequence of the last one.
    package init(ofStore name: String, recordCount: UInt64, lastSequence: UInt64) {
        self.init(directory: name)
        self.recordCount = recordCount
        self.lastSequence = lastSequence
        durableSequence = lastSequence
    }
}
