import Foundation
import SayiirTesting
import Testing

@testable import SayiirLog

/// The writer as its users see it, with its threads.
@Suite struct LogWriterTests {
    private func open(
        _ disk: InMemoryFileSystem = InMemoryFileSystem(), options: LogOptions = testOptions()
    ) async throws -> LogWriter {
        try await LogWriter.open(directory: "log", options: options, fileSystem: disk)
    }

    @Test("appends from many tasks get different sequences, and all are found in that order")
    func manyTasks() async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk)
        let sequences = try await withThrowingTaskGroup(of: (UInt64, UInt8).self) { group in
            for value in 0..<200 as Range<UInt8> {
                group.addTask { (try await log.append(batch([[value]])), value) }
            }
            return try await group.reduce(into: [UInt64: UInt8]()) { $0[$1.0] = $1.1 }
        }
        #expect(Set(sequences.keys) == Set(1...200))
        #expect(log.lastSequence == 200)
        try await log.close()
        let payloads = try Reading(disk).payloads
        #expect(payloads == (1...200 as ClosedRange<UInt64>).map { [sequences[$0] ?? 255] })
    }

    @Test("appends that wait during a sync share the next commit")
    func groupCommit() async throws {
        let disk = InMemoryFileSystem()
        let opened = try LogRecovery(directory: "log", fileSystem: disk, options: testOptions()).open { _ in }
        let committer = try GroupCommitter(opened, directory: "log", options: testOptions())
        // The committer's thread is held up in its first completion until all others have come.
        let haveAllCome = Monitor(false)
        committer.submit(try batch([[0]])) { _ in haveAllCome.wait { $0 ? () : nil } }
        for value in 1...500 as ClosedRange<UInt64> { committer.submit(try batch([noise(20, seed: value)])) { _ in } }
        haveAllCome.update { $0 = true }
        _ = await withCheckedContinuation { continuation in committer.close { continuation.resume(returning: $0) } }
        var commits: [Int] = []
        _ = try LogScan(directory: "log", fileSystem: disk).run {
            if $0.recordCount > 0 { commits.append($0.recordCount) }
        }
        #expect(commits.reduce(0, +) == 501)
        #expect(commits.count <= 2)
    }

    @Test("the records of one batch stand next to each other")
    func batchesStayTogether() async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for value in 0..<100 as Range<UInt8> {
                group.addTask { try await log.append(batch([[value, 0], [value, 1], [value, 2]])) }
            }
            try await group.waitForAll()
        }
        try await log.close()
        let payloads = try Reading(disk).payloads
        for start in stride(from: 0, to: 300, by: 3) {
            #expect(payloads[start..<start + 3].map { $0[0] } == Array(repeating: payloads[start][0], count: 3))
            #expect(payloads[start..<start + 3].map { $0[1] } == [0, 1, 2])
        }
    }

    @Test("tasks on the log's own thread append, wait for each other and close the log, and run on after that")
    func ownExecutor() async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<20 as Range<UInt8> {
                group.addTask(executorPreference: log.executor) {
                    for value in 0..<20 as Range<UInt8> { try await log.append(batch([[writer, value]])) }
                }
            }
            try await group.waitForAll()
        }
        let payloads = try Reading(disk).payloads
        for writer in 0..<20 as Range<UInt8> {
            #expect(payloads.filter { $0[0] == writer }.map { $0[1] } == Array(0..<20))
        }
        let closing = Task(executorPreference: log.executor) {
            try await log.close()
            return try LogReader(directory: "log", fileSystem: disk).writer() == nil
        }
        #expect(try await closing.value)
        #expect(await Task(executorPreference: log.executor) { 42 }.value == 42)
    }

    @Test("tasks that block every thread of the log hold up no append, and no task for good", .timeLimit(.minutes(10)))
    func blockedExecutor() async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk)
        let isOver = Monitor(false)
        func block() -> Task<Void, Never> {
            Task(executorPreference: log.executor) { isOver.wait { $0 ? () : nil } }
        }
        // One, and others go on beside it where there is more than one processor; then more than there are threads.
        var blockers = [block()]
        try await log.append(batch([[1]]))
        blockers += (0..<100).map { _ in block() }
        for value in 2..<10 as Range<UInt8> { try await log.append(batch([[value]])) }
        let waiting = Task(executorPreference: log.executor) { try await log.append(batch([[10]])) }
        try await Task.sleep(for: .milliseconds(5))
        isOver.update { $0 = true }
        for blocker in blockers { await blocker.value }
        #expect(try await waiting.value == 10)
        try await log.close()
        #expect(try Reading(disk).payloads == (1...10).map { [$0] })
    }

    @Test(
        "a task that blocks the log's only thread holds up neither durability nor closing", .timeLimit(.minutes(10)),
        arguments: [true, false])
    func blockedRequests(closesAtOnce: Bool) async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk)
        try await log.append(batch([[1]]))
        let (hasBegun, isOver) = (Monitor(false), Monitor(false))
        let blocker = Task(executorPreference: log.executor) {
            hasBegun.update { $0 = true }
            isOver.wait { $0 ? () : nil }
        }
        while !hasBegun.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
        // Without a thread for them these would wait for the task, which waits for them.
        if !closesAtOnce { try await log.makeDurable() }
        try await log.close()
        #expect(try LogReader(directory: "log", fileSystem: disk).writer() == nil)
        isOver.update { $0 = true }
        await blocker.value
        #expect(try Reading(disk).payloads == [[1]])
    }

    @Test("while the log's thread is handed over again and again, each task goes on in order and nothing is lost")
    func handingOver() async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk, options: testOptions(segmentBytes: 16 * 1024, idleDelay: .microseconds(100)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<16 as Range<UInt8> {
                group.addTask(executorPreference: log.executor) {
                    for value in 0..<20 as Range<UInt8> {
                        try await log.append(batch([[writer, value]]))
                        // Some hold the thread long enough to lose it, some do not.
                        if writer % 3 == 0 && value % 4 == 0 { suspendThread(microseconds: 2500) }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await log.close()
        let payloads = try Reading(disk).payloads
        #expect(payloads.count == 320)
        for writer in 0..<16 as Range<UInt8> {
            #expect(payloads.filter { $0[0] == writer }.map { $0[1] } == Array(0..<20))
        }
    }

    // Such limits end a test that would wait for ever; they decide nothing otherwise.
    @Test("when idle, the writer records that all of the log is durable, once", .timeLimit(.minutes(10)))
    func idlePromise() async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk, options: testOptions(idleDelay: .milliseconds(5)))
        try await log.append(batch([[1]]))
        let reader = LogReader(directory: "log", fileSystem: disk)
        while try reader.verify().durableSequence < 1 { try await Task.sleep(for: .milliseconds(5)) }
        let writes = disk.counts()[.write]
        try await Task.sleep(for: .milliseconds(60))
        #expect(disk.counts()[.write] == writes)
        try await log.close()
    }

    @Test("closing promises, gives up the lock, and later appends are refused")
    func close() async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk)
        try await log.append(batch([[1]]))
        try await log.close()
        #expect(try LogReader(directory: "log", fileSystem: disk).verify().durableSequence == 1)
        let again = try await open(disk)
        await #expect(throws: LogError.self) { try await log.append(batch([[2]])) }
        await #expect(throws: LogError.self) { try await log.close() }
        try await again.append(batch([[3]]))
        try await again.close()
        #expect(try Reading(disk).payloads == [[1], [3]])
    }

    @Test("a released writer gives up the lock by itself", .timeLimit(.minutes(10)))
    func released() async throws {
        let disk = InMemoryFileSystem()
        do { try await open(disk).append(batch([[1]])) }
        while try LogReader(directory: "log", fileSystem: disk).writer() != nil {
            try await Task.sleep(for: .milliseconds(2))
        }
        try await open(disk).close()
    }

    @Test("opening folds every commit in order, and a fold that throws closes the log again")
    func folding() async throws {
        struct Stop: Error {}
        let disk = InMemoryFileSystem()
        let log = try await open(disk)
        for value in 0..<5 as Range<UInt8> { try await log.append(batch([[value]])) }
        try await log.close()
        let again = try await LogWriter.open(
            directory: "log", options: testOptions(), fileSystem: disk, folding: [[UInt8]]()
        ) { payloads, frame in payloads += frame.records.map { Array($0.payload) } }
        #expect(again.state == [[0], [1], [2], [3], [4]])
        try await again.writer.close()
        await #expect(throws: Stop.self) {
            try await LogWriter.open(directory: "log", options: testOptions(), fileSystem: disk, folding: 0) { _, _ in
                throw Stop()
            }
        }
        try await open(disk).close()
    }

    @Test("the records of one key are read without the others, before and after reopening")
    func recordsWithKey() async throws {
        let disk = InMemoryFileSystem()
        let options = testOptions(segmentBytes: 16 * 1024)
        var log = try await open(disk, options: options)
        for round in 0..<40 as Range<UInt8> {
            var mixed = try batch([noise(300, seed: UInt64(round))], key: "other")
            try mixed.append(kind: .event, key: "mine", timestamp: Int64(round), payload: [round])
            try await log.append(mixed)
        }
        for _ in 0..<2 {
            let mine = try await log.records(withKey: "mine")
            #expect(mine.map { Array($0.payload) } == (0..<40).map { [$0] })
            #expect(mine.map(\.timestamp) == (0..<40).map { Int64($0) })
            #expect(mine.map(\.sequence) == (1...40).map { $0 * 2 })
            #expect(try await log.records(withKey: "nobody").isEmpty)
            try await log.close()
            log = try await open(disk, options: options)
        }
        try await log.close()
    }

    @Test("a frame that was damaged after it was indexed is an error, not a wrong answer")
    func damagedUnderneath() async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk)
        try await log.append(batch([noise(100)]))
        try disk.flipBit(0, ofByteAt: 4096 + 100, in: firstSegment)
        let error = await #expect(throws: LogError.self) { try await log.records(withKey: "k") }
        #expect(error?.description.contains("corrupt at offset 4096") == true)
        try await log.close()
    }

    @Test("every waiter learns of a failed sync, and so does everyone after")
    func poisoned() async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk)
        try await log.append(batch([[0]]))
        disk.inject(Fault(.synchronize, .from(1), .fail(EIO)))
        let failures = await withTaskGroup(of: Bool.self) { group in
            for value in 1..<50 as Range<UInt8> {
                group.addTask {
                    do {
                        try await log.append(batch([[value]]))
                        return false
                    } catch LogError.outcomeUnknown { return true } catch { return false }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 49)
        disk.removeFaults()
        await #expect(throws: LogError.self) { try await log.append(batch([[99]])) }
        #expect(log.lastSequence == 1)
        await #expect(throws: LogError.self) { try await log.close() }
        // The writer is gone, and its lock with it.
        try await open(disk).close()
    }

    @Test("a batch that is too large is refused by its size; an empty one writes nothing")
    func sizes() async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk)
        let block = noise(256 * 1024)
        let error = await #expect(throws: LogError.self) {
            try await log.append(batch([[UInt8](repeating: 1, count: 16 * 1024 * 1024)]))
        }
        #expect(error?.description.contains("is larger than one commit can be (16777216 bytes)") == true)
        #expect(try await log.append(RecordBatch()) == 0)
        // Far more than a segment, and nothing that LZ4 could find again.
        let large = (0..<10).reduce(into: []) { bytes, _ in bytes += block }
        #expect(try await log.append(batch([large])) == 1)
        let found = try await log.records(withKey: "k").map { Array($0.payload) }
        #expect(firstDifference(found, [large]) == nil)
        #expect(throws: LogError.self) { try batch([[1]], key: String(repeating: "k", count: 65_536)) }
        try await log.close()
    }

    @Test("segments prepared ahead are used, and every record stays in order across them")
    func preparedAhead() async throws {
        let disk = InMemoryFileSystem()
        let log = try await open(disk, options: testOptions(segmentBytes: 16 * 1024))
        for value in 0..<100 as Range<UInt64> { try await log.append(batch([noise(1000, seed: value)])) }
        try await log.close()
        #expect(disk.files.filter { $0.hasSuffix(".seg") || $0.hasSuffix(".sealed") }.count > 5)
        #expect(try Reading(disk) == Reading(rule: .nothingFollows, payloads: (0..<100).map { noise(1000, seed: $0) }))
    }
}
