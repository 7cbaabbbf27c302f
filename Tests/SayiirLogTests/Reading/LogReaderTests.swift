import Foundation
import SayiirTesting
import Testing

@testable import SayiirLog

@Suite struct LogReaderTests {
    private func reader(_ disk: InMemoryFileSystem) -> LogReader { LogReader(directory: "log", fileSystem: disk) }

    @Test("a follower sees each record once and in order while a writer appends and rolls over")
    func followsLiveWriter() async throws {
        let disk = InMemoryFileSystem()
        let options = testOptions(segmentBytes: 16 * 1024)
        let log = try await LogWriter.open(directory: "log", options: options, fileSystem: disk)
        var follower = reader(disk).follow()
        var seen: [[UInt8]] = []
        func readOn() throws {
            while let frame = try follower.next() { seen += frame.records.map { Array($0.payload) } }
        }
        for value in 0..<300 as Range<UInt64> {
            async let appended = log.append(batch([noise(200, seed: value)]))
            try readOn()
            _ = try await appended
        }
        try await log.close()
        try readOn()
        #expect(firstDifference(seen, (0..<300).map { noise(200, seed: $0) }) == nil)
    }

    @Test("segments are listed again if one of them is sealed between its name and its size")
    func listsSegmentsThatAreBeingSealed() async throws {
        let disk = InMemoryFileSystem()
        let log = try await LogWriter.open(
            directory: "log", options: testOptions(segmentBytes: 16 * 1024), fileSystem: disk)
        for value in 0..<3 as Range<UInt64> { try await log.append(batch([noise(200, seed: value)])) }
        try await log.close()
        let expected = try reader(disk).segments().map(\.name)
        disk.inject(Fault(.open, on: .suffix(".seg"), .nth(1), .fail(ENOENT)))
        #expect(try reader(disk).segments().map(\.name) == expected)
    }

    @Test("verify finds a log clean at any moment while a writer appends and rolls over")
    func verifiesLiveLog() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "sayiir-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var options = LogOptions()
        options.segmentBytes = 64 * 1024
        options.firstSegmentBytes = 64 * 1024
        options.durability = .buffered
        let batches = try (0..<3000 as Range<UInt64>).map { try batch([noise(Int($0 % 700) + 1, seed: $0)]) }
        let opened = try LogRecovery(directory: directory, fileSystem: LocalFileSystem(), options: options).open { _ in
        }
        let committer = try GroupCommitter(
            opened, directory: directory, options: options)
        // Not in a task: those of other tests may hold it up, while this one goes on looking.
        let isDone = Monitor(false)
        try startThread {
            for batch in batches { wait { committer.submit(batch, completion: $0) } }
            wait { committer.close(completion: $0) }
            isDone.withLock { $0 = true }
        }
        let reader = LogReader(directory: directory)
        var last: UInt64 = 0
        while !isDone.withLock({ $0 }) {
            let assessment = try reader.verify()
            #expect(assessment.verdict == .clean, "\(assessment)")
            #expect(assessment.lastSequence >= last)
            last = assessment.lastSequence
        }
        #expect(try reader.verify().lastSequence == 3000)
    }

    @Test("a frame counts as durable only once the log says so")
    func durableFrames() throws {
        var log = try TestLog()
        try log.commit([1])
        var follower = reader(log.disk).follow()
        let first = try #require(try follower.next())
        #expect(!follower.isDurable(first))
        #expect(try follower.next() == nil)
        #expect(follower.obstacle?.contains("found zeros") == true)
        try log.commit([2])
        let second = try #require(try follower.next())
        #expect(follower.isDurable(first))
        #expect(!follower.isDurable(second))
        try log.journal.promise()
        #expect(try follower.next()?.kind == .promise)
        #expect(follower.isDurable(second))
    }

    @Test("verify reports extent, head and what is durable")
    func verify() throws {
        var log = try TestLog()
        try log.commit([1], [2])
        try log.commit([3])
        let assessment = try reader(log.disk).verify()
        #expect(assessment.verdict == .clean)
        #expect(assessment.frameCount == 2)
        #expect(assessment.recordCount == 3)
        #expect(assessment.lastSequence == 3)
        #expect(assessment.durableSequence == 2)
        #expect(assessment.head == log.journal.digest)
        #expect(assessment.offset == log.journal.offset)
        try log.journal.promise()
        #expect(try reader(log.disk).verify().durableSequence == 3)
    }

    @Test("reading changes nothing and needs no lock")
    func readOnly() throws {
        var log = try TestLog()
        try log.commit([1])
        let before = log.disk.counts()
        _ = try reader(log.disk).verify()
        _ = try reader(log.disk).segments()
        #expect(try reader(log.disk).writer() == "the test")
        let calls = log.disk.counts() - before
        for operation in [FileOperation.write, .synchronize, .rename, .remove, .resize, .createDirectory] {
            #expect(calls[operation] == 0)
        }
    }

    @Test("a directory that is no log is an error that says so")
    func notALog() throws {
        let disk = InMemoryFileSystem()
        try disk.createDirectory(at: "log")
        let error = #expect(throws: LogError.self) { try reader(disk).verify() }
        #expect(error?.description.contains("log is not a log: it has no segment") == true)
        #expect(throws: LogError.self) { try reader(disk).writer() }
        #expect(throws: LogError.self) { _ = try LogReader(directory: "nowhere", fileSystem: disk).verify() }
    }

    @Test("an unreadable file is an error that names the file")
    func unreadable() throws {
        var log = try TestLog()
        try log.commit([1])
        log.disk.inject(Fault(.open, on: .suffix(".seg"), .always, .fail(EACCES)))
        let error = #expect(throws: LogError.self) { try reader(log.disk).verify() }
        #expect(error?.description.contains(".seg: Permission denied (13)") == true)
    }

    @Test("a segment that does not continue the one before stops a follower")
    func followerChecksJoin() throws {
        var log = try TestLog(options: testOptions(segmentBytes: 8192))
        for value in 0..<4 as Range<UInt64> { try log.commit(noise(1500, seed: value)) }
        let name = try #require(log.disk.files.first { $0.contains("00000002-") })
        var header = log.journal.header
        header.previousDigest = ChainDigest(genesisOf: header.log)
        var bytes = try log.disk.bytes(of: name)
        bytes.replaceSubrange(0..<4096, with: header.encoded())
        try log.disk.setBytes(bytes, of: name)
        var follower = reader(log.disk).follow()
        let error = #expect(throws: LogError.self) { while try follower.next() != nil {} }
        #expect(error?.description.contains("does not continue segment 1") == true)
    }

    @Test("a follower is not told of records that were taken back when a crash took only a promise")
    func promiseTakenBack() throws {
        let disk = InMemoryFileSystem()
        var log = try TestLog(on: disk)
        try log.commit([1])
        let end = log.journal.offset
        try log.journal.promise()
        var follower = LogReader(directory: "log", fileSystem: disk).follow()
        while try follower.next() != nil {}
        var bytes = try disk.bytes(of: firstSegment)
        for offset in end..<bytes.count { bytes[offset] = 0 }
        try disk.setBytes(bytes, of: firstSegment)
        #expect(try follower.next() == nil)
        var again = try TestLog(on: disk.crash(keeping: .nothing))
        try again.commit([2])
        try disk.setBytes(again.disk.bytes(of: firstSegment), of: firstSegment)
        #expect(try follower.next()?.records.map { Array($0.payload) } == [[2]])
    }
}
