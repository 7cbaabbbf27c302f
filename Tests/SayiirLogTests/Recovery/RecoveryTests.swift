import Foundation
import SayiirTesting
import Testing

@testable import SayiirLog

/// What opening a log for writing does about what it finds.
@Suite struct RecoveryTests {
    /// A log with one acknowledged record and, behind it, a commit of which one sector is missing.
    private func tornLog() throws -> (disk: InMemoryFileSystem, end: Int, torn: [UInt8]) {
        var log = try TestLog()
        try log.commit([1, 2, 3])
        let end = log.journal.offset
        try log.commit(noise(2000))
        var bytes = try log.disk.bytes(of: firstSegment)
        for offset in 4608..<5120 { bytes[offset] = 0 }
        let disk = log.disk.snapshot()
        try disk.setBytes(bytes, of: firstSegment)
        return (disk, end, Array(bytes[end..<log.journal.offset]))
    }

    @Test("a torn end is copied to the quarantine, zeroed, reported, and the log goes on")
    func tornEnd() throws {
        let (disk, end, torn) = try tornLog()
        var log = try TestLog(on: disk)
        #expect(log.report.assessment.verdict == .torn)
        #expect(log.report.assessment.offset == end)
        let path = try #require(log.report.quarantineFile)
        let kept = try disk.bytes(of: path)
        #expect(torn.starts(with: kept) && torn.dropFirst(kept.count).allSatisfy { $0 == 0 })
        #expect(try Reading(disk) == Reading(rule: .nothingFollows, payloads: [[1, 2, 3]]))
        try log.commit([4])
        #expect(try Reading(disk) == Reading(rule: .nothingFollows, payloads: [[1, 2, 3], [4]]))
    }

    @Test("a crash at any call of a repair loses nothing, and the next opening repairs")
    func crashWhileRepairing() throws {
        let (torn, _, _) = try tornLog()
        for operation in [FileOperation.write, .synchronize, .synchronizeDirectory, .open, .createDirectory, .resize] {
            for call in 1...6 {
                for seed in 0..<4 as Range<UInt64> {
                    let disk = torn.snapshot()
                    disk.inject(Fault(operation, .nth(call), .halt))
                    _ = try? TestLog(on: disk)
                    var generator = SplitMix64(seed: seed)
                    let after = disk.crash(using: &generator)
                    var log = try TestLog(on: after)
                    try log.commit([4])
                    #expect(try Reading(after).payloads == [[1, 2, 3], [4]], "\(operation) \(call) seed \(seed)")
                }
            }
        }
    }

    @Test("an ambiguous end is refused with place and reason, and given up only when told to")
    func ambiguous() throws {
        var log = try TestLog()
        try log.commit([1])
        let end = log.journal.offset
        try log.commit([2])
        let disk = log.disk.snapshot()
        try disk.flipBit(0, ofByteAt: end + 85, in: firstSegment)
        let before = try disk.bytes(of: firstSegment)
        let error = #expect(throws: LogError.self) { try TestLog(on: disk) }
        #expect(error?.description.contains("\(firstSegment) is ambiguous at offset \(end)") == true)
        #expect(error?.description.contains("Expected body checksum") == true)
        #expect(error?.description.contains("truncatesAmbiguousTail") == true)
        #expect(try disk.bytes(of: firstSegment) == before)

        var options = testOptions()
        options.truncatesAmbiguousTail = true
        var opened = try TestLog(on: disk, options: options)
        #expect(opened.report.quarantineFile != nil)
        try opened.commit([3])
        #expect(try Reading(disk) == Reading(rule: .nothingFollows, payloads: [[1], [3]]))
    }

    @Test("a damaged log is refused with file, offset, rule, expected and found, and not changed")
    func corrupt() throws {
        var log = try TestLog()
        try log.commit([1])
        try log.commit([2])
        let disk = log.disk.snapshot()
        try disk.flipBit(0, ofByteAt: 4096 + 90, in: firstSegment)
        let before = try disk.bytes(of: firstSegment)
        let error = #expect(throws: LogError.self) { try TestLog(on: disk) }
        let text = error?.description ?? ""
        #expect(text.contains("\(firstSegment) is corrupt at offset 4096"))
        #expect(text.contains("(rule 6)"))
        #expect(text.contains("Expected body checksum 0x"))
        #expect(try disk.bytes(of: firstSegment) == before)
    }

    @Test(
        "a segment without room for a seal behind its frames is corrupt: it could not be ended",
        arguments: [0, 8, 79, 80])
    func roomForSeal(room: Int) throws {
        var log = try TestLog()
        try log.commit([1])
        let end = log.journal.offset
        var header = log.journal.header
        header.size = UInt64(end + room)
        let disk = InMemoryFileSystem()
        try disk.setBytes(header.encoded() + log.disk.bytes(of: firstSegment)[4096..<end + room], of: firstSegment)
        guard room >= 80 else {
            #expect(try Reading(disk).rule == .frameIsInconsistent)
            #expect(throws: LogError.self) { try TestLog(on: disk) }
            return
        }
        var opened = try TestLog(on: disk)
        try opened.commit([2])
        #expect(try Reading(disk) == Reading(rule: .nothingFollows, payloads: [[1], [2]]))
    }

    @Test("a segment that has no room for any frame is corrupt")
    func roomForNothing() throws {
        var header = try TestLog().journal.header
        header.size = 4096 + 79
        let disk = InMemoryFileSystem()
        try disk.setBytes(header.encoded() + [UInt8](repeating: 0, count: 79), of: firstSegment)
        #expect(try Reading(disk).rule == .headerIsBad)
    }

    // MARK: Several segments

    /// Three segments, two records each but for the last, which has one.
    private func threeSegments() throws -> TestLog {
        var log = try TestLog(options: testOptions(segmentBytes: 8192))
        for value in 0..<5 as Range<UInt8> { try log.commit(noise(1500, seed: UInt64(value))) }
        #expect(log.journal.header.number == 3)
        return log
    }

    private func segments(_ disk: InMemoryFileSystem) -> [String] {
        disk.files.filter { $0.hasSuffix(".seg") }.sorted()
    }

    @Test("a log of several segments is read as one, each sealed but the last")
    func severalSegments() throws {
        let log = try threeSegments()
        #expect(firstDifference(try Reading(log.disk).payloads, (0..<5).map { noise(1500, seed: $0) }) == nil)
        #expect(try Reading(log.disk).rule == .nothingFollows)
        var opened = try TestLog(on: log.disk.snapshot(), options: testOptions(segmentBytes: 8192))
        try opened.commit([9])
        #expect(try Reading(opened.disk).payloads.last == [9])
    }

    @Test("a missing first or middle segment is corruption")
    func missingSegment() throws {
        let log = try threeSegments()
        for index in 0..<2 {
            let disk = log.disk.snapshot()
            try disk.remove(segments(disk)[index])
            #expect(try Reading(disk).rule == .earlierIsBad, "segment \(index)")
        }
    }

    @Test("a missing newest segment is noticed by the seal before it")
    func missingNewest() throws {
        let log = try threeSegments()
        let disk = log.disk.snapshot()
        try disk.remove(segments(disk)[2])
        #expect(try Reading(disk).rule == .coveredBeyondEnd)
    }

    @Test("two segments that changed places are corruption")
    func swapped() throws {
        let log = try threeSegments()
        let disk = log.disk.snapshot()
        let names = segments(disk)
        let (first, second) = (try disk.bytes(of: names[0]), try disk.bytes(of: names[1]))
        try disk.setBytes(second, of: names[0])
        try disk.setBytes(first, of: names[1])
        #expect(try Reading(disk).rule == .headerIsBad)
    }

    @Test("any flip in an earlier segment is corruption, behind its seal too")
    func earlierDamage() throws {
        let log = try threeSegments()
        let name = segments(log.disk)[0]
        for byte in stride(from: 4096, to: 8192, by: 7) {
            let disk = log.disk.snapshot()
            try disk.flipBit(byte % 8, ofByteAt: byte, in: name)
            #expect(try Reading(disk).rule == .earlierIsBad, "byte \(byte)")
        }
    }

    @Test("a crash at any call of a roll-over is completed or undone by the next opening")
    func crashWhileRollingOver() throws {
        var completed = 0
        for operation in FileOperation.allCases {
            for call in 1...4 {
                for seed in 0..<6 as Range<UInt64> {
                    var log = try TestLog(options: testOptions(segmentBytes: 8192))
                    try log.commit(noise(1500))
                    try log.commit(noise(1500, seed: 2))
                    log.disk.inject(Fault(operation, .nth(call), .halt))
                    let acknowledged = (try? log.commit(noise(1500, seed: 3))) != nil
                    var generator = SplitMix64(seed: seed)
                    let disk = log.disk.crash(using: &generator)
                    var opened = try TestLog(on: disk, options: testOptions(segmentBytes: 8192))
                    completed += opened.report.completedRollOver ? 1 : 0
                    try opened.commit([7])
                    let payloads = try Reading(disk).payloads
                    let all = [noise(1500), noise(1500, seed: 2), noise(1500, seed: 3), [7]]
                    let without = [noise(1500), noise(1500, seed: 2), [7]]
                    let difference = firstDifference(payloads, acknowledged || payloads.count == 4 ? all : without)
                    #expect(difference == nil, "\(operation) \(call) \(seed)")
                }
            }
        }
        #expect(completed > 0, "no crash fell between the new segment and the old one's seal")
    }

    @Test("a commit larger than a segment gets a segment of its own size")
    func oversized() throws {
        var log = try TestLog(options: testOptions(segmentBytes: 8192))
        try log.commit(noise(20_000))
        try log.commit([1])
        #expect(segments(log.disk).count == 2)
        #expect(segments(log.disk)[1] == "log/00000002-00000000000000000001.seg")
        #expect(try Reading(log.disk) == Reading(rule: .nothingFollows, payloads: [noise(20_000), [1]]))
    }

    @Test("segments grow from the first size to the full one by doubling")
    func growth() {
        let options = testOptions(segmentBytes: 64 << 20, firstSegmentBytes: 4 << 20)
        let sizes = [1, 2, 3, 4, 5, 6, 4000].map { options.size(ofSegment: $0, minimum: 0) >> 20 }
        #expect(sizes == [4, 8, 16, 32, 64, 64, 64])
    }

    // MARK: Directories, locks and versions

    @Test("a second writer is refused by the name of the first")
    func secondWriter() throws {
        let log = try TestLog()
        let error = #expect(throws: LogError.self) { try TestLog(on: log.disk) }
        #expect(error?.description.contains("log is already open for writing by the test") == true)
        _ = log
    }

    @Test("a directory with other files is refused and left alone")
    func wrongDirectory() throws {
        let disk = InMemoryFileSystem()
        try disk.createDirectory(at: "log")
        try disk.setBytes([1], of: "log/holiday.jpg")
        let error = #expect(throws: LogError.self) { try TestLog(on: disk) }
        #expect(error?.description.contains("log is not a log: it holds other files (") == true)
        #expect(disk.files == ["log/holiday.jpg"])
    }

    @Test("a file where the directory should be is an error that names it")
    func fileInPlace() throws {
        let disk = InMemoryFileSystem()
        try disk.setBytes([1], of: "log")
        let error = #expect(throws: FileSystemError.self) { try TestLog(on: disk) }
        #expect(error?.path == "log")
    }

    @Test("a segment of a newer version is refused as newer, not as damaged")
    func newerVersion() throws {
        let log = try TestLog()
        for (offset, value) in [(10, 2), (12, 1), (20, 9)] as [(Int, UInt8)] {
            let disk = log.disk.snapshot()
            var bytes = try disk.bytes(of: firstSegment)
            bytes[offset] = value
            let checksum = bytes.withUnsafeBytes { crc32c($0.part(0, 4092)) }
            bytes.withUnsafeMutableBytes { $0.storeLittleEndian(checksum, at: 4092) }
            try disk.setBytes(bytes, of: firstSegment)
            let error = #expect(throws: LogError.self) { try TestLog(on: disk) }
            #expect(error?.description.contains("Use a newer version of this program") == true, "offset \(offset)")
        }
    }

    @Test("a compatible feature of a newer version is ignored")
    func compatibleFeature() throws {
        let log = try TestLog()
        let disk = log.disk.snapshot()
        var bytes = try disk.bytes(of: firstSegment)
        bytes[16] = 0xFF
        let checksum = bytes.withUnsafeBytes { crc32c($0.part(0, 4092)) }
        bytes.withUnsafeMutableBytes { $0.storeLittleEndian(checksum, at: 4092) }
        try disk.setBytes(bytes, of: firstSegment)
        #expect(try Reading(disk).rule == .nothingFollows)
    }

    @Test("a crash at any call of creating a log leaves nothing, or an empty log that opens")
    func crashWhileCreating() throws {
        for operation in FileOperation.allCases {
            for call in 1...5 {
                for seed in 0..<4 as Range<UInt64> {
                    let disk = InMemoryFileSystem()
                    disk.inject(Fault(operation, .nth(call), .halt))
                    _ = try? TestLog(on: disk)
                    var generator = SplitMix64(seed: seed)
                    let after = disk.crash(using: &generator)
                    var log = try TestLog(on: after)
                    try log.commit([1])
                    #expect(try Reading(after).payloads == [[1]])
                }
            }
        }
    }

    @Test("an acknowledged commit survives the loss of everything unsynced, names included")
    func powerLoss() throws {
        var log = try TestLog(options: testOptions(segmentBytes: 8192))
        for value in 0..<6 as Range<UInt64> {
            try log.commit(noise(1400, seed: value))
            let disk = log.disk.crash(keeping: .nothing)
            let acknowledged = (0...value).map { noise(1400, seed: $0) }
            #expect(firstDifference(try Reading(disk).payloads, acknowledged) == nil)
        }
    }
}
