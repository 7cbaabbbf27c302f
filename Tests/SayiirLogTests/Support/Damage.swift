import Foundation

/// Whether tests of damage try everything. Else they flip one bit of each byte, another one each time, which takes an eighth of
/// the time: set `SAYIIR_EXHAUSTIVE` for all.
let isExhaustive = ProcessInfo.processInfo.environment["SAYIIR_EXHAUSTIVE"] != nil

/// The bits of a byte that a test of damage flips.
func bitsToFlip(ofByteAt offset: Int) -> Range<Int> {
    isExhaustive ? 0..<8 : offset % 8..<offset % 8 + 1
}

/// The bytes with zeros in one sector.
func zeroing(sectorAt start: Int, of bytes: [UInt8]) -> [UInt8] {
    var damaged = bytes
    let end = min(start + 512, bytes.count)
    damaged.replaceSubrange(start..<end, with: [UInt8](repeating: 0, count: end - start))
    return damaged
}
