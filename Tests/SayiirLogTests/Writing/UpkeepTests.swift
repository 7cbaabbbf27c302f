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

/// A log whose work in the background fails, on a disk that is full or has unreadable sectors.
@Suite("UpkeepTests") struct UpkeepTests {
    private func append(_ count: Int, to writer: LogWriter) async throws {
        for number in 0..<count { try await writer.append(batch([noise(200, seed: UInt64(number))], key: "k")) }
    }

    @Test("a disk without room for the next segment is not filled with zeros at every commit", .timeLimit(.minutes(1)))
    func noZeroFilling() async throws {
        let disk = InMemoryFileSystem()
        let writer = try await LogWriter.open(
            directory: "log", options: testOptions(segmentBytes: 512 * 1024), fileSystem: disk)
        try await append(40, to: writer)
        // There is room for half a segment.
        disk.capacity = disk.files.reduce(256 * 1024) { $0 + ((try? disk.bytes(of: $1).count) ?? 0) }
        let before = disk.counts(for: .suffix(FileName.preparedSegment))
        while writer.position.offset < 256 * 1024 { try await append(1, to: writer) }
        try await append(100, to: writer)
        let made = disk.counts(for: .suffix(FileName.preparedSegment)) - before
        // The segment that is written now was opened under this name, too. Beside its commits nothing was written.
        #expect(made.bytesWritten <= writer.position.offset)
        // One attempt, and another after each second that the appends took.
        #expect(made[.remove] <= 10)
        // Once there is room again, the log goes on.
        disk.capacity = .max
        while writer.position.segment == 1 { try await append(1, to: writer) }
        let count = Int(writer.lastSequence)
        try await writer.close()
        #expect(try Reading(disk).payloads.count == count)
    }

    @Test(
        "a segment whose sealing failed once is sealed with the next one, and the failure is told",
        .timeLimit(.minutes(1)))
    func sealingAgain() async throws {
        let disk = InMemoryFileSystem()
        let writer = try await LogWriter.open(
            directory: "log", options: testOptions(segmentBytes: 16 * 1024), fileSystem: disk)
        let told = Monitor<[Bool]>([])
        writer.watchUpkeep { failure in told.withLock { $0.append(failure != nil) } }
        disk.inject(Fault(.write, on: .suffix("sealed.tmp"), .nth(1), .fail(ENOSPC)))
        try await append(400, to: writer)
        while writer.upkeepFailure != nil || disk.files.filter({ $0.hasSuffix(".seg") }).count > 1 {
            try await append(20, to: writer)
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(told.withLock { $0 } == [true, false])
        try await writer.close()
        #expect(try LogReader(directory: "log", fileSystem: disk).verify().verdict == .clean)
    }

    @Test("a snapshot after a failed sealing seals the segment, too", .timeLimit(.minutes(1)))
    func sealingAfterSnapshot() async throws {
        let disk = InMemoryFileSystem()
        let writer = try await LogWriter.open(
            directory: "log", options: testOptions(segmentBytes: 16 * 1024), fileSystem: disk)
        disk.inject(Fault(.write, on: .suffix("sealed.tmp"), .nth(1), .fail(ENOSPC)))
        while disk.files.filter({ $0.hasSuffix(".seg") }).count < 2 { try await append(1, to: writer) }
        while writer.upkeepFailure == nil { try await Task.sleep(for: .milliseconds(5)) }
        try await SnapshotTests.write([:], of: writer)
        while writer.upkeepFailure != nil { try await Task.sleep(for: .milliseconds(5)) }
        #expect(disk.files.contains { $0.hasSuffix(".sealed") })
        try await writer.close()
    }

    @Test("a snapshot that fails for want of room is told, and the next one makes it good")
    func snapshotFails() async throws {
        let disk = InMemoryFileSystem()
        let writer = try await LogWriter.open(directory: "log", options: testOptions(), fileSystem: disk)
        try await append(10, to: writer)
        disk.inject(Fault(.write, on: .containing("snapshot"), .nth(1), .fail(ENOSPC)))
        await #expect(throws: LogError.self) { try await SnapshotTests.write(["a": [[1]]], of: writer) }
        #expect(writer.upkeepFailure != nil)
        try await SnapshotTests.write(["a": [[1]]], of: writer)
        #expect(writer.upkeepFailure == nil)
        try await writer.close()
    }

    @Test(
        "a snapshot with an unreadable sector is set aside, and the one before takes its place", arguments: [1, 2, 3])
    func unreadableSnapshot(read: Int) async throws {
        let (disk, state) = try await SnapshotTests.sample()
        let newest = try #require(SnapshotTests.snapshots(disk).last)
        disk.inject(Fault(.read, on: .exactly(newest), .from(read), .fail(EIO)))
        let assessment = try LogReader(directory: "log", fileSystem: disk).verify()
        #expect(assessment.verdict == .clean)
        let (writer, found) = try await SnapshotTests.open(disk)
        #expect(found == state)
        #expect(writer.recovery.rejectedSnapshots.map(\.file) == [newest])
        #expect(writer.recovery.snapshotSequence == 200)
        try await writer.close()
        #expect(!disk.files.contains(newest))
    }
}
