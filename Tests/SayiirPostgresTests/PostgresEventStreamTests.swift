import Sayiir
import SayiirPostgres
import SayiirTesting
import TestSupport
import Testing

@Suite struct PostgresEventStreamTests {
    private func kinds(_ events: InstanceEvents) async throws -> [String] {
        var kinds: [String] = []
        for try await recorded in events { kinds.append(recorded.event.body.kindName) }
        return kinds
    }

    @Test(
        "On PostgreSQL a stream after the last known event waits while the run does, and ends at once when it has ended"
    )
    func afterTheLast() async throws {
        let backend = try await TestStore.connect()
        defer { backend.close() }
        let engine = Engine(backend: backend, options: .testing)
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).waitForSignal("s", of: Int.self).build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        let last = try #require(try await engine.client.history(of: "i").last?.sequence)
        let told = Task { try await kinds(engine.client.events(of: "i", after: last)) }
        let beyond = Task { try await kinds(engine.client.events(of: "i", after: last + 1_000_000)) }
        try await engine.client.signal("s", to: "i", payload: 5)
        _ = try await engine.resume(workflow, id: "i")
        #expect(try await told.value == ["signal_received", "signal_consumed", "completed"])
        #expect(try await beyond.value.isEmpty)
        #expect(try await kinds(engine.client.events(of: "i", after: last + 3)).isEmpty)
        #expect(try await kinds(engine.client.events(of: "i", after: .max)).isEmpty)
    }

    @Test("On PostgreSQL ids in two normal forms are two instances, live and ended, also for another process")
    func identity() async throws {
        let twins: [InstanceID] = ["caf\u{E9}", "cafe\u{301}"]
        let options = TestStore.options()
        let backend = try await TestStore.connect(options)
        defer { backend.close() }
        let engine = Engine(backend: backend, options: .testing)
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).waitForSignal("s", of: Int.self).build()
        for (index, id) in twins.enumerated() { _ = try await engine.run(workflow, id: id, input: 10 * index) }
        try await engine.client.signal("s", to: twins[1], payload: 7)
        #expect(try await engine.resume(workflow, id: twins[1]).output == 7)
        let other = try await TestStore.connect(options)
        defer { other.close() }
        let client = WorkflowClient(backend: other)
        #expect(try await client.status(of: twins[0]) != .completed)
        #expect(try await client.status(of: twins[1]) == .completed)
        for id in twins {
            #expect(try await client.history(of: id).allSatisfy { $0.event.instance == id })
            #expect(try await client.state(of: id).anomalies.isEmpty)
        }
        #expect(Set(try await client.instances().map(\.id)) == Set(twins))
    }
}
