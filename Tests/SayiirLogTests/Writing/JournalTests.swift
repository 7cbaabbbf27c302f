import Foundation
import SayiirTesting
import Testing

@testable import SayiirLog

@Suite struct JournalTests {
    @Test("a commit is one write and one sync")
    func oneWriteOneSync() throws {
        var log = try TestLog()
        let before = log.disk.counts()
        for value in 0..<10 as Range<UInt8> { try log.commit([value]) }
        let calls = log.disk.counts() - before
        #expect(calls[.write] == 10)
        #expect(calls[.synchronize] == 10)
        #expect(FileOperation.allCases.reduce(0) { $0 + calls[$1] } == 20)
    }

    @Test("sequences count records, and the next commit continues them")
    func sequences() throws {
        var log = try TestLog()
        #expect(try log.commit([1], [2], [3]).firstSequence == 1)
        #expect(try log.commit([4]).firstSequence == 4)
        #expect(log.journal.nextSequence == 5)
    }

    @Test("short writes are completed")
    func shortWrites() throws {
        var log = try TestLog()
        log.disk.inject(Fault(.write, .always, .transfer(atMost: 100)))
        log.disk.inject(Fault(.read, .always, .transfer(atMost: 77)))
        try log.commit(noise(1000))
        #expect(try Reading(log.disk) == Reading(rule: .nothingFollows, payloads: [noise(1000)]))
    }

    @Test("after a failed sync nothing more is taken, and a reopened log rewrites before it believes")
    func failedSync() throws {
        var log = try TestLog()
        try log.commit([1])
        log.disk.inject(Fault(.synchronize, .nth(1), .fail(EIO)))
        let error = #expect(throws: LogError.self) { try log.commit([2]) }
        guard case .outcomeUnknown(let cause) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(cause.code == EIO)
        #expect(error?.description.contains("Open the log again") == true)
        let writes = log.disk.counts()[.write]
        #expect(throws: LogError.self) { try log.commit([3]) }
        #expect(throws: LogError.self) { try log.journal.promise() }
        #expect(log.disk.counts()[.write] == writes)

        // The page cache still shows the commit that the disk never got, and later syncs succeed without it.
        let disk = log.disk.snapshot()
        #expect(try Reading(disk).payloads == [[1], [2]])
        var opened = try TestLog(on: disk)
        try opened.commit([4])
        #expect(try Reading(disk.crash(keeping: .nothing)).payloads == [[1], [2], [4]])
    }

    @Test("a failed write stops the writer too; what it left is torn at a sector's edge, ambiguous within one")
    func failedWrite() throws {
        for (transferred, verdict) in [(0, Verdict.clean), (50, .ambiguous), (512, .torn)] {
            var log = try TestLog()
            log.disk.inject(Fault(.write, .nth(1), .fail(EIO, afterTransferring: transferred)))
            #expect(throws: LogError.self) { try log.commit(noise(600)) }
            #expect(throws: LogError.self) { try log.commit([1]) }
            let disk = log.disk.crash(keeping: .everything)
            #expect(try Reading(disk).rule.verdict == verdict)
            var options = testOptions()
            options.truncatesAmbiguousTail = true
            var opened = try TestLog(on: disk, options: options)
            try opened.commit([2])
            #expect(try Reading(opened.disk).payloads == [[2]])
        }
    }

    @Test("a full disk fails the commit that needs a segment, writes nothing, and is over when there is room")
    func fullDisk() throws {
        let disk = InMemoryFileSystem()
        var log = try TestLog(on: disk, options: testOptions(segmentBytes: 8192))
        try log.commit(noise(1500))
        try log.commit(noise(1500, seed: 2))
        disk.capacity = 8192 + 512
        let error = #expect(throws: LogError.self) { try log.commit(noise(1500, seed: 3)) }
        guard case .noSpace(_, let needed, let cause) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(needed == 8192 && cause.code == ENOSPC)
        #expect(error?.description.contains("Free some space and try again") == true)
        #expect(!disk.files.contains("log/next.tmp"))
        // What fits the segment still goes in.
        try log.commit([9])
        disk.capacity = 64 * 1024
        try log.commit(noise(1500, seed: 3))
        let expected = [noise(1500), noise(1500, seed: 2), [9], noise(1500, seed: 3)]
        #expect(try Reading(disk) == Reading(rule: .nothingFollows, payloads: expected))
    }

    @Test("buffered commits are not synced, and a promise makes them durable")
    func buffered() throws {
        var options = testOptions()
        options.durability = .buffered
        var log = try TestLog(options: options)
        let before = log.disk.counts()
        try log.commit([1])
        try log.commit([2])
        #expect((log.disk.counts() - before)[.synchronize] == 0)
        #expect(try Reading(log.disk.crash(keeping: .nothing)).payloads == [])
        #expect(try Reading(log.disk.crash(keeping: .everything)).payloads == [[1], [2]])
        try log.journal.promise()
        #expect(try Reading(log.disk.crash(keeping: .nothing)).payloads == [[1], [2]])
    }

    @Test("buffered commits that a crash tears are torn, whatever of them was kept")
    func bufferedCrash() throws {
        for seed in 0..<300 as Range<UInt64> {
            var options = testOptions()
            options.durability = .buffered
            var log = try TestLog(options: options)
            try log.commit([1])
            try log.journal.promise()
            for value in 0..<8 as Range<UInt64> { try log.commit(noise(700, seed: value)) }
            var generator = SplitMix64(seed: seed)
            let disk = log.disk.crash(using: &generator)
            let reading = try Reading(disk)
            #expect(reading.rule.verdict == .clean || reading.rule.verdict == .torn, "seed \(seed): \(reading.rule)")
            let all = [[1]] + (0..<8).map { noise(700, seed: $0) }
            #expect(firstDifference(reading.payloads, Array(all.prefix(max(1, reading.payloads.count)))) == nil)
        }
    }

    @Test("a promise is two frames in one write, the second in a sector of its own, and is made once")
    func promise() throws {
        var log = try TestLog()
        try log.commit([1])
        let before = log.disk.counts()
        try log.journal.promise()
        try log.journal.promise()
        #expect((log.disk.counts() - before)[.write] == 1)
        #expect(log.journal.offset % 512 == FrameHeader.byteCount)
        #expect(try Reading(log.disk) == Reading(rule: .nothingFollows, payloads: [[1]]))
    }

    @Test("a crash at any moment keeps every acknowledged commit and nothing that was not submitted")
    func randomCrashes() throws {
        for seed in 0..<400 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            var disk = InMemoryFileSystem()
            var acknowledged: [[UInt8]] = []
            var undecided: [[UInt8]] = []
            for _ in 0..<4 {
                let operation: FileOperation =
                    [.write, .synchronize, .synchronizeDirectory, .rename, .open].randomElement(
                        using: &generator) ?? .write
                disk.inject(Fault(operation, .nth(Int.random(in: 1...40, using: &generator)), .halt))
                var written: [[UInt8]]?
                do {
                    var log = try TestLog(on: disk, options: testOptions(segmentBytes: 8192)) { frame in
                        written = (written ?? []) + frame.records.map { Array($0.payload) }
                    }
                    let found = written ?? []
                    expect(found, acknowledged, undecided, seed: seed)
                    acknowledged = found
                    undecided = []
                    for _ in 0..<Int.random(in: 1...30, using: &generator) {
                        let zero = Bool.random(using: &generator)
                        let payloads = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                            zero
                                ? [UInt8](repeating: 0, count: Int.random(in: 0...1300, using: &generator))
                                : noise(Int.random(in: 1...900, using: &generator), seed: generator.next())
                        }
                        undecided = payloads
                        _ = try log.journal.commit([batch(payloads)])
                        acknowledged += payloads
                        undecided = []
                        if Int.random(in: 0..<5, using: &generator) == 0 { try log.journal.promise() }
                    }
                } catch is LogError {
                } catch is FileSystemError {}
                disk = disk.crash(using: &generator)
            }
            let log = try TestLog(on: disk, options: testOptions(segmentBytes: 8192))
            let found = try Reading(log.disk).payloads
            expect(found, acknowledged, undecided, seed: seed)
        }
    }

    /// Expects what was acknowledged, and behind it all or nothing of the commit whose outcome is unknown.
    private func expect(_ found: [[UInt8]], _ acknowledged: [[UInt8]], _ undecided: [[UInt8]], seed: UInt64) {
        let expected = found.count > acknowledged.count ? acknowledged + undecided : acknowledged
        #expect(firstDifference(found, expected) == nil, "seed \(seed)")
    }
}
