/// Tells for most keys that a sealed segment does not hold them, without a look at the disk. A Bloom filter in lines of 64
/// bytes, so that a question costs one cache miss; fewer than one in a hundred is answered "perhaps" for nothing.
struct KeyFilter: Sendable {
    static let lineBytes = 64
    private static let bitsPerKey = 16
    private static let bitsPerQuestion = 7

    private(set) var bytes: [UInt8]

    /// A filter for so many keys, with none in it.
    init(keyCount: Int) {
        let lines = max(1, (keyCount * Self.bitsPerKey + Self.lineBytes * 8 - 1) / (Self.lineBytes * 8))
        bytes = [UInt8](repeating: 0, count: lines * Self.lineBytes)
    }

    /// The filter that `bytes` hold; `nil` if they cannot be one.
    init?(bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count.isMultiple(of: Self.lineBytes) else { return nil }
        self.bytes = bytes
    }

    mutating func insert(_ hash: KeyHash) {
        let start = lineStart(of: hash)
        for bit in Self.bits(of: hash) { bytes[start + bit / 8] |= 1 << UInt8(bit % 8) }
    }

    /// Whether the key may have been inserted; false is certain.
    func mayContain(_ hash: KeyHash) -> Bool {
        let start = lineStart(of: hash)
        return bytes.withUnsafeBytes { bytes in
            Self.bits(of: hash).allSatisfy { bytes[start + $0 / 8] & (1 << UInt8($0 % 8)) != 0 }
        }
    }

    private func lineStart(of hash: KeyHash) -> Int {
        let lines = UInt64(bytes.count / Self.lineBytes)
        // At most 2^26 lines, so the product fits.
        return Int(((hash.a & 0xFFFF_FFFF) * lines) >> 32) * Self.lineBytes
    }

    private static func bits(of hash: KeyHash) -> some Sequence<Int> {
        (0..<bitsPerQuestion).lazy.map { Int(truncatingIfNeeded: hash.b >> UInt64(9 * $0)) & 511 }
    }
}
