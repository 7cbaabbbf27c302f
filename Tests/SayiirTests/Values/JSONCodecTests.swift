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

    @Test("equal values have equal bytes")
    func determinism() throws {
        let members = (0..<50).map { ("key\($0)", $0) }
        let one = Dictionary(uniqueKeysWithValues: members)
        let other = Dictionary(uniqueKeysWithValues: members.reversed())
        #expect(try codec.encode(one) == codec.encode(other))
    }
}
