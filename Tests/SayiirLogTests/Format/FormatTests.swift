import SayiirTesting
import Testing

@testable import SayiirLog

@Suite struct FormatTests {
    @Test("CRC-32C of the standard check input is the published value")
    func checksum() {
        #expect(Array("123456789".utf8).withUnsafeBytes { crc32c($0) } == 0xE306_9283)
        let bytes = noise(1000)
        let whole = bytes.withUnsafeBytes { crc32c($0) }
        let parts = bytes.withUnsafeBytes { crc32c($0.part(300, 700), continuing: crc32c($0.part(0, 300))) }
        #expect(whole == parts)
    }

    @Test("a segment's name has number and sequence, and nothing else is taken for one")
    func names() {
        let name = SegmentName(number: 12, firstSequence: 345)
        #expect("\(name)" == "00000012-00000000000000000345.seg")
        #expect(SegmentName(fileName: "\(name)") == name)
        for other in [
            "12-345.seg", "00000012-00000000000000000345", "00000012-+0000000000000000345.seg", ".seg", "a-b.seg",
        ] {
            #expect(SegmentName(fileName: other) == nil, "\(other)")
        }
    }

    @Test("different masks put different words over a body")
    func masksDiffer() {
        #expect(Set((UInt16.min...UInt16.max).map(SectorMask.word)).count == 65_536)
        #expect(SectorMask.word(0) == 0)
    }

    @Test("no sector of a masked body is all zero, even where the body spells the masks themselves")
    func masking() {
        var bodies = [[UInt8](repeating: 0, count: 4096), noise(4096)]
        // The worst case: each sector repeats the word of another mask, from the first on.
        bodies.append(
            (0..<100).flatMap { mask in
                (0..<64).flatMap { _ in withUnsafeBytes(of: SectorMask.word(UInt16(mask)).littleEndian) { Array($0) } }
            })
        for body in bodies {
            for offset in [80, 512, 576, 1016] {
                var masked = body
                let mask = masked.withUnsafeBytes { SectorMask.choose(for: $0, at: offset) }
                masked.withUnsafeMutableBytes { SectorMask.apply(mask, to: $0) }
                var start = offset.roundedUp(to: 512) - offset
                while start < masked.count {
                    let end = min(start + 512, masked.count)
                    #expect(masked[start..<end].contains { $0 != 0 }, "offset \(offset), piece at \(start)")
                    start = end
                }
                masked.withUnsafeMutableBytes { SectorMask.apply(mask, to: $0) }
                #expect(masked == body)
            }
        }
    }

    @Test("a batch's bytes are the format's records, one after the other")
    func recordBytes() throws {
        var batch = RecordBatch()
        try batch.append(kind: .event, key: "ab", timestamp: 258, payload: [7, 8, 9])
        #expect(batch.bytes == [3, 0, 0, 0, 2, 0, 1, 0, 2, 1, 0, 0, 0, 0, 0, 0, 97, 98, 7, 8, 9])
        try batch.append(kind: .definition, key: "", timestamp: -1, payload: [])
        #expect(batch.bytes.suffix(16) == [0, 0, 0, 0, 0, 0, 2, 0] + [UInt8](repeating: 255, count: 8))
        #expect(batch.count == 2)
    }

    @Test("a frame is plain up to 1 KiB, and compressed above if an eighth is saved")
    func compression() throws {
        let text = (0..<60).map { Array("{\"id\":\($0),\"name\":\"an order of many\"}".utf8) }
        var log = try TestLog()
        try log.commit([UInt8](repeating: 65, count: 900))
        try log.commit(noise(3000))
        _ = try log.journal.commit([batch(text)])
        var frames: [Frame] = []
        _ = try LogScan(directory: "log", fileSystem: log.disk).run { frames.append($0) }
        #expect(frames.map(\.codec) == [.plain, .plain, .lz4])
        #expect(frames[2].records.map { Array($0.payload) } == text)
        #expect(frames[2].storedLength * 2 < frames[2].body.count)
    }

    @Test("decoding random bytes as header, frame or record never traps")
    func randomBytes() throws {
        let log = try TestLog()
        var generator = SplitMix64(seed: 99)
        let position = FramePosition(startOf: log.journal.header)
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...400, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            bytes.withUnsafeMutableBytes { buffer in
                // Half of them get a right header checksum, so that what lies behind it is reached.
                guard buffer.count >= 80, Bool.random(using: &generator) else { return }
                buffer.storeLittleEndian(FrameHeader.magic, at: 0)
                if Bool.random(using: &generator) {
                    buffer.storeLittleEndian(UInt32(1), at: 28)
                    buffer.storeLittleEndian(UInt32(512), at: 32)
                    buffer.storeLittleEndian(UInt64(1), at: 16)
                    buffer.storeLittleEndian(UInt32(0), at: 36)
                    buffer.storeLittleEndian(UInt32((buffer.count - 80) / 8 * 8), at: 8)
                    buffer[79] = FrameKind.records.rawValue
                    buffer[78] = UInt8.random(in: 0...1, using: &generator)
                    let body = UnsafeRawBufferPointer(buffer).part(80, (buffer.count - 80) / 8 * 8)
                    buffer.storeLittleEndian(crc32c(body), at: 72)
                }
                let content = UnsafeRawBufferPointer(buffer).part(8, 72)
                buffer.storeLittleEndian(crc32c(content, continuing: position.checksumSeed), at: 4)
            }
            bytes.withUnsafeBytes { buffer in
                // Not `#expect`, which takes longer than the decoding.
                if (try? FrameDecoder.decode(buffer, at: position)) != nil { Issue.record("a frame: \(Array(buffer))") }
                if (try? SegmentHeader(decoding: buffer)) != nil { Issue.record("a header: \(Array(buffer))") }
                _ = RecordHeader(decoding: buffer, at: Int.random(in: -10...500, using: &generator))
            }
        }
    }
}
