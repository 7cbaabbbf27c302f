/// A bit that is not as it was written: turned back, all that is wrong is right.
package struct FlippedBit: Hashable, Sendable {
    /// The offset of its byte in the file.
    package let offset: Int
    /// Which bit of the byte, 0 the least significant.
    package let bit: Int
    /// The byte as it stands.
    package let found: UInt8

    /// The byte as it was written.
    package var expected: UInt8 { found ^ 1 << bit }
}

/// Finds the one bit whose turning makes a checksum right. Bits are numbered from the first byte's least significant on.
///
/// A checksum tells all single bits apart up to lengths that no frame has, so at most one bit fits.
enum SingleBitError {
    /// The Castagnoli polynomial, reflected.
    private static let polynomial: UInt32 = 0x82F6_3B78

    /// The bit among `byteCount` bytes that changes their CRC-32C by `difference`; `nil` if none does alone.
    ///
    /// A checksum is linear: one bit changes it by a value that depends on its distance from the end alone. The values are
    /// gone through from the last bit to the first, each one step of the division from the one before.
    static func bit(changingChecksumBy difference: UInt32, among byteCount: Int) -> Int? {
        guard difference != 0 else { return nil }
        var syndrome: UInt32 = 1
        var bit = byteCount * 8
        while bit > 0 {
            bit -= 1
            syndrome = (syndrome >> 1) ^ (syndrome & 1 == 0 ? 0 : polynomial)
            if syndrome == difference { return bit }
        }
        return nil
    }

    /// The bit of a frame's header, magic and checksum included, that makes the header right when turned over.
    static func bit(ofFrameHeader bytes: UnsafeRawBufferPointer, checksumSeed: UInt32) -> Int? {
        guard bytes.count >= FrameHeader.byteCount else { return nil }
        return bit(among: Array(bytes.prefix(FrameHeader.byteCount))) {
            FrameHeader(decoding: $0, checksumSeed: checksumSeed) != nil
        }
    }

    /// The bit of a segment's header block that makes it one that this version reads when turned over.
    static func bit(ofSegmentHeader block: UnsafeRawBufferPointer) -> Int? {
        guard block.count >= SegmentHeader.byteCount else { return nil }
        let content = SegmentHeader.byteCount - 4
        let difference =
            crc32c(block.part(0, content)) ^ block.loadLittleEndian(content, as: UInt32.self)
        // The difference is the flipped bit itself if that is one of the checksum's.
        let candidate =
            difference.nonzeroBitCount == 1
            ? content * 8 + difference.trailingZeroBitCount : bit(changingChecksumBy: difference, among: content)
        guard let candidate else { return nil }
        var bytes = Array(block.prefix(SegmentHeader.byteCount))
        bytes[candidate / 8] ^= 1 << UInt8(candidate % 8)
        return bytes.withUnsafeBytes { (try? SegmentHeader(decoding: $0)) != nil } ? candidate : nil
    }

    private static func bit(among bytes: [UInt8], isRight: (UnsafeRawBufferPointer) -> Bool) -> Int? {
        var bytes = bytes
        for bit in 0..<bytes.count * 8 {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            if bytes.withUnsafeBytes(isRight) { return bit }
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        return nil
    }
}
