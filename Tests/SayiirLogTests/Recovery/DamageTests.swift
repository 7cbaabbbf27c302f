import SayiirTesting
import Testing

@testable import SayiirLog

/// Each kind of damage lands in exactly the class that the opening rule gives it.
@Suite struct DamageTests {
    /// Four commits: plain, with a body of zeros, compressed, plain across sectors; the last one is not promised.
    static let payloads: [[[UInt8]]] = [
        [noise(40)], [[UInt8](repeating: 0, count: 1000)],
        (0..<30).map { Array("{\"order\":\($0),\"status\":\"shipped and delivered\"}".utf8) }, [noise(900)],
    ]

    /// A log of 8 KiB whose frames end in the middle of it, and where its frames stand.
    static func smallLog(promised: Bool = false) throws -> (log: TestLog, ends: [Int]) {
        var log = try TestLog(options: testOptions(segmentBytes: 8192))
        var ends: [Int] = []
        for payloads in Self.payloads {
            _ = try log.journal.commit([batch(payloads)])
            ends.append(log.journal.offset)
        }
        if promised { try log.journal.promise() }
        return (log, ends)
    }

    static let all = payloads.flatMap { $0 }

    @Test("an undamaged log is clean, promised or not", arguments: [false, true])
    func clean(promised: Bool) throws {
        let (log, _) = try Self.smallLog(promised: promised)
        #expect(try Reading(log.disk) == Reading(rule: .nothingFollows, payloads: Self.all))
    }

    @Test("a flip of any bit is noticed and put in its class, and no record is lost without a word", arguments: 0..<8)
    func everyBit(bit: Int) throws {
        let (log, ends) = try Self.smallLog()
        let lastStart = ends[2]
        let end = ends[3]
        let sectorEnd = end.roundedUp(to: 512)
        let disk = log.disk.snapshot()
        for byte in 0..<8192 {
            try disk.flipBit(bit, ofByteAt: byte, in: firstSegment)
            let reading = try Reading(disk)
            try disk.flipBit(bit, ofByteAt: byte, in: firstSegment)
            let expected: OpeningRule =
                switch byte {
                case ..<SegmentHeader.byteCount: .headerIsBad
                case ..<lastStart: .promisedBeyondEnd
                case ..<end: .frameIsUnexplained
                case ..<sectorEnd: .frameIsUnexplained
                default: .frameIsUnwritten
                }
            // Not `#expect`, which would take as long as the reading, 65,536 times.
            let isRight =
                reading.rule == expected && isBeginning(reading.payloads)
                && (byte < end || reading.payloads.count == Self.all.count)
            if !isRight { Issue.record("byte \(byte): \(reading.testDescription), not \(expected)") }
        }
        #expect(try disk.bytes(of: firstSegment) == log.disk.bytes(of: firstSegment))
    }

    /// Whether what was read is how the log begins.
    private func isBeginning(_ payloads: [[UInt8]]) -> Bool { payloads == Array(Self.all.prefix(payloads.count)) }

    @Test("with a promise behind the last commit, a flip in any commit is corruption")
    func everyCommitPromised() throws {
        let (log, ends) = try Self.smallLog(promised: true)
        for byte in stride(from: SegmentHeader.byteCount, to: ends[3], by: 3) {
            let disk = log.disk.snapshot()
            try disk.flipBit(byte % 8, ofByteAt: byte, in: firstSegment)
            #expect(try Reading(disk).rule == .promisedBeyondEnd, "byte \(byte)")
        }
    }

    @Test("a file cut at any byte is refused, since its length was durable before the first commit")
    func everyCut() throws {
        let (log, ends) = try Self.smallLog()
        for length in 0..<8192 where length % 5 == 0 || ends.contains(length) {
            let disk = log.disk.snapshot()
            try disk.truncate(firstSegment, to: length)
            let reading = try Reading(disk)
            #expect(reading.rule == (length < SegmentHeader.byteCount ? .headerIsBad : .fileIsCut), "\(length)")
            #expect(isBeginning(reading.payloads), "\(length)")
        }
    }

    @Test("a commit of which any number of first bytes was written is torn, ambiguous only within a sector")
    func everyPartialWrite() throws {
        let (log, ends) = try Self.smallLog()
        let start = ends[2]
        let whole = try log.disk.bytes(of: firstSegment)
        for length in 0..<(ends[3] - start) {
            let disk = log.disk.snapshot()
            var bytes = whole
            for offset in start + length..<ends[3] { bytes[offset] = 0 }
            try disk.setBytes(bytes, of: firstSegment)
            let reading = try Reading(disk)
            let firstMissing = start + length
            // What is missing holds a whole piece of the frame, unless the cut is within its last sector.
            let hasMissingPiece = firstMissing % 512 == 0 || firstMissing.roundedUp(to: 512) < ends[3] || length == 0
            let expected: OpeningRule =
                length == 0 || bytes == whole
                ? .nothingFollows : hasMissingPiece ? .frameIsUnwritten : .frameIsUnexplained
            // A header that is cut hides how far the frame reaches.
            if length > 0 && length < FrameHeader.byteCount {
                #expect(reading.rule.verdict != .clean && reading.rule.verdict != .corrupt, "\(length)")
            } else {
                #expect(reading.rule == expected, "\(length) of \(ends[3] - start)")
            }
            let remaining = bytes == whole ? Self.all : Array(Self.all.dropLast())
            #expect(firstDifference(reading.payloads, remaining) == nil, "\(length)")
        }
    }

    @Test("a sector of zeros in place of any other is torn in the last commit only, corrupt before it")
    func everySector() throws {
        let (log, ends) = try Self.smallLog()
        let whole = try log.disk.bytes(of: firstSegment)
        for sector in stride(from: 0, to: ends[3], by: 512) {
            let disk = log.disk.snapshot()
            var bytes = whole
            for offset in sector..<sector + 512 { bytes[offset] = 0 }
            try disk.setBytes(bytes, of: firstSegment)
            let rule = try Reading(disk).rule
            let touchesOnlyLast = sector >= ends[2]
            if sector + 512 <= SegmentHeader.byteCount {
                // Most of the header's block is zero anyway.
                let isUnchanged = bytes == whole
                #expect(rule == (isUnchanged ? .nothingFollows : .headerIsBad), "sector at \(sector)")
            } else {
                // The sector that holds the end of the last but one commit and the header of the last: what stands behind
                // them shows that the writer had gone on.
                let isShared = sector < ends[2] && ends[2] + FrameHeader.byteCount <= sector + 512
                let expected: OpeningRule =
                    touchesOnlyLast ? .frameIsUnwritten : isShared ? .damageIsTooLong : .promisedBeyondEnd
                #expect(rule == expected, "sector at \(sector)")
            }
        }
    }

    @Test("once the writer has been idle, the loss of any one sector with records is corruption")
    func everySectorWhenIdle() throws {
        // Two small commits that share the last sector with both of their headers.
        var log = try TestLog(options: testOptions(segmentBytes: 8192))
        try log.commit(noise(400))
        try log.commit(noise(20))
        try log.commit(noise(20))
        let end = log.journal.offset
        try log.journal.promise()
        let whole = try log.disk.bytes(of: firstSegment)
        for sector in stride(from: SegmentHeader.byteCount, to: end, by: 512) {
            let disk = log.disk.snapshot()
            var bytes = whole
            for offset in sector..<sector + 512 { bytes[offset] = 0 }
            try disk.setBytes(bytes, of: firstSegment)
            #expect(try Reading(disk).rule == .promisedBeyondEnd, "sector at \(sector)")
        }
    }

    @Test("a payload full of zeros never makes damage look like a torn write")
    func zerosInPayload() throws {
        var log = try TestLog(options: testOptions(segmentBytes: 16384))
        try log.commit([UInt8](repeating: 0, count: 700) + noise(10))
        let start = log.journal.offset
        // Not compressible as a whole, and with whole sectors of zeros inside.
        try log.commit(noise(3000) + [UInt8](repeating: 0, count: 1024 + 300) + noise(3000, seed: 2))
        for byte in stride(from: start + FrameHeader.byteCount, to: log.journal.offset, by: 41) {
            let disk = log.disk.snapshot()
            try disk.flipBit(3, ofByteAt: byte, in: firstSegment)
            #expect(try Reading(disk).rule == .frameIsUnexplained, "byte \(byte)")
        }
    }

    @Test("damage longer than what can be in flight is corruption, even where sectors are zero")
    func tooLong() throws {
        var options = testOptions(segmentBytes: 64 * 1024)
        options.commitBytes = 1024
        var log = try TestLog(options: options)
        try log.commit(noise(10))
        let limit = Int(log.journal.header.inFlightLimit)
        #expect(limit > 16 * 1024 * 1024)
        var header = log.journal.header
        header.inFlightLimit = 8192
        var bytes = try log.disk.bytes(of: firstSegment)
        bytes.replaceSubrange(0..<SegmentHeader.byteCount, with: header.encoded())
        bytes[log.journal.offset + 8191] = 1
        try log.disk.setBytes(bytes, of: firstSegment)
        #expect(try Reading(log.disk).rule == .frameIsUnwritten)
        bytes[log.journal.offset + 8192] = 1
        try log.disk.setBytes(bytes, of: firstSegment)
        #expect(try Reading(log.disk).rule == .damageIsTooLong)
    }

    @Test("a whole frame in the wrong place is corruption")
    func misdirected() throws {
        let (log, ends) = try Self.smallLog()
        var bytes = try log.disk.bytes(of: firstSegment)
        let frame = Array(bytes[SegmentHeader.byteCount..<ends[0]])
        bytes.replaceSubrange(ends[3]..<ends[3] + frame.count, with: frame)
        try log.disk.setBytes(bytes, of: firstSegment)
        #expect(try Reading(log.disk).rule == .frameIsInconsistent)
    }

    @Test("a frame of another log is no frame of this one")
    func foreignLog() throws {
        let (log, _) = try Self.smallLog()
        var options = testOptions(segmentBytes: 8192)
        options.makeLogID = {
            var generator = SplitMix64(seed: 8)
            return LogID(using: &generator)
        }
        var other = try TestLog(options: options)
        for payloads in Self.payloads { _ = try other.journal.commit([batch(payloads)]) }
        var bytes = try log.disk.bytes(of: firstSegment)
        let header = Array(bytes[..<SegmentHeader.byteCount])
        bytes = header + (try other.disk.bytes(of: firstSegment)).dropFirst(SegmentHeader.byteCount)
        try log.disk.setBytes(bytes, of: firstSegment)
        #expect(try Reading(log.disk) == Reading(rule: .frameIsUnexplained, payloads: []))
    }

    @Test("a record changed together with every checksum is found by the chain")
    func rewritten() throws {
        let (log, ends) = try Self.smallLog()
        var bytes = try log.disk.bytes(of: firstSegment)
        bytes.withUnsafeMutableBytes { file in
            let seed = log.journal.header.checksumSeed
            let start = SegmentHeader.byteCount
            guard
                var header = FrameHeader(
                    decoding: UnsafeRawBufferPointer(file).part(start, FrameHeader.byteCount), checksumSeed: seed)
            else { return }
            file[start + FrameHeader.byteCount + 30] ^= 1
            let body = UnsafeRawBufferPointer(file).part(start + FrameHeader.byteCount, header.paddedLength)
            header.bodyChecksum = crc32c(body)
            header.store(
                into: UnsafeMutableRawBufferPointer(rebasing: file[start..<start + FrameHeader.byteCount]),
                checksumSeed: seed)
        }
        try log.disk.setBytes(bytes, of: firstSegment)
        #expect(try Reading(log.disk) == Reading(rule: .promisedBeyondEnd, payloads: []))
        _ = ends
    }
}

extension Reading {
    init(rule: OpeningRule, payloads: [[UInt8]]) {
        self.rule = rule
        self.payloads = payloads
    }
}
