import Foundation
import Sayiir
import SayiirEvents
import SayiirLog
import SayiirProjection
import SayiirTesting
import Testing

@Suite struct LogBackendTests {
    @Test("a reopened log has every instance as it was, ended ones too")
    func reopen() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await openLog(disk)
        try await backend.append(firstEvents("live", count: 4), lease: nil)
        var ended = firstEvents("ended", count: 1)
        ended.append(
            Event(
                instance: "ended", revision: 2, time: Timestamp(nanosecondsSinceEpoch: 9),
                body: .completed(.init(result: nil))))
        try await backend.append(ended, lease: nil)
        try await backend.close()
        let again = try await openLog(disk)
        #expect(try await again.state(of: "live") == InstanceState(folding: firstEvents("live", count: 4)))
        #expect(try await again.state(of: "ended") == InstanceState(folding: ended))
        #expect(try await again.history(of: "ended").map(\.event) == ended)
        #expect(try await Set(again.instances().map(\.phase)) == [.active, .completed])
        try await again.append([firstEvents("live", count: 5)[4]], lease: nil)
    }

    @Test("an append is one write and one sync, however many events it has")
    func oneSync() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await openLog(disk)
        let before = disk.counts()
        try await backend.append(firstEvents("a", count: 8), lease: nil)
        let calls = disk.counts() - before
        #expect(calls[.write] == 1 && calls[.synchronize] == 1)
    }

    @Test("a second backend on the directory is refused by the name of the first")
    func secondWriter() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await openLog(disk)
        let error = await #expect(throws: BackendError.self) { try await openLog(disk) }
        #expect(error?.description.contains("already open for writing by process \(getpid())") == true)
        try await backend.close()
    }

    @Test("a failed sync tells that the outcome is unknown, and reopening decides")
    func failedSync() async throws {
        let disk = InMemoryFileSystem()
        let backend = try await openLog(disk)
        try await backend.append(firstEvents("a", count: 1), lease: nil)
        disk.inject(Fault(.synchronize, .nth(1), .fail(EIO)))
        let events = firstEvents("a", count: 3)
        let error = await #expect(throws: BackendError.self) { try await backend.append([events[1]], lease: nil) }
        #expect(error?.isOutcomeUnknown == true)
        #expect(try await backend.state(of: "a")?.revision == 1)
        await #expect(throws: BackendError.self) { try await backend.append([events[1]], lease: nil) }
        let after = disk.crash(keeping: .nothing)
        #expect(try await openLog(after).state(of: "a")?.revision == 1)
    }

    @Test("a record that is not an event stops the opening with its place")
    func unreadable() async throws {
        let disk = InMemoryFileSystem()
        let log = try await LogWriter.open(directory: "jobs", options: logOptions, fileSystem: disk)
        var batch = RecordBatch()
        try batch.append(kind: .event, key: "order-7", timestamp: 1, payload: [0xFF])
        try await log.append(batch)
        try await log.close()
        let error = await #expect(throws: BackendError.self) { try await openLog(disk) }
        let text = error?.description ?? ""
        #expect(
            text.contains("Record 1 of instance 'order-7', in jobs/00000001-00000000000000000001.seg at offset 4096"))
        // Nobody holds the directory after that.
        let again = try await LogWriter.open(directory: "jobs", options: logOptions, fileSystem: disk)
        try await again.close()
    }

    @Test("records of kinds that may be skipped are skipped, others are refused")
    func recordKinds() async throws {
        for (kind, isAccepted) in [(2, true), (128, true), (255, true), (3, false), (127, false)] as [(UInt8, Bool)] {
            let disk = InMemoryFileSystem()
            let log = try await LogWriter.open(directory: "jobs", options: logOptions, fileSystem: disk)
            var batch = RecordBatch()
            try batch.append(kind: RecordKind(rawValue: kind), key: "k", timestamp: 1, payload: [1])
            try await log.append(batch)
            try await log.close()
            let backend = try? await openLog(disk)
            #expect((backend != nil) == isAccepted, "kind \(kind)")
        }
    }
}

@Suite struct KeptDefinitionTests {
    @Test("a definition's text is written into the log once, before the first instance that goes by it")
    func kept() async throws {
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self).then("double") { $0 * 2 }.build()
        for id in ["a", "b"] as [InstanceID] {
            let backend = try await openLog(disk)
            let engine = Engine(backend: backend)
            #expect(try await engine.run(workflow, id: id, input: 1).output == 2)
            try await engine.client.submit(workflow, id: "\(id)-2", input: 1)
            try await backend.close()
        }
        var kept: [LogRecord] = []
        var first: UInt64?
        _ = try LogReader(directory: "jobs", fileSystem: disk).verify { frame in
            frame.forEachRecord { record in
                if record.kind == .definition { kept.append(record) } else if first == nil { first = record.sequence }
            }
        }
        #expect(kept.map(\.key) == [workflow.definitionHash.description])
        #expect(kept.map { String(decoding: $0.payload, as: UTF8.self) } == ["T:double;"])
        #expect(kept.first?.sequence == 1 && first == 2)
    }
}
