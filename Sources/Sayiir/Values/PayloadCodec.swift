/// Turns values into bytes and back. Its id is stored with every payload that it makes.
///
/// A codec must give back what it was given, or throw: a value that comes back changed after a crash is worse than one
/// that was refused.
public protocol PayloadCodec: Sendable {
    /// Names the codec's format for good, for example `json`. Payloads are found again by it.
    var id: String { get }

    /// Whether tools must not show what it writes; false unless said otherwise. See ``sensitive``.
    var isSensitive: Bool { get }

    /// The bytes of a value.
    ///
    /// - Throws: an error that says what cannot be held, and where in the value it is.
    func encode(_ value: some Encodable) throws -> [UInt8]

    /// The value that the bytes hold.
    ///
    /// - Throws: an error that says what was expected, and where.
    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value
}

extension PayloadCodec {
    /// False.
    public var isSensitive: Bool { false }

    /// The same codec, of whose payloads tools show size and digest only: for an engine all of whose values are confidential.
    public var sensitive: some PayloadCodec { SensitiveCodec(base: self) }
}

/// A codec under its own id whose payloads are marked.
private struct SensitiveCodec<Base: PayloadCodec>: PayloadCodec {
    let base: Base

    var id: String { base.id }
    var isSensitive: Bool { true }

    func encode(_ value: some Encodable) throws -> [UInt8] { try base.encode(value) }

    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try base.decode(type, from: bytes)
    }
}
