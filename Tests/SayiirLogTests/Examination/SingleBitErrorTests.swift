import SayiirTesting
import Testing

@testable import SayiirLog

@Suite("The search for a single flipped bit")
struct SingleBitErrorTests {
    @Test("names each bit of a text by the change of its checksum alone", arguments: [1, 8, 257])
    func everyBit(count: Int) {
        let bytes = noise(count)
        let checksum = bytes.withUnsafeBytes { crc32c($0) }
        for bit in 0..<count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let difference = flipped.withUnsafeBytes { crc32c($0) } ^ checksum
            #expect(SingleBitError.bit(changingChecksumBy: difference, among: count) == bit)
        }
    }

    @Test("finds nothing where the checksum is right, where two bits are wrong, or where there are no bytes")
    func nothing() {
        let bytes = noise(300)
        let checksum = bytes.withUnsafeBytes { crc32c($0) }
        #expect(SingleBitError.bit(changingChecksumBy: 0, among: 300) == nil)
        #expect(SingleBitError.bit(changingChecksumBy: 5, among: 0) == nil)
        for bit in 1..<300 * 8 {
            var flipped = bytes
            flipped[0] ^= 1
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let difference = flipped.withUnsafeBytes { crc32c($0) } ^ checksum
            #expect(SingleBitError.bit(changingChecksumBy: difference, among: 300) == nil)
        }
    }

    @Test("names each bit of a segment's header block, its checksum's included")
    func segmentHeader() throws {
        let block = try TestLog().journal.header.encoded()
        for bit in 0..<block.count * 8 {
            var flipped = block
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let found = flipped.withUnsafeBytes { SingleBitError.bit(ofSegmentHeader: $0) }
            if found != bit { Issue.record("bit \(bit): \(String(describing: found))") }
        }
    }
}
