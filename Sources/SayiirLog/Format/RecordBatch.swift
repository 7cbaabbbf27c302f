internal import SayiirText

/// Records on their way into the log, already in their final form: they become durable together or not at all.
///
/// Encoding happens here, on the caller's thread; the writer only copies the bytes. One allocation a batch.
public struct RecordBatch: Sendable {
    /// The records' bytes, as the format's "Body" says.
    private(set) var bytes: [UInt8] = []
    /// How many records the batch holds.
    public private(set) var count = 0

    /// Room for a record or two of a few hundred bytes, so that an ordinary batch is one allocation.
    private static let usualByteCount = 480

    /// The key of the first records; most batches have no other.
    private var firstKey: String?
    /// The keys of those that follow, each once for a run of the same.
    private var furtherKeys: [String] = []

    /// An empty batch.
    public init() {}

    /// A batch of records that are encoded already; of their keys it knows nothing.
    init(encoded bytes: [UInt8], count: Int) {
        self.bytes = bytes
        self.count = count
    }

    /// Whether the batch holds no record.
    public var isEmpty: Bool { count == 0 }

    /// How many bytes the batch adds to the log before compression.
    public var byteCount: Int { bytes.count }

    /// Makes room for `byteCount` more bytes.
    public mutating func reserveCapacity(_ byteCount: Int) { bytes.reserveCapacity(bytes.count + byteCount) }

    /// Adds a record whose payload `encode` appends to the bytes it is given; it must not touch what is there.
    ///
    /// - Throws: ``LogError/keyTooLong(length:)`` for a key of more than 65,535 bytes. A payload that is too large is
    ///   refused when the batch is appended to the log.
    public mutating func append(
        kind: RecordKind, key: String, timestamp: Int64, encode: (inout [UInt8]) -> Void
    ) throws(LogError) {
        var key = key
        let keyLength = key.withUTF8 { $0.count }
        guard keyLength <= Limits.keyBytes else { throw .keyTooLong(length: keyLength) }
        let start = bytes.count
        if start == 0 { bytes.reserveCapacity(Self.usualByteCount) }
        bytes.appendLittleEndian(UInt32(0))
        bytes.appendLittleEndian(UInt16(keyLength))
        bytes.append(kind.rawValue)
        bytes.append(0)
        bytes.appendLittleEndian(timestamp)
        key.withUTF8 { bytes.append(contentsOf: $0) }
        let payloadStart = bytes.count
        encode(&bytes)
        // Larger lengths are caught as a whole by `LogWriter`; the truncated value never reaches the disk.
        let length = UInt32(truncatingIfNeeded: bytes.count - payloadStart)
        bytes.withUnsafeMutableBytes { $0.storeLittleEndian(length, at: start) }
        count += 1
        note(key)
    }

    private mutating func note(_ key: String) {
        guard let firstKey else { return self.firstKey = key }
        if !(furtherKeys.last ?? firstKey).isExactly(key) { furtherKeys.append(key) }
    }

    /// Calls `body` with the records' keys, each once for a run of the same.
    func forEachKey(_ body: (String) -> Void) {
        if let firstKey { body(firstKey) }
        for key in furtherKeys { body(key) }
    }

    /// Adds a record.
    ///
    /// - Throws: ``LogError/keyTooLong(length:)`` for a key of more than 65,535 bytes.
    public mutating func append(
        kind: RecordKind, key: String, timestamp: Int64, payload: some Collection<UInt8>
    ) throws(LogError) {
        try append(kind: kind, key: key, timestamp: timestamp) { bytes in
            // Memory is copied at once; the loop over any other collection costs more than the rest of an append.
            let isCopied = payload.withContiguousStorageIfAvailable { bytes.append(contentsOf: $0) } != nil
            if !isCopied { bytes.append(contentsOf: payload) }
        }
    }
}
