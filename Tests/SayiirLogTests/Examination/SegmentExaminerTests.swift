import SayiirTesting
import Testing

@testable import SayiirLog

/// What stands at each offset of a segment, sound or damaged.
@Suite struct SegmentExaminerTests {
    private static let name = SegmentName(number: 1, firstSequence: 1)

    private func examine(_ disk: InMemoryFileSystem, at offset: Int) throws -> SegmentExamination {
        try #require(try LogReader(directory: "log", fileSystem: disk).examine(.segment(Self.name), at: offset))
    }

    private func frame(_ disk: InMemoryFileSystem, at offset: Int) throws -> FrameExamination {
        guard case .frame(let frame) = try examine(disk, at: offset).place else {
            throw NoFrame()
        }
        return frame
    }

    private struct NoFrame: Error {}

    private func starts(_ ends: [Int]) -> [Int] { [SegmentHeader.byteCount] + ends.dropLast() }

    @Test("every offset of a sound segment is in the header block, in its frame, or behind them")
    func everyOffset() throws {
        let (log, ends) = try DamageTests.smallLog()
        for offset in 0..<8192 {
            let examination = try examine(log.disk, at: offset)
            let isRight =
                switch examination.place {
                case .header(let header): offset < SegmentHeader.byteCount && header.defect == nil
                case .frame(let frame):
                    zip(starts(ends), ends).contains { ($0..<$1).contains(offset) && frame.offset == $0 }
                        && frame.frame != nil && frame.checks.allSatisfy { $0.outcome == .passed }
                case .unwritten(let start, let bit): offset >= ends[3] && start == ends[3] && bit == nil
                }
            if !isRight || examination.damageStart != nil { Issue.record("\(offset): \(examination.place)") }
        }
    }

    @Test("a flip of any bit of any frame, plain, masked or compressed, is named exactly", arguments: 0..<8)
    func everyBit(bit: Int) throws {
        let (log, ends) = try DamageTests.smallLog()
        for (start, end) in zip(starts(ends), ends) {
            for byte in start..<end {
                try log.disk.flipBit(bit, ofByteAt: byte, in: firstSegment)
                let found = try log.disk.bytes(of: firstSegment)[byte]
                let examination = try examine(log.disk, at: byte)
                try log.disk.flipBit(bit, ofByteAt: byte, in: firstSegment)
                guard case .frame(let frame) = examination.place, frame.offset == start,
                    examination.damageStart == start, frame.frame == nil, frame.restored?.end == end,
                    frame.flippedBit == FlippedBit(offset: byte, bit: bit, found: found)
                else {
                    Issue.record("byte \(byte): \(examination.place)")
                    continue
                }
            }
        }
        let codecs = try starts(ends).map { try frame(log.disk, at: $0).frame?.codec }
        #expect(codecs.contains(.plain) && codecs.contains(.lz4))
    }

    @Test("frames behind one that a bit damaged, or whose body is ruined, are found and checked with their chain")
    func behindDamage() throws {
        let (log, ends) = try DamageTests.smallLog(promised: true)
        for damage in [[(0, 1)], [(30, 1)], [(90, 1)], [(90, 1), (95, 1)]] {
            let disk = log.disk.snapshot()
            var bytes = try disk.bytes(of: firstSegment)
            for (byte, value) in damage { bytes[ends[0] + byte] ^= UInt8(value) }
            try disk.setBytes(bytes, of: firstSegment)
            let examination = try examine(disk, at: ends[2] + 5)
            #expect(examination.damageStart == ends[0])
            let behind = try frame(disk, at: ends[2] + 5)
            #expect(behind.offset == ends[2] && behind.frame != nil && behind.isChainKnown)
        }
    }

    @Test("behind a header that is ruined the walk goes on where a frame begins, whose own chain nothing tells")
    func resynchronized() throws {
        let (log, ends) = try DamageTests.smallLog(promised: true)
        let disk = log.disk.snapshot()
        var bytes = try disk.bytes(of: firstSegment)
        bytes[ends[0] + 20] ^= 0xFF
        try disk.setBytes(bytes, of: firstSegment)
        let ruined = try frame(disk, at: ends[0] + 85)
        #expect(ruined.offset == ends[0] && ruined.flippedBit == nil && ruined.restored == nil)
        guard case .failed = ruined.checks[0].outcome else { throw NoFrame() }
        #expect(ruined.checks[1...].allSatisfy { $0.outcome == .notReached })
        let next = try frame(disk, at: ends[1] + 1)
        #expect(next.offset == ends[1] && next.frame != nil && !next.isChainKnown)
        #expect(try frame(disk, at: ends[2] + 1).isChainKnown)
        // Without a known chain no bit is blamed.
        try disk.flipBit(3, ofByteAt: ends[1] + 100, in: firstSegment)
        let guess = try frame(disk, at: ends[1] + 100)
        #expect(guess.offset == ends[1] && guess.flippedBit == nil)
    }

    @Test("two flipped bits in one frame are not explained, and two in two frames are explained one by one")
    func twoBits() throws {
        let (log, ends) = try DamageTests.smallLog()
        let one = log.disk.snapshot()
        for byte in [85, 100] { try one.flipBit(2, ofByteAt: ends[0] + byte, in: firstSegment) }
        #expect(try frame(one, at: ends[0] + 90).flippedBit == nil)
        let two = log.disk.snapshot()
        for end in ends[0...1] { try two.flipBit(2, ofByteAt: end + 33, in: firstSegment) }
        for end in ends[0...1] { #expect(try frame(two, at: end).flippedBit?.offset == end + 33) }
    }

    @Test("a bit that alone is set behind the frames is named, two are not")
    func strayBit() throws {
        let (log, ends) = try DamageTests.smallLog()
        for byte in [ends[3], ends[3] + 1, 7000, 8191] {
            let disk = log.disk.snapshot()
            try disk.flipBit(6, ofByteAt: byte, in: firstSegment)
            for offset in [ends[3], byte, 8191] {
                guard case .unwritten(ends[3], let bit) = try examine(disk, at: offset).place else { throw NoFrame() }
                #expect(bit == FlippedBit(offset: byte, bit: 6, found: 64))
            }
            try disk.flipBit(1, ofByteAt: byte, in: firstSegment)
            if case .unwritten(_, let bit) = try examine(disk, at: byte).place { #expect(bit == nil) }
        }
    }

    @Test("a torn frame is explained by its checks, and what follows the damage is free")
    func torn() throws {
        let (log, ends) = try DamageTests.smallLog()
        var bytes = try log.disk.bytes(of: firstSegment)
        let sector = (ends[3] - 1) / 512 * 512
        for offset in sector..<ends[3] { bytes[offset] = 0 }
        try log.disk.setBytes(bytes, of: firstSegment)
        let torn = try frame(log.disk, at: sector)
        #expect(torn.offset == ends[2] && torn.end == ends[3] && torn.flippedBit == nil)
        #expect(torn.checks.map { $0.outcome == .passed } == [true, true, false, false])
        guard case .unwritten(ends[3]..., nil) = try examine(log.disk, at: 8000).place else { throw NoFrame() }
    }

    @Test("a frame in the wrong place passes its own checks and fails the place's")
    func misdirected() throws {
        let (log, ends) = try DamageTests.smallLog()
        var bytes = try log.disk.bytes(of: firstSegment)
        let copy = Array(bytes[SegmentHeader.byteCount..<ends[0]])
        bytes.replaceSubrange(ends[3]..<ends[3] + copy.count, with: copy)
        try log.disk.setBytes(bytes, of: firstSegment)
        let stray = try frame(log.disk, at: ends[3] + 10)
        #expect(stray.checks[0].outcome == .passed && stray.checks[2].outcome == .passed)
        #expect(stray.checks[1].outcome == .failed(expected: "own offset \(ends[3])", found: "4096"))
        #expect(stray.flippedBit == nil)
    }

    @Test("a flipped bit in the header block is named and turned back to read the frames; two bits end the walk")
    func headerBlock() throws {
        let (log, ends) = try DamageTests.smallLog()
        try log.disk.flipBit(4, ofByteAt: 40, in: firstSegment)
        let examination = try examine(log.disk, at: 8)
        guard case .header(let header) = examination.place else { throw NoFrame() }
        #expect(header.flippedBit?.offset == 40 && header.flippedBit?.bit == 4 && header.defect != nil)
        #expect(try examine(log.disk, at: ends[1]).headerBit == header.flippedBit)
        #expect(try frame(log.disk, at: ends[1]).frame != nil)
        try log.disk.flipBit(5, ofByteAt: 41, in: firstSegment)
        #expect(try LogReader(directory: "log", fileSystem: log.disk).examine(.segment(Self.name), at: ends[1]) == nil)
        _ = try examine(log.disk, at: 8)
    }

    @Test("whatever a file holds, every offset has an answer", arguments: 0..<40 as Range<UInt64>)
    func anyBytes(seed: UInt64) throws {
        let (log, _) = try DamageTests.smallLog()
        var generator = SplitMix64(seed: seed)
        var bytes = try log.disk.bytes(of: firstSegment)
        for _ in 0..<Int.random(in: 1...30, using: &generator) {
            let start = Int.random(in: 4096..<bytes.count, using: &generator)
            let end = min(bytes.count, start + Int.random(in: 1...200, using: &generator))
            for offset in start..<end { bytes[offset] = UInt8.random(in: 0...255, using: &generator) }
        }
        bytes.removeLast(Int.random(in: 0...3000, using: &generator))
        try log.disk.setBytes(bytes, of: firstSegment)
        for offset in stride(from: 4096, to: bytes.count, by: 13) {
            let examination = try examine(log.disk, at: offset)
            if case .frame(let frame) = examination.place { #expect(frame.offset <= offset) }
        }
    }
}
