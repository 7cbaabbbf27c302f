import Sayiir
import SayiirTesting
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing

/// The stream of an instance's events: when it waits, when it ends, and what that costs.
@Suite struct EventStreamTests {
    enum Kind: CaseIterable, Sendable {
        case memory, log

        func open() async throws -> any Backend {
            switch self {
            case .memory: InMemoryBackend()
            case .log: try await openLog(InMemoryFileSystem())
            }
        }
    }

    private func engine(_ kind: Kind) async throws -> (Engine, CountingBackend) {
        let backend = CountingBackend(inner: try await kind.open())
        return (Engine(backend: backend, options: .testing), backend)
    }

    private func workflow() throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then(adding(1, "a")).waitForSignal("s", of: Int.self).build()
    }

    /// Reads a stream to its end.
    private func kinds(_ events: InstanceEvents) async throws -> [String] {
        var kinds: [String] = []
        for try await recorded in events { kinds.append(recorded.event.body.kindName) }
        return kinds
    }

    @Test("After the last event of a run that has ended the stream ends at once", arguments: Kind.allCases)
    func ended(_ kind: Kind) async throws {
        let (engine, backend) = try await engine(kind)
        let workflow = try workflow()
        try await engine.client.signal("s", to: "i", payload: 1)
        _ = try await engine.run(workflow, id: "i", input: 1)
        let last = try #require(try await engine.client.history(of: "i").last?.sequence)
        let before = backend.counts.value
        #expect(try await kinds(engine.client.events(of: "i", after: last)).isEmpty)
        #expect(try await kinds(engine.client.events(of: "i", after: last + 1000)).isEmpty)
        #expect(try await kinds(engine.client.events(of: "i", after: .max)).isEmpty)
        let after = backend.counts.value
        #expect(after.reads - before.reads <= 9 && after.waits == before.waits)
        // What comes after the end is told, and the stream ends all the same.
        try await engine.client.signal("s", to: "i", payload: 2)
        #expect(try await kinds(engine.client.events(of: "i", after: last)) == ["signal_received"])
    }

    @Test(
        "After the last event of a run that waits the stream waits, reads nothing, and goes on with the next event",
        arguments: Kind.allCases)
    func waiting(_ kind: Kind) async throws {
        let (engine, backend) = try await engine(kind)
        let workflow = try workflow()
        _ = try await engine.run(workflow, id: "i", input: 1)
        let last = try #require(try await engine.client.history(of: "i").last?.sequence)
        let before = backend.counts.value
        let told = Task { try await kinds(engine.client.events(of: "i", after: last)) }
        try await waitUntil { backend.counts.value.waits > before.waits }
        try await Task.sleep(for: .milliseconds(50))
        let idle = backend.counts.value
        #expect(idle.reads - before.reads <= 3 && idle.waits - before.waits == 1)
        try await engine.client.signal("s", to: "i", payload: 5)
        _ = try await engine.resume(workflow, id: "i")
        #expect(try await told.value == ["signal_received", "signal_consumed", "completed"])
    }

    @Test(
        "A stream whose known event lies beyond the end waits for the end of the run, without a read but at each change",
        arguments: Kind.allCases)
    func beyondTheEnd(_ kind: Kind) async throws {
        let (engine, backend) = try await engine(kind)
        let workflow = try workflow()
        _ = try await engine.run(workflow, id: "i", input: 1)
        let before = backend.counts.value
        let told = Task { try await kinds(engine.client.events(of: "i", after: 1_000_000)) }
        try await waitUntil { backend.counts.value.waits > before.waits }
        try await Task.sleep(for: .milliseconds(50))
        #expect(backend.counts.value.reads - before.reads <= 3)
        try await engine.client.signal("s", to: "i", payload: 5)
        _ = try await engine.resume(workflow, id: "i")
        #expect(try await told.value.isEmpty)
    }

    @Test(
        "The stream of an instance that does not exist yet waits until it does, also with a known event",
        arguments: Kind.allCases, [0, 1] as [UInt64])
    func notYet(_ kind: Kind, _ known: UInt64) async throws {
        let (engine, backend) = try await engine(kind)
        let workflow = try workflow()
        // Takes sequence 1.
        try await engine.client.signal("s", to: "other", payload: 1)
        let told = Task { try await kinds(engine.client.events(of: "i", after: known)) }
        try await waitUntil { backend.counts.value.waits > 0 }
        let idle = backend.counts.value
        try await Task.sleep(for: .milliseconds(50))
        // Signalling has read once.
        #expect(backend.counts.value.reads == idle.reads && idle.reads <= 4)
        try await engine.client.signal("s", to: "i", payload: 5)
        _ = try await engine.run(workflow, id: "i", input: 1)
        #expect(try await told.value.first == "signal_received")
        #expect(try await told.value.last == "completed")
    }

    @Test(
        "A run that is superseded does not end the stream: the one in its place follows, to its end",
        arguments: Kind.allCases)
    func superseded(_ kind: Kind) async throws {
        let (engine, backend) = try await engine(kind)
        let workflow = try workflow()
        _ = try await engine.run(workflow, id: "i", input: 1)
        let last = try #require(try await engine.client.history(of: "i").last?.sequence)
        let told = Task { try await kinds(engine.client.events(of: "i", after: last)) }
        try await waitUntil { backend.counts.value.waits > 0 }
        try await engine.client.submit(workflow, id: "i", input: 2, onConflict: .terminateExisting)
        try await engine.client.signal("s", to: "i", payload: 5)
        _ = try await engine.resume(workflow, id: "i")
        #expect(try await told.value.prefix(2) == ["superseded", "submitted"])
        #expect(try await told.value.last == "completed")
        // From an event of the first run on.
        let all = try await engine.client.history(of: "i")
        #expect(try await kinds(engine.client.events(of: "i", after: all[1].sequence)).count == all.count - 2)
    }

    @Test("A commit costs the stream one read")
    func readsPerCommit() async throws {
        let (engine, backend) = try await engine(.memory)
        let told = Task { try await kinds(engine.client.events(of: "i")) }
        try await waitUntil { backend.counts.value.waits == 1 }
        for number in 1...20 {
            try await engine.client.signal("s", to: "i", payload: number)
            try await waitUntil { backend.counts.value.waits == number + 1 }
        }
        #expect(backend.counts.value.histories == 21)
        told.cancel()
        #expect(try await told.value.count == 20)
    }

    @Test("The stream ends at a graceful shutdown, whether it waits or has not begun", arguments: Kind.allCases)
    func gracefulShutdown(_ kind: Kind) async throws {
        let (engine, backend) = try await engine(kind)
        let workflow = try workflow()
        _ = try await engine.run(workflow, id: "i", input: 1)
        let count = try await engine.client.history(of: "i").count
        try await testGracefulShutdown { trigger in
            let told = Task { try await kinds(engine.client.events(of: "i")) }
            try await waitUntil { backend.counts.value.waits > 0 }
            trigger.triggerGracefulShutdown()
            #expect(try await told.value.count == count)
            #expect(try await Task { try await kinds(engine.client.events(of: "i")) }.value.isEmpty)
        }
    }
}

/// A backend that counts what is asked of it.
private struct CountingBackend: Backend {
    struct Counts: Sendable {
        var states = 0
        var histories = 0
        var waits = 0

        var reads: Int { states + histories }
    }

    let inner: any Backend
    let counts = Atomically(Counts())

    func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        try await inner.append(events, lease: lease)
    }

    func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        try await inner.acquireLease(on: instance, by: executor, takingOver: takingOver)
    }

    func release(_ lease: Lease, leaving rest: InstanceRest?) async { await inner.release(lease, leaving: rest) }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        counts.change { $0.states += 1 }
        return try await inner.state(of: instance)
    }

    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent] {
        counts.change { $0.histories += 1 }
        return try await inner.history(of: instance, after: sequence)
    }

    func wakeUps() async -> AsyncStream<InstanceID> { await inner.wakeUps() }

    func announce(_ instance: InstanceID) async { await inner.announce(instance) }

    func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        counts.change { $0.waits += 1 }
        await inner.waitForChange(of: instance, after: revision)
    }

    func instances() async throws(BackendError) -> [InstanceSummary] { try await inner.instances() }
}
