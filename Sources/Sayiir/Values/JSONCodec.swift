#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// JSON, the default codec: readable in every tool, by every language.
///
/// Integers, decimals, dates and floating-point numbers come back exactly as they were. Not-a-number and the infinities
/// are refused, and so is what JSON cannot tell from `nil`: an optional that holds something whose JSON is `null`, such as `.some(nil)` of
/// an `Int??`, also in arrays, dictionaries and optionals of such values. Members of objects are sorted, so that equal values have equal bytes.
///
/// Two kinds of values come back changed, and no codec can notice: a *member* of your own type that is an optional of an optional
/// (its `.some(nil)` becomes `nil`), and what a type's own coding leaves out. ``EngineOptions/decodesEveryValue`` makes tests find both.
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
    ///
    /// - Throws: `EncodingError` if JSON cannot hold the value.
    public func encode<Value: Encodable>(_ value: Value) throws -> [UInt8] {
        // An integer needs no encoder, which would take most of the time of a step.
        if Value.self == Int.self, let number = value as? Int { return Array("\(number)".utf8) }
        let bytes = Array(try encoder.encode(value))
        // What can hide `nil` is found out by a cast, which takes longer than to look through a few bytes.
        if bytes.count < 64, !bytes.containsNull { return bytes }
        if let holder = value as? any NilHiding, type(of: holder).canHideNil,
            holder.hidesNil(where: encodesAsNull)
        {
            throw EncodingError.invalidValue(
                value,
                EncodingError.Context(
                    codingPath: [],
                    debugDescription:
                        "JSON cannot tell an optional that holds 'nil' or 'null' from 'nil', as which it would come back"
                ))
        }
        return bytes
    }

    private func encodesAsNull(_ value: Any) -> Bool {
        guard let value = value as? any Encodable, let bytes = try? encoder.encode(value) else { return false }
        return bytes.elementsEqual("null".utf8)
    }

    /// The value that the JSON holds.
    public func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        if Value.self == Int.self, let number = Int(plainJSON: bytes) as? Value { return number }
        return try decoder.decode(type, from: Data(bytes))
    }
}

extension [UInt8] {
    /// A Boolean value that indicates whether `null` stands anywhere in the bytes.
    fileprivate var containsNull: Bool {
        withUnsafeBytes { bytes in
            guard bytes.count >= 4 else { return false }
            let null = UInt32(littleEndian: 0x6C6C_756E)
            return (0...bytes.count - 4).contains { bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self) == null }
        }
    }
}

extension Int {
    /// A number as ``JSONCodec`` writes it; `nil` for all else that may or may not be one, such as `1.0`, `1e3` or what has more than 18 digits.
    fileprivate init?(plainJSON bytes: [UInt8]) {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = isNegative ? bytes.dropFirst() : bytes[...]
        guard (1...18).contains(digits.count), digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            digits.first != UInt8(ascii: "0") || (digits.count == 1 && !isNegative)
        else { return nil }
        let magnitude = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        self = isNegative ? -magnitude : magnitude
    }
}
