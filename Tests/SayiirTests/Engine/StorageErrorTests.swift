import Foundation
import Sayiir
import SayiirTesting
import TestSupport
import Testing

/// What a user of the engine is told when storage fails or is not what it should be.
@Suite struct StorageErrorTests {
    private func workflow(_ calls: Calls = Calls()) throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then(adding(1, "a", calls)).then(adding(1, "b", calls)).build()
    }

    private func text(of body: () async throws -> Void) async -> String {
        let error = await #expect(throws: WorkflowError.self) { try await body() }
        return error?.description ?? ""
    }

    @Test("a second engine on a directory is refused with the holder's name; the first goes on")
    func secondWriter() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "sayiir-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let engine = try await Engine(directory: directory)
        let error = await text { _ = try await Engine(directory: directory) }
        #expect(error.contains("\(directory) is already open for writing by process \(getpid())"))
        #expect(try await engine.run(workflow(), id: "i", input: 1).output == 3)
        try await engine.close()
        let closed = await text { _ = try await engine.run(workflow(), id: "j", input: 1) }
        #expect(closed == "The log's writer is closed.")
        let again = try await Engine(directory: directory)
        #expect(try await again.resume(workflow(), id: "i").output == 3)
        try await again.close()
    }

    @Test("a directory that holds something else is refused, and stays as it is")
    func wrongDirectory() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "sayiir-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Data("hello".utf8).write(to: URL(fileURLWithPath: "\(directory)/notes.txt"))
        let error = await text { _ = try await Engine(directory: directory) }
        #expect(
            error == "\(directory) is not a log: it holds other files (notes.txt) and no segment. "
                + "Give the directory of a log, or a new or empty one.")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["notes.txt"])
    }

    @Test("on a full disk the run stops with the room that is missing; with room it is resumed, and nothing is lost")
    func fullDisk() async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem(capacity: 80 * 1024)
        let engine = try await openEngine(on: disk)
        let workflow = try Flow("w", input: Int.self).then("blob") { (count: Int) in Data(repeating: 1, count: count) }
            .then("count") { (data: Data) in
                calls.note("count")
                return data.count
            }.build()
        let error = await text { _ = try await engine.run(workflow, id: "i", input: 60_000) }
        #expect(error.contains("There is no room for the next segment of jobs ("))
        #expect(error.contains("Nothing was written. Free some space and try again."))
        #expect(try await engine.client.status(of: "i") == .inProgress)
        disk.capacity = .max
        #expect(try await engine.resume(workflow, id: "i").output == 60_000)
        #expect(calls.count("count") == 1)
    }

    @Test("after a failed sync the outcome is unknown, the engine takes no more, and opening again tells")
    func failedSync() async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        let fault = Fault(.synchronize, .nth(1), .fail(EIO))
        let workflow = try Flow("w", input: Int.self).then("a") { (value: Int) in
            calls.note("a")
            if calls.count("a") == 1 { disk.inject(fault) }
            return value + 1
        }.then(adding(1, "b", calls)).build()
        let error = await text { _ = try await engine.run(workflow, id: "i", input: 1) }
        #expect(error.contains("Whether the last records reached the disk is unknown, and the writer takes no more."))
        // The next step had not begun: its start was not durable.
        #expect(calls.all == ["a"])
        await #expect(throws: WorkflowError.self) { try await engine.resume(workflow, id: "i") }
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        #expect(try await again.resume(workflow, id: "i").output == 3)
        #expect(calls.all == ["a", "a", "b"])
    }

    @Test("a history with events of a newer version is not gone on with")
    func newerHistory() async throws {
        let engine = try await openEngine()
        try await engine.client.submit(workflow(), id: "i", input: 1)
        let event = Event(
            instance: "i", revision: 2, time: Timestamp(nanosecondsSinceEpoch: 1),
            body: .unknown(.init(kind: 999, bytes: [])))
        try await engine.backend.append([event], lease: nil)
        let error = await text { _ = try await engine.resume(workflow(), id: "i") }
        #expect(error.hasPrefix("The history of instance 'i' has events that this version does not know."))
        #expect(try await engine.client.history(of: "i").count == 2)
    }
}
