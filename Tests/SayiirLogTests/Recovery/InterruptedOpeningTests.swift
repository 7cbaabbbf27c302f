import SayiirTesting
import Testing

@testable import SayiirLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Crashes that come before an earlier crash was dealt with: what reading shows is then not always what the disk holds.
@Suite struct InterruptedOpeningTests {
    private let options = testOptions(segmentBytes: 8192)

    /// A disk on which the machine stopped, or a call failed, while the seal of the first segment was made durable. The seal lies
    /// across two sectors.
    private func rollOver(_ effect: Fault.Effect) throws -> (disk: InMemoryFileSystem, seal: Int) {
        let disk = InMemoryFileSystem()
        _ = try TestLog(on: disk, options: options)
        var log = try TestLog(on: disk, options: options)
        try log.commit(noise(887))
        let seal = log.journal.offset
        try #require(seal % 512 == 472)
        disk.inject(Fault(.synchronize, on: .exactly(firstSegment), .nth(1), effect))
        #expect(throws: LogError.self) { try log.commit(noise(4000)) }
        return (disk, seal)
    }

    /// Appends, then loses all that was not synced.
    private func expectGoesOn(_ disk: InMemoryFileSystem, sourceLocation: SourceLocation = #_sourceLocation) throws {
        var log = try TestLog(on: disk, options: options)
        try log.commit([1, 2, 3])
        let reading = try Reading(disk.crash(keeping: .nothing))
        #expect(reading.rule == .nothingFollows, sourceLocation: sourceLocation)
        #expect(reading.payloads == [noise(887), [1, 2, 3]], sourceLocation: sourceLocation)
    }

    @Test("a seal of which a crash kept one sector is written again", arguments: [0..<40, 40..<80])
    func tornSeal(lost: Range<Int>) throws {
        let (halted, seal) = try rollOver(.halt)
        let disk = halted.crash(keeping: .everything)
        var bytes = try disk.bytes(of: firstSegment)
        for offset in lost { bytes[seal + offset] = 0 }
        try disk.setBytes(bytes, of: firstSegment)
        #expect(try Reading(disk).rule == .nothingFollows)
        #expect(try TestLog(on: disk.snapshot(), options: options).report.completedRollOver)
        try expectGoesOn(disk)
    }

    @Test("what is not a part of a seal in its place is damage")
    func damagedSeal() throws {
        let (halted, seal) = try rollOver(.halt)
        for byte in [0, 39, 45, 79, 80, 500] {
            let disk = halted.crash(keeping: .everything)
            try disk.flipBit(3, ofByteAt: seal + byte, in: firstSegment)
            #expect(try Reading(disk).rule == .earlierIsBad, "byte \(byte)")
        }
    }

    @Test("a seal that was written and not synced when the process ended, or failed to be, is made durable")
    func unsyncedSeal() throws {
        try expectGoesOn(try rollOver(.halt).disk.snapshot())
        try expectGoesOn(try rollOver(.fail(EIO)).disk)
    }

    @Test("a segment whose name was not synced when the process ended gets it before the seal speaks of it")
    func unsyncedName() throws {
        let disk = InMemoryFileSystem()
        var log = try TestLog(on: disk, options: options)
        try log.commit(noise(887))
        disk.inject(Fault(.synchronizeDirectory, .nth(1), .halt))
        #expect(throws: LogError.self) { try log.commit(noise(4000)) }
        for call in 1...20 {
            let killed = disk.snapshot()
            killed.halt(atCall: call)
            _ = try? TestLog(on: killed, options: options)
            #expect(try Reading(killed.crash(keeping: .nothing)).rule == .nothingFollows, "call \(call)")
        }
    }

    @Test("zeros that took the place of a torn end and could not be synced are made durable by the next opening")
    func unsyncedZeros() throws {
        let disk = InMemoryFileSystem()
        var log = try TestLog(on: disk, options: options)
        try log.commit(noise(20))
        let end = log.journal.offset
        disk.inject(Fault(.synchronize, .nth(1), .halt))
        #expect(throws: LogError.self) { try log.commit(noise(1500)) }
        // The sectors of the commit but one, durably.
        var torn = try disk.bytes(of: firstSegment)
        for offset in 4608..<5120 { torn[offset] = 0 }
        let crashed = disk.crash(keeping: .everything)
        try crashed.setBytes(torn, of: firstSegment)
        crashed.inject(Fault(.synchronize, on: .exactly(firstSegment), .nth(1), .fail(EIO)))
        #expect(throws: (any Error).self) { try TestLog(on: crashed, options: options) }
        // The system shows the zeros, and no longer means to write them.
        let again = try TestLog(on: crashed, options: options)
        #expect(again.report.assessment.verdict == .clean)
        let durable = try crashed.synchronizedBytes(of: firstSegment)
        #expect(durable[end...].allSatisfy { $0 == 0 })
    }

    @Test("the directories of a new log are made durable even if an earlier attempt made them")
    func directories() throws {
        let disk = InMemoryFileSystem()
        disk.inject(Fault(.synchronizeDirectory, .nth(1), .halt))
        let recovery = LogRecovery(directory: "a/b/log", fileSystem: disk, options: options)
        #expect(throws: FileSystemError.self) { try recovery.open { _ in } }
        let killed = disk.snapshot()
        _ = try LogRecovery(directory: "a/b/log", fileSystem: killed, options: options).open { _ in }
        #expect(try Reading(killed.crash(keeping: .nothing), directory: "a/b/log").rule == .nothingFollows)
    }

    @Test("a full disk does not keep a log from being opened")
    func fullDisk() throws {
        let disk = InMemoryFileSystem()
        do {
            var log = try TestLog(on: disk, options: options)
            try log.commit([1])
        }
        disk.capacity = 0
        var log = try TestLog(on: disk, options: options)
        try log.commit([2])
        #expect(try Reading(disk).payloads == [[1], [2]])
    }
}
