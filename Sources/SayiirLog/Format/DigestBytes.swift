internal import Crypto

/// The 32 bytes of a SHA-256, kept without an allocation.
struct DigestBytes: Hashable, Sendable, CustomStringConvertible {
    static let byteCount = 32

    private let words: (UInt64, UInt64, UInt64, UInt64)

    init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { DigestBytes(loading: $0, at: 0) }
    }

    init(loading bytes: UnsafeRawBufferPointer, at offset: Int) {
        words = (
            bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self),
            bytes.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self)
        )
    }

    /// Reads 64 hexadecimal digits of either case; `nil` if `text` is anything else.
    init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hexadecimal.bytes(of: text), bytes.count == Self.byteCount else { return nil }
        self = bytes.withUnsafeBytes { DigestBytes(loading: $0, at: 0) }
    }

    func store(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.storeBytes(of: words.0, toByteOffset: offset, as: UInt64.self)
        bytes.storeBytes(of: words.1, toByteOffset: offset + 8, as: UInt64.self)
        bytes.storeBytes(of: words.2, toByteOffset: offset + 16, as: UInt64.self)
        bytes.storeBytes(of: words.3, toByteOffset: offset + 24, as: UInt64.self)
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: words, body)
    }

    static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }

    /// 64 lower-case hexadecimal digits.
    var description: String { withBytes { hexadecimal($0) } }
}

/// The way back from ``hexadecimal(_:)``.
package enum Hexadecimal {
    /// The bytes that `text` gives, two digits of either case a byte; `nil` if it is anything else.
    package static func bytes(of text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for start in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[start], let low = digits[start + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
