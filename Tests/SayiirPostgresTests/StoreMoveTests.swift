import Foundation
import PostgresCluster
import Sayiir
import SayiirEvents
import SayiirLog
import SayiirPostgres
import TestSupport
import Testing

@Suite("Moving a store from a directory into PostgreSQL and back")
struct StoreMoveTests {
    @Test("every event keeps its bytes both ways, what was live goes on, and the old stores refuse")
    func thereAndBack() async throws {
        let folder = try TemporaryFolder()
        let (first, last) = (folder.path("first"), folder.path("last"))
        let workflow = try Self.workflow()
        let before = try await Self.fill(first, workflow)

        var options = TestStore.options()
        let url = try await TestStore.url()
        let there = try await StoreMove.toPostgres(from: first, to: url, options: options)
        #expect(there.instanceCount == 12 && there.definitionCount == 1 && !there.wasThere)
        let refused = await #expect(throws: WorkflowError.self) { _ = try await Engine(directory: first) }
        #expect(refused?.description.contains("was moved to schema '\(options.schema)'") == true)

        let backend = try await TestStore.connect(options)
        #expect(try await Self.histories(backend) == before)
        let engine = Engine(backend: backend)
        try engine.register(workflow)
        let service = Task { try await engine.run() }
        try await engine.client.signal("go", to: "waiting-0", payload: 5)
        #expect(try await engine.client.waitForCompletion(of: "waiting-0", as: workflow).output == 5)
        service.cancel()
        try? await service.value
        let between = try await Self.histories(backend)
        backend.close()

        options.leaseDuration = .seconds(1)
        let back = try await StoreMove.toDirectory(from: url, options: options, to: last)
        #expect(back.instanceCount == 12 && back.eventCount == UInt64(between.values.map(\.count).reduce(0, +)))
        let error = await #expect(throws: PostgresError.self) { _ = try await TestStore.connect(options) }
        #expect(error?.kind == .moved && error?.description.contains(last) == true)

        let log = try await Engine(directory: last)
        #expect(try await Self.histories(log.backend) == between)
        try await log.client.signal("go", to: "waiting-1", payload: 7)
        #expect(try await log.resume(workflow, id: "waiting-1").output == 7)
        try await log.close()
    }

    @Test("a move that was interrupted before the directory was closed is finished by another one")
    func again() async throws {
        let folder = try TemporaryFolder()
        let directory = folder.path("log")
        _ = try await Self.fill(directory, try Self.workflow())
        let options = TestStore.options()
        let url = try await TestStore.url()
        _ = try await StoreMove.toPostgres(from: directory, to: url, options: options)
        try FileManager.default.removeItem(atPath: directory + "/MOVED")
        let again = try await StoreMove.toPostgres(from: directory, to: url, options: options)
        #expect(again.wasThere && again.instanceCount == 12)
        #expect(FileManager.default.fileExists(atPath: directory + "/MOVED"))
    }

    @Test("instances of the same ids with other histories are in the way, and nothing is moved")
    func collision() async throws {
        let folder = try TemporaryFolder()
        let directory = folder.path("log")
        let workflow = try Self.workflow()
        _ = try await Self.fill(directory, workflow)
        let options = TestStore.options()
        let backend = try await TestStore.connect(options)
        try await WorkflowClient(backend: backend).submit(workflow, id: "done-3", input: 99)
        let error = await #expect(throws: StoreMoveError.self) {
            try await StoreMove.toPostgres(from: directory, to: try await TestStore.url(), options: options)
        }
        #expect(error?.description.contains("an instance of the same id with another history: done-3") == true)
        #expect(try await backend.instances().count == 1)
        try await Engine(directory: directory).close()
    }

    @Test("nothing is moved away while an executor runs something, and then changes are taken as before")
    func atWork() async throws {
        let folder = try TemporaryFolder()
        let options = TestStore.options()
        let backend = try await TestStore.connect(options)
        let lease = try await backend.acquireLease(on: "a", by: "worker-7", takingOver: false)
        let url = try await TestStore.url()
        let error = await #expect(throws: StoreMoveError.self) {
            try await StoreMove.toDirectory(from: url, options: options, to: folder.path("log"))
        }
        #expect(error?.description.contains("worker-7") == true)
        await backend.release(lease)
        // What is in the way is told before anything is closed.
        let full = folder.path("full")
        _ = try await Self.fill(full, try Self.workflow())
        let inTheWay = await #expect(throws: StoreMoveError.self) {
            try await StoreMove.toDirectory(from: url, options: options, to: full)
        }
        #expect(inTheWay?.description.contains("holds something already") == true)
        try await WorkflowClient(backend: backend).signal("s", to: "a", payload: 1)
        // The attempt before left nothing behind.
        _ = try await StoreMove.toDirectory(from: url, options: options, to: folder.path("log"))
        // Who was connected all the time cannot change anything either.
        let refused = await #expect(throws: WorkflowError.self) {
            try await WorkflowClient(backend: backend).signal("s", to: "a", payload: 2)
        }
        #expect(refused?.description.contains("was moved to \(folder.path("log"))") == true)
    }

    // MARK: Helpers

    private static func workflow() throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then(adding(1, "a")).waitForSignal("go", of: Int.self, timeout: .seconds(86_400))
            .build()
    }

    /// Ten that are done, one failed for good is not needed, and two that wait; some with a second run.
    private static func fill(_ directory: String, _ workflow: Workflow<Int, Int>) async throws -> [String: [Event]] {
        let engine = try await Engine(directory: directory)
        for number in 0..<10 {
            let id = InstanceID("done-\(number)")
            try await engine.client.signal("go", to: id, payload: number)
            _ = try await engine.run(workflow, id: id, input: number)
        }
        try await engine.client.signal("go", to: "done-4", payload: 1)
        _ = try await engine.run(workflow, id: "done-5", input: 5, onConflict: .terminateExisting)
        try await engine.client.signal("go", to: "done-5", payload: 1)
        _ = try await engine.resume(workflow, id: "done-5")
        for number in 0..<2 { _ = try await engine.run(workflow, id: "waiting-\(number)", input: number) }
        let histories = try await Self.histories(engine.backend)
        try await engine.close()
        return histories
    }

    private static func histories(_ backend: any Backend) async throws -> [String: [Event]] {
        var histories: [String: [Event]] = [:]
        for summary in try await backend.instances() {
            histories[summary.id.rawValue] = try await backend.history(of: summary.id).map(\.event)
        }
        return histories
    }
}

/// A folder that is removed with its owner.
final class TemporaryFolder: Sendable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("sayiir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
