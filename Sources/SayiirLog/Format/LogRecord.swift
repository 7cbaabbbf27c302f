/// One record of the log: opaque bytes with a key, a time and a kind.
public struct LogRecord: Hashable, Sendable {
    /// The record's number in the log, from 1.
    public var sequence: UInt64
    /// What the payload is.
    public var kind: RecordKind
    /// Nanoseconds since 1970-01-01T00:00:00Z, as the writer was given it.
    public var timestamp: Int64
    /// What the record belongs to; records of one key can be read without the others.
    public var key: String
    /// The content. Shares the memory of the frame it was read from.
    public var payload: ArraySlice<UInt8>

    /// How many bytes the record has in the log before compression, with its key and what the log adds.
    public var byteCount: Int { RecordHeader.byteCount + key.utf8.count + payload.count }
}

/// What the payload of a record is. Readers skip kinds from 128 that they do not know, and refuse others.
public struct RecordKind: RawRepresentable, Hashable, Sendable {
    /// The kind's number in the format.
    public var rawValue: UInt8

    /// Wraps a kind's number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Whether a reader that does not know the kind may pass it over.
    public var isSkippable: Bool { rawValue >= 128 }

    /// A state transition; the key is the instance's id.
    public static let event = RecordKind(rawValue: 1)
    /// A workflow's definition; the key is its hash.
    public static let definition = RecordKind(rawValue: 2)
    /// What the services that write the log serve, as a text; the key is empty. Readers may pass it over.
    public static let service = RecordKind(rawValue: 128)
}

/// The 16 bytes before a record's key. See `docs/FORMAT.md`, "Body".
struct RecordHeader {
    static let byteCount = 16

    var payloadLength: Int
    var keyLength: Int
    var kind: RecordKind
    var timestamp: Int64

    /// How many bytes the record takes.
    var extent: Int { Self.byteCount + keyLength + payloadLength }

    /// Reads the header at `offset`; `nil` if the record would end outside of `body`.
    init?(decoding body: UnsafeRawBufferPointer, at offset: Int) {
        guard offset >= 0, body.count - offset >= Self.byteCount else { return nil }
        payloadLength = Int(body.loadLittleEndian(offset, as: UInt32.self))
        keyLength = Int(body.loadLittleEndian(offset + 4, as: UInt16.self))
        kind = RecordKind(rawValue: body[offset + 6])
        timestamp = body.loadLittleEndian(offset + 8, as: Int64.self)
        guard body[offset + 7] == 0, body.count - offset >= extent else { return nil }
    }
}

extension LogRecord {
    /// Reads the record that some bytes begin with; `nil` if they begin with none.
    init?(prefixing bytes: ArraySlice<UInt8>, sequence: UInt64) {
        guard let header = bytes.withUnsafeBytes({ RecordHeader(decoding: $0, at: 0) }) else { return nil }
        let key = bytes.startIndex + RecordHeader.byteCount
        let payload = key + header.keyLength
        self.init(
            sequence: sequence, kind: header.kind, timestamp: header.timestamp,
            key: String(decoding: bytes[key..<payload], as: UTF8.self),
            payload: bytes[payload..<payload + header.payloadLength])
    }

    /// Reads a record's bytes, as the format's "Body" says; `nil` unless they are one record exactly.
    ///
    /// - Parameters:
    ///   - bytes: The record's bytes.
    ///   - sequence: Its sequence, which the bytes do not tell.
    public init?(decoding bytes: [UInt8], sequence: UInt64) {
        self.init(prefixing: bytes[...], sequence: sequence)
        guard payload.endIndex == bytes.endIndex else { return nil }
    }
}
