import Foundation
import GRDB
import Logging
import Sayiir
import SayiirEvents
import SayiirLog
import ServiceLifecycle
import Testing

@testable import SayiirCatalogue

@Suite struct CatalogueServiceTests {
    private let folder: URL
    private var log: String { folder.appendingPathComponent("jobs.sayiir").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sayiir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func completedCount(_ catalogue: Catalogue) -> Int {
        let table = try? catalogue.run("SELECT count(*) FROM instances WHERE status = 'completed'")
        guard case .integer(let count) = table?.rows.first?.first else { return -1 }
        return Int(count)
    }

    private func wait(until isDone: () -> Bool) async throws {
        for _ in 0..<3000 where !isDone() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(isDone())
    }

    @Test(
        "a catalogue follows an engine in the same process, is deleted and replaced meanwhile, and is whole at the end")
    func follows() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let engine = try await Engine(directory: log)
        let workflow = try Flow("double", input: Int.self).then("twice") { $0 * 2 }.build()
        let catalogue = Catalogue(ofLog: log)
        let service = CatalogueService(catalogue, interval: .milliseconds(10))
        let following = Task { await service.run() }
        for number in 0..<20 { _ = try await engine.run(workflow, id: InstanceID("a-\(number)"), input: number) }
        try await wait { completedCount(catalogue) == 20 }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: catalogue.path + suffix) }
        for number in 0..<20 { _ = try await engine.run(workflow, id: InstanceID("b-\(number)"), input: number) }
        try await wait { completedCount(catalogue) == 40 }
        try catalogue.rebuild()
        for number in 0..<20 { _ = try await engine.run(workflow, id: InstanceID("c-\(number)"), input: number) }
        try await wait { completedCount(catalogue) == 60 }
        try await engine.close()
        following.cancel()
        await following.value
        #expect(try catalogue.check() == [])
        #expect(completedCount(catalogue) == 60)
    }

    @Test("an update by somebody else in between is noticed, and nothing is taken in twice")
    func twoAtOnce() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let engine = try await Engine(directory: log)
        let workflow = try Flow("double", input: Int.self).then("twice") { $0 * 2 }.build()
        let catalogue = Catalogue(ofLog: log)
        // All of them find that there is none, and build one.
        let services = (0..<4).map { _ in Task { await CatalogueService(catalogue, interval: .zero).run() } }
        for number in 0..<100 { _ = try await engine.run(workflow, id: InstanceID("a-\(number)"), input: number) }
        try await wait { completedCount(catalogue) == 100 }
        try await engine.close()
        for service in services {
            service.cancel()
            await service.value
        }
        #expect(try catalogue.check() == [])
    }

    @Test("a catalogue that cannot be made is told of, and ends neither the service nor the engine")
    func unusable() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let engine = try await Engine(directory: log)
        let workflow = try Flow("double", input: Int.self).then("twice") { $0 * 2 }.build()
        // A directory stands where the file should be.
        let path = folder.appendingPathComponent("taken")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        let following = Task { await CatalogueService(Catalogue(ofLog: log, path: path.path)).run() }
        let status = try await engine.run(workflow, id: "a", input: 4)
        #expect(status.output == 8)
        following.cancel()
        await following.value
        try await engine.close()
    }
}
