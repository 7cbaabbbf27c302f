/// The random name of a log, the same in all of its segments. It keeps frames of one log from passing as another's.
public struct LogID: Hashable, Sendable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    /// Draws a new identifier.
    public init(using generator: inout some RandomNumberGenerator) {
        high = generator.next()
        low = generator.next()
    }

    /// Reads what ``description`` gives; `nil` if the text is not 32 hexadecimal digits.
    package init?(_ text: String) {
        guard let bytes = Hexadecimal.bytes(of: text), bytes.count == 16 else { return nil }
        self = bytes.withUnsafeBytes { LogID(loading: $0, at: 0) }
    }

    init(loading bytes: UnsafeRawBufferPointer, at offset: Int) {
        high = bytes.loadLittleEndian(offset, as: UInt64.self)
        low = bytes.loadLittleEndian(offset + 8, as: UInt64.self)
    }

    func store(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.storeLittleEndian(high, at: offset)
        bytes.storeLittleEndian(low, at: offset + 8)
    }

    /// The checksum that every frame header in files of this log and of that layout continues from: a frame that lands in
    /// another log, or in a file of another kind, is not valid there.
    func checksumSeed(for layout: FileLayout) -> UInt32 {
        withUnsafeTemporaryAllocation(byteCount: 17, alignment: 8) { bytes in
            store(into: bytes, at: 0)
            bytes[16] = layout.rawValue
            return crc32c(UnsafeRawBufferPointer(bytes).part(0, layout == .journal ? 16 : 17))
        }
    }

    /// The identifier's 16 bytes in hexadecimal, as they are stored.
    public var description: String {
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { bytes in
            store(into: bytes, at: 0)
            return hexadecimal(UnsafeRawBufferPointer(bytes))
        }
    }
}

/// Lower-case hexadecimal digits of `bytes`.
func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
