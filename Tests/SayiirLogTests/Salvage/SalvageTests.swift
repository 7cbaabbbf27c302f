import SayiirTesting
import Testing

@testable import SayiirLog

@Suite("SalvageTests")
struct SalvageTests {
    @Test("a whole log is copied as it is, and nothing is missing", arguments: [false, true])
    func whole(sealed: Bool) throws {
        let trial = try SalvageTrial.sample(sealed: sealed)
        #expect(try trial.failure() == nil)
        let report = try trial.report()
        #expect(report.damages.isEmpty && report.isComplete)
        #expect(report.runs.count == 1 && report.runs[0].proof == .before)
    }

    @Test(
        "a flipped bit in a frame costs that frame, and the chain confirms what comes behind", arguments: [false, true])
    func flippedBit(sealed: Bool) throws {
        for place in [0, 20, 60, 79, 90] {
            let trial = try SalvageTrial.sample(sealed: sealed)
            let path = trial.segments[1]
            let frame = trial.frames(of: path)[0]
            try trial.disk.flipBit(3, ofByteAt: frame.offset + place, in: path)
            #expect(try trial.failure() == nil, "byte \(place)")
            let report = try trial.report()
            let last = frame.firstSequence + UInt64(frame.recordCount) - 1
            let damage = try #require(report.damages.first)
            #expect(report.damages.count == 1 && "log/\(damage.file)" == path)
            #expect(damage.missing == frame.firstSequence...last)
            #expect(damage.offset == frame.offset && damage.byteCount == frame.extent)
            #expect(!report.isComplete && !damage.mayMissMore)
            // In a sealed log the next segment's header says the same as the lost block.
            let proof = report.runs[1].proof
            #expect(sealed ? proof == .header : proof == (place < 80 ? .after : .header), "byte \(place)")
        }
    }

    @Test("a run of zeros, or of anything, costs the frames that it touches", arguments: [false, true])
    func zeroedRun(sealed: Bool) throws {
        for fill in [UInt8(0), 0xA5] {
            let trial = try SalvageTrial.sample(sealed: sealed)
            try trial.change(trial.segments[0]) { bytes in
                for index in 5000..<9000 { bytes[index] = fill }
            }
            #expect(try trial.failure() == nil, "\(fill)")
        }
    }

    @Test("a lost segment is told by its number, with the sequences that were in it", arguments: [false, true])
    func lostSegment(sealed: Bool) throws {
        let trial = try SalvageTrial.sample(sealed: sealed)
        let path = trial.segments[1]
        let frames = trial.frames(of: path)
        try trial.disk.remove(path)
        #expect(try trial.failure() == nil)
        let damage = try #require(try trial.report().damages.first)
        let last = frames.last.map { $0.firstSequence + UInt64($0.recordCount) - 1 }
        #expect(damage.file == "segment 2" && damage.missing?.lowerBound == frames.first?.firstSequence)
        #expect(damage.missing?.upperBound == last)
    }

    @Test("the first segments, the newest, or several may be lost")
    func lostEnds() throws {
        for lost in [[0], [3], [0, 1], [1, 2], [2, 3]] {
            for sealed in [false, true] {
                let trial = try SalvageTrial.sample(sealed: sealed)
                for index in lost { try trial.disk.remove(trial.segments[index]) }
                #expect(try trial.failure() == nil, "\(lost)")
                let report = try trial.report()
                #expect(!report.isComplete)
                #expect(report.damages.last?.mayMissMore == lost.contains(3), "\(lost) \(report.damages)")
            }
        }
    }

    @Test("a damaged header block costs nothing", arguments: [false, true])
    func brokenHeader(sealed: Bool) throws {
        for index in 0..<3 {
            let trial = try SalvageTrial.sample(sealed: sealed)
            try trial.change(trial.segments[index]) { bytes in
                for place in 0..<4096 { bytes[place] = 0 }
            }
            #expect(try trial.failure() == nil)
            let report = try trial.report()
            #expect(report.isComplete && report.damages.count == 1 && report.runs.count == 1)
        }
    }

    @Test("a log of which every header block has a flipped bit is known; with two bits its identity has to be told")
    func everyHeader() throws {
        let trial = try SalvageTrial.sample(sealed: true)
        for path in trial.segments { try trial.disk.flipBit(1, ofByteAt: 100, in: path) }
        #expect(try trial.failure() == nil)
        for path in trial.segments { try trial.disk.flipBit(1, ofByteAt: 200, in: path) }
        #expect(throws: LogError.self) { try trial.report() }
        var generator = SplitMix64(seed: 7)
        let log = LogID(using: &generator)
        #expect(LogID("\(log)") == log)
        let report = try LogSalvage(LogReader(directory: "log", fileSystem: trial.disk), log: LogID("\(log)")).run {
            _ in
        }
        #expect(report.isComplete && report.damages.count == 4 && report.runs.count == 1)
        for text in ["", "0", "\(log)0", "+" + "\(log)".dropFirst(), "ä" + "\(log)".dropFirst(2)] {
            #expect(LogID(text) == nil, "\(text)")
        }
    }

    @Test("a file that was cut costs what stood behind the cut", arguments: [false, true])
    func cut(sealed: Bool) throws {
        for index in 0..<4 {
            for length in [3000, 6000, 6001] {
                let trial = try SalvageTrial.sample(sealed: sealed)
                try trial.disk.truncate(trial.segments[index], to: length)
                #expect(try trial.failure() == nil, "segment \(index), \(length)")
                #expect(!(try trial.report().isComplete), "segment \(index), \(length)")
            }
        }
    }

    @Test("a damaged index costs nothing")
    func damagedIndex() throws {
        let trial = try SalvageTrial.sample(sealed: true)
        let path = trial.segments[1]
        let header = try SegmentHeader(of: trial.disk.open(path, as: .read))
        guard case .sealed(let detail) = header.detail else { throw LogError.closed }
        for offset in [detail.blockTable, detail.filter, detail.directory] {
            try trial.disk.flipBit(2, ofByteAt: Int(offset) + 85, in: path)
            #expect(try trial.failure() == nil)
            let report = try trial.report()
            #expect(report.isComplete && report.damages.count == 1, "\(report.damages)")
            try trial.disk.flipBit(2, ofByteAt: Int(offset) + 85, in: path)
        }
    }

    @Test("the index of a sealed segment tells which keys had records in a lost block")
    func lostKeys() throws {
        let trial = try SalvageTrial.sample(sealed: true)
        let frame = trial.frames(of: trial.segments[1])[0]
        try trial.disk.flipBit(2, ofByteAt: frame.offset + 85, in: trial.segments[1])
        let report = try trial.report()
        let keys = Set(frame.records.map(\.key))
        #expect(report.lostKeys.count == keys.count)
        #expect(keys.allSatisfy(report.lostKeys.contains))
        #expect((0..<40).filter { report.lostKeys.contains("instance-\($0)") }.count == keys.count)
        // What the index says of whole blocks is no loss.
        #expect(try SalvageTrial.sample(sealed: true).report().lostKeys.count == 0)
    }

    @Test("a segment in both forms is read from the one that has more")
    func bothForms() throws {
        let log = try SealedLog(journalCount: 4)
        let trial = try SalvageTrial(log.disk)
        let name = try #require(try LogFiles(in: "log", fileSystem: log.disk).segments.first)
        try SegmentSealer(directory: "log", fileSystem: log.disk).seal(name)
        try trial.change("log/\(name)") { bytes in
            for index in 5000..<9000 { bytes[index] = 0 }
        }
        let report = try trial.report()
        #expect(report.isComplete && report.recordCount == UInt64(log.records.count))
    }

    @Test("a torn end is no loss, and a damaged end of which nothing tells is one")
    func ends() throws {
        var log = try TestLog()
        try log.commit(noise(100))
        let end = try log.commit(noise(3000))
        let torn = try SalvageTrial(log.disk)
        try torn.change(firstSegment) { bytes in
            for index in (end.location.offset / 512 + 2) * 512..<bytes.count { bytes[index] = 0 }
        }
        let report = try torn.report()
        #expect(report.recordCount == 1 && report.isComplete && report.damages[0].isTorn)
        // The same frame with all of its sectors written.
        try torn.change(firstSegment) { bytes in
            for index in end.location.offset..<end.location.offset + 3104 { bytes[index] = 7 }
        }
        let doubtful = try torn.report()
        #expect(!doubtful.isComplete && doubtful.damages[0].mayMissMore && doubtful.damages[0].missing == nil)
    }

    @Test("a snapshot tells of records behind the last frame")
    func snapshot() async throws {
        let (disk, _) = try await SnapshotTests.sample()
        let names = try LogFiles(in: "log", fileSystem: disk).segments
        for name in names.dropFirst() { try disk.remove("log/\(name)") }
        let report = try LogSalvage(LogReader(directory: "log", fileSystem: disk)).run { _ in }
        let damage = try #require(report.damages.last)
        #expect(damage.missing == report.recordCount + 1...400 && damage.mayMissMore)
    }

    @Test("a payload with a copy of a frame from elsewhere in the log is never taken for a frame")
    func embeddedFrame() throws {
        var log = try TestLog(options: testOptions(segmentBytes: 256 * 1024))
        var offsets: [Int] = []
        for number in 0..<4 {
            offsets.append(try log.commit(noise(64 + 8 * number, seed: UInt64(number))).location.offset)
        }
        let bytes = try log.disk.bytes(of: firstSegment)
        // At each of the eight places that a payload's bytes can have in a word.
        for shift in 0..<8 {
            let frame = Array(bytes[offsets[2]..<offsets[3]])
            try log.commit(noise(shift + 1) + frame + frame + noise(700))
        }
        try log.commit([1, 2, 3])
        let trial = try SalvageTrial(log.disk)
        for frame in trial.frames(of: firstSegment).dropFirst(4) {
            for place in [8, 60, 79, 81] {
                try trial.disk.flipBit(1, ofByteAt: frame.offset + place, in: firstSegment)
                #expect(try trial.failure() == nil)
                try trial.disk.flipBit(1, ofByteAt: frame.offset + place, in: firstSegment)
            }
        }
    }

    @Test("a whole frame that replaced another is kept, and the chain's break is told")
    func brokenChain() throws {
        func log(_ second: [UInt8]) throws -> InMemoryFileSystem {
            var log = try TestLog()
            try log.commit([1])
            try log.commit(second)
            try log.commit([3])
            return log.disk
        }
        let disk = try log([2])
        let other = try SalvageTrial(log([9]))
        let frame = other.frames(of: firstSegment)[1]
        let bytes = try other.disk.bytes(of: firstSegment)[frame.offset..<frame.end]
        let trial = try SalvageTrial(disk)
        try trial.change(firstSegment) { $0.replaceSubrange(frame.offset..<frame.end, with: bytes) }
        var payloads: [[UInt8]] = []
        let report = try LogSalvage(LogReader(directory: "log", fileSystem: disk)).run { frame in
            payloads += frame.records.map { Array($0.payload) }
        }
        #expect(payloads == [[1], [9], [3]])
        #expect(!report.isComplete && report.damages.contains(where: \.breaksChain) && report.missingCount == 0)
    }

    @Test("a frame is found wherever its header lies in what is read at a time")
    func windows() throws {
        for extent in stride(from: 256 * 1024 - 96, through: 256 * 1024 + 16, by: 8) {
            var log = try TestLog(options: testOptions(segmentBytes: 1024 * 1024))
            // Behind the frame's header stand the record's, and one byte of key.
            try log.commit(noise(extent - 80 - 17))
            for number in 0..<3 { try log.commit(noise(300, seed: UInt64(number))) }
            let trial = try SalvageTrial(log.disk)
            #expect(trial.frames(of: firstSegment)[1].offset == 4096 + extent)
            try trial.disk.flipBit(1, ofByteAt: 4096 + 9, in: firstSegment)
            #expect(try trial.failure() == nil, "\(extent)")
        }
    }

    @Test("another log's segment is not taken for this one's")
    func foreignSegment() throws {
        let trial = try SalvageTrial.sample(sealed: false)
        var options = testOptions(segmentBytes: 16 * 1024)
        options.makeLogID = {
            var generator = SplitMix64(seed: 99)
            return LogID(using: &generator)
        }
        var other = try TestLog(options: options)
        try other.commit(noise(500))
        // Number, first sequence and offsets are those of the segment that it replaces.
        try trial.disk.setBytes(try other.disk.bytes(of: firstSegment), of: trial.segments[0])
        #expect(try trial.failure() == nil)
        let report = try trial.report()
        #expect(report.damages.contains { $0.reason.contains("another log") } && !report.isComplete)
    }

    @Test("a copy is made in a missing or an empty directory only")
    func target() throws {
        let disk = InMemoryFileSystem()
        try disk.setBytes([1], of: "copy/x")
        #expect(throws: LogError.self) { try SalvageCopy(to: "copy", options: testOptions(), fileSystem: disk) }
        #expect(disk.files == ["copy/x"])
    }
}

@Suite("SalvageProperties")
struct SalvagePropertyTests {
    /// Damages a log in a few random ways.
    private func damage(_ trial: SalvageTrial, using generator: inout SplitMix64) throws {
        for _ in 0...Int.random(in: 0..<5, using: &generator) {
            let present = trial.segments.filter { trial.disk.files.contains($0) }
            guard let path = present.randomElement(using: &generator) else { return }
            let length = try trial.disk.bytes(of: path).count
            guard length > 4200 else { continue }
            let start = Int.random(in: 4096..<length, using: &generator)
            switch Int.random(in: 0..<12, using: &generator) {
            case 0..<4:
                try trial.disk.flipBit(Int.random(in: 0..<8, using: &generator), ofByteAt: start, in: path)
            case 4..<7:
                let end = min(length, start + Int.random(in: 1..<3000, using: &generator))
                try trial.change(path) { bytes in for index in start..<end { bytes[index] = 0 } }
            case 7..<9:
                let end = min(length, start + Int.random(in: 1..<3000, using: &generator))
                let noise = noise(end - start, seed: generator.next())
                try trial.change(path) { $0.replaceSubrange(start..<end, with: noise) }
            case 9 where present.count > 1:
                try trial.disk.remove(path)
            case 10:
                try trial.disk.truncate(path, to: start)
            default:
                // One header stays whole, to tell which log it is.
                guard path != present.first else { continue }
                try trial.change(path) { bytes in
                    for index in 0..<Int.random(in: 1..<4096, using: &generator) { bytes[index] = ~bytes[index] }
                }
            }
        }
    }

    @Test("of a log with random damage, exactly what is as it was written is copied", .timeLimit(.minutes(2)))
    func randomDamage() throws {
        var generator = SplitMix64(seed: 20)
        for round in 0..<120 {
            let trial = try SalvageTrial.sample(sealed: round.isMultiple(of: 2), segments: 3)
            try damage(trial, using: &generator)
            do {
                #expect(try trial.failure() == nil, "round \(round)")
            } catch LogError.refused {
                // The one header that was to stay was lost with its file.
            }
        }
    }
}
