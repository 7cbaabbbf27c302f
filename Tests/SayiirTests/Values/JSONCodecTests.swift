import Foundation
import Sayiir
import Testing

/// What JSON cannot hold exactly either comes back as it was or is refused.
@Suite struct JSONCodecTests {
    private let codec = JSONCodec()

    private func expectRoundTrip<Value: Codable & Equatable>(
        _ value: Value, location: SourceLocation = #_sourceLocation
    ) throws {
        let bytes = try codec.encode(value)
        #expect(try codec.decode(Value.self, from: bytes) == value, sourceLocation: location)
    }

    @Test("integers come back exactly, at the ends of their ranges too")
    func integers() throws {
        for value in [Int64.min, .min + 1, -1, 0, 1, 9_007_199_254_740_993, .max - 1, .max] {
            try expectRoundTrip(value)
        }
        for value in [UInt64.min, 9_007_199_254_740_993, .max - 1, .max] { try expectRoundTrip(value) }
        try expectRoundTrip([Int8.min, Int8.max])
    }

    @Test("an integer has the bytes that Foundation's encoder gives it")
    func integerBytes() throws {
        for value in [Int.min, .min + 1, -1_000_000_000_000_000_000, -10, -1, 0, 7, 999_999_999_999_999_999, .max] {
            #expect(try codec.encode(value) == Array(try JSONEncoder().encode(value)))
            try expectRoundTrip(value)
        }
    }

    @Test(
        "an integer that others have written is read, or refused, as Foundation's decoder does",
        arguments: [
            "0", "-0", "-1", "00", "007", "-01", "1.0", "1e3", "1.5", " 5", "5 ", "+5", "", "-", "null", "\"5\"",
            "true",
            "999999999999999999", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
            "99999999999999999999", "5x", "\u{0}5", "٣",
        ])
    func foreignIntegers(_ text: String) {
        let expected = try? JSONDecoder().decode(Int.self, from: Data(text.utf8))
        #expect((try? codec.decode(Int.self, from: Array(text.utf8))) == expected)
    }

    @Test("floating-point numbers come back bit by bit, minus zero too")
    func floatingPoint() throws {
        let values = [
            0.1, -0.0, 1e308, .leastNonzeroMagnitude, .pi, 1.0 / 3, 123_456_789.123_456_78, Double(Int64.max),
        ]
        for value in values {
            let back = try codec.decode(Double.self, from: codec.encode(value))
            #expect(back.bitPattern == value.bitPattern, "\(value)")
        }
        for value in [Float(0.1), .leastNonzeroMagnitude, .greatestFiniteMagnitude, -0.0] {
            #expect(try codec.decode(Float.self, from: codec.encode(value)).bitPattern == value.bitPattern)
        }
    }

    @Test("COD-02: not-a-number and the infinities are refused", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(_ value: Double) throws {
        #expect(throws: EncodingError.self) { try codec.encode(["x": value]) }
    }

    @Test("decimals come back with all their digits")
    func decimals() throws {
        for text in [
            "0.1", "-0.000000000000000000000000000001", "12345678901234567890.123456789012345678", "1e100",
            "99999999999999999999999999999999999999", "3.14159265358979323846264338327950288419",
        ] {
            try expectRoundTrip(try #require(Decimal(string: text)))
        }
    }

    @Test("COD-07: dates come back to the last bit, data byte by byte")
    func datesAndData() throws {
        for seconds in [0, 0.1, 1.0 / 3, 792_000_000.123_456_7, -1e9 - 0.001, 1e11] {
            try expectRoundTrip(Date(timeIntervalSinceReferenceDate: seconds))
        }
        try expectRoundTrip(Date())
        try expectRoundTrip(Data((0...255).map { UInt8($0) }))
        try expectRoundTrip(Data())
    }

    @Test("SIG-08: empty and null-like values come back as what they were")
    func emptyValues() throws {
        try expectRoundTrip(Int?.none)
        try expectRoundTrip(false)
        try expectRoundTrip("")
        try expectRoundTrip([Int]())
        try expectRoundTrip([String: Int]())
        try expectRoundTrip([Int?.none, 1])
        try expectRoundTrip([1: "a", -2: "b"])
        try expectRoundTrip("\u{0}\u{1F}\"\\/ \u{2028} 🎉 e\u{301}")
        try expectRoundTrip(Nothing())
    }

    /// Encodes itself as `null` in one of its cases, as types for any JSON do.
    private enum AnyJSON: Codable, Equatable {
        case null
        case number(Int)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self = container.decodeNil() ? .null : .number(try container.decode(Int.self))
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .null: try container.encodeNil()
            case .number(let number): try container.encode(number)
            }
        }
    }

    @Test(
        "An optional that holds what JSON writes as null is refused, wherever it is in arrays, dictionaries and optionals"
    )
    func hiddenNil() throws {
        let values: [any Encodable] = [
            Int??.some(nil), Int???.some(.some(nil)), Int???.some(nil), AnyJSON?.some(.null), [Int??.some(nil)],
            [[1: Int??.some(nil)]], ["a": AnyJSON?.some(.null)], [Int??.some(nil)] as [Int??]?, Set([Int??.some(nil)]),
            LoopResult<Int??>.done(.some(nil)), BranchEnvelope<Int??>(branch: "b", result: .some(nil)),
        ]
        for value in values {
            #expect(throws: EncodingError.self, "\(value)") { try codec.encode(value) }
        }
        for value in [Int??.some(1), Int??.none] { try expectRoundTrip(value) }
        try expectRoundTrip([Int??.none, .some(2)])
        try expectRoundTrip([AnyJSON.null, .number(3)])
        try expectRoundTrip(["a": AnyJSON?.some(.number(1)), "b": nil])
        try expectRoundTrip(AnyJSON.null)
        try expectRoundTrip([[Int]?.none, []])
        try expectRoundTrip(LoopResult<Int?>.again(nil))
    }

    @Test(
        "A task that returns an optional of nil fails with a reason, and does not go on with another value after a crash"
    )
    func hiddenNilInFlow() async throws {
        let workflow = try Flow("w", input: Int.self).then("a") { (_: Int) -> Int?? in .some(nil) }
            .then("b") { (value: Int??) in value == .some(nil) }.build()
        let status = try await Engine(backend: InMemoryBackend()).run(workflow, id: "i", input: 1)
        #expect(status.error?.description.contains("JSON cannot tell an optional that holds 'nil'") == true)
    }

    @Test("equal values have equal bytes")
    func determinism() throws {
        let members = (0..<50).map { ("key\($0)", $0) }
        let one = Dictionary(uniqueKeysWithValues: members)
        let other = Dictionary(uniqueKeysWithValues: members.reversed())
        #expect(try codec.encode(one) == codec.encode(other))
    }
}
