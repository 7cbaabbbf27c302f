import Sayiir
import SayiirEvents
import SayiirLog
import SayiirTesting
import TestSupport
import Testing

private struct Before: Codable, Sendable { var id: Int }
private struct After: Codable, Sendable { var id: Int; var currency: String }

/// What a service says of instances that need an operator's attention, and when it takes them up again.
@Suite struct AttentionTests {
    private func waiting(_ name: String) throws -> Workflow<Int, Int> {
        try Flow(name, input: Int.self).waitForSignal("go", of: Int.self).build()
    }

    private func order<Order: Codable & Sendable>(_ type: Order.Type) throws -> Workflow<Order, Int> {
        try Flow("order", input: Order.self).then("price") { (_: Order) in 5 }.then(adding(1, "tax")).build()
    }

    /// Leaves a backend as a service left it: in the same process, or behind a snapshot.
    private func handOver(
        inMemory: Bool, _ first: (Engine) async throws -> Void
    ) async throws -> Engine {
        if inMemory {
            let backend = InMemoryBackend()
            try await first(Engine(backend: backend))
            return Engine(backend: backend)
        }
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        try await first(engine)
        try await (engine.backend as? LogBackend)?.takeSnapshot()
        try await engine.closeLog()
        return try await openEngine(on: disk)
    }

    private func isAtRest(_ id: InstanceID, _ backend: any Backend, _ workflow: ServedWorkflow) async throws -> Bool {
        try await backend.waitingInstances(of: [workflow]).contains { $0.id == id && $0.isAtRest }
    }

    @Test(
        "Instances of a workflow that was renamed are counted as unserved, though they wait", arguments: [true, false])
    func renamed(inMemory: Bool) async throws {
        let (old, new) = (try waiting("mail"), try waiting("post"))
        let engine = try await handOver(inMemory: inMemory) { first in
            try first.register(old)
            try await serving(first) {
                try await first.client.submit(old, id: "i", input: 1)
                let served = ServedWorkflow(name: "mail", definition: old.definitionHash)
                try await waitUntil { try await isAtRest("i", first.backend, served) }
            }
        }
        try engine.register(new)
        try await serving(engine) {
            try await within(seconds: 10) { await engine.health().unservedCount == 1 }
            #expect(try await engine.client.unserved().count == 1)
            try engine.register(old)
            try await engine.client.signal("go", to: "i", payload: 3)
            #expect(try await engine.client.waitForCompletion(of: "i", as: old).output == 3)
            try await within(seconds: 10) { await engine.health().unservedCount == 0 }
        }
    }

    @Test(
        "A stuck instance is counted at the next start, and taken up by a program that can decode",
        arguments: [true, false])
    func stuckAtRest(inMemory: Bool) async throws {
        let (good, bad) = (try order(Before.self), try order(After.self))
        let disk = InMemoryFileSystem()
        let backend = InMemoryBackend()
        func open() async throws -> Engine {
            inMemory ? Engine(backend: backend) : try await openEngine(on: disk)
        }
        func close(_ engine: Engine) async throws {
            try await (engine.backend as? LogBackend)?.takeSnapshot()
            try await engine.closeLog()
        }
        let first = try await open()
        try await first.client.submit(good, id: "i", input: Before(id: 1))
        try first.register(bad)
        try await serving(first) { try await waitUntil { await first.health().stuckCount == 1 } }
        try await close(first)
        let second = try await open()
        try second.register(bad)
        try await serving(second) { try await within(seconds: 10) { await second.health().stuckCount == 1 } }
        try await close(second)
        let third = try await open()
        try third.register(good)
        try await serving(third) {
            try await within(seconds: 10) { try await third.client.status(of: "i").name == "completed" }
            #expect(await third.health().stuckCount == 0)
        }
    }

    @Test("A rejected signal is taken after the right deployment, though its instance waits", arguments: [true, false])
    func rejectedAtRest(inMemory: Bool) async throws {
        let bad = try Flow("w", input: Int.self).waitForSignal("go", of: Int.self).build()
        let good = try Flow("w", input: Int.self).waitForSignal("go", of: String.self).build()
        let engine = try await handOver(inMemory: inMemory) { first in
            try first.register(bad)
            try await serving(first) {
                try await first.client.submit(bad, id: "i", input: 1)
                try await first.client.signal("go", to: "i", payload: "text")
                try await waitUntil { try await first.client.state(of: "i").mailbox.entries.first?.rejection != nil }
                let served = ServedWorkflow(name: "w", definition: bad.definitionHash)
                try await waitUntil { try await first.client.status(of: "i").name == "awaiting_signal" }
                _ = try await isAtRest("i", first.backend, served)
            }
        }
        try engine.register(good)
        try await serving(engine) {
            try await within(seconds: 10) { try await engine.client.status(of: "i").name == "completed" }
        }
    }

    @Test("A stuck instance that another engine completes is stuck no more")
    func resumedElsewhere() async throws {
        let (good, bad) = (try order(Before.self), try order(After.self))
        let backend = InMemoryBackend()
        let (serves, runs) = (Engine(backend: backend), Engine(backend: backend))
        try serves.register(bad)
        try await serving(serves) {
            try await serves.client.submit(good, id: "i", input: Before(id: 1))
            try await waitUntil { await serves.health().stuckCount == 1 }
            // The service may not have let go of it yet.
            try await waitUntil {
                try await runs.run(good, id: "i", input: Before(id: 1), onConflict: .resume).output == 6
            }
            try await within(seconds: 20) { await serves.health().stuckCount == 0 }
        }
    }

    @Test("Counts fall as soon as unserved and stuck instances are cancelled", arguments: [true, false])
    func cancelled(inMemory: Bool) async throws {
        let (old, good, bad) = (try waiting("old"), try order(Before.self), try order(After.self))
        let engine = inMemory ? Engine(backend: InMemoryBackend()) : try await openEngine()
        try engine.register(bad)
        try await serving(engine) {
            for number in 0..<20 {
                try await engine.client.submit(old, id: "u\(number)", input: 1)
                try await engine.client.submit(good, id: "s\(number)", input: Before(id: 1))
            }
            try await waitUntil { await engine.health().stuckCount == 20 }
            try await waitUntil { await engine.health().unservedCount == 20 }
            for number in 0..<20 {
                // The service may not have let go of it yet.
                for id in ["u\(number)", "s\(number)"] as [InstanceID] {
                    try await engine.client.cancel(id)
                    try await waitUntil { try await engine.client.status(of: id).name == "cancelled" }
                }
            }
            try await within(seconds: 20) { await engine.health().stuckCount == 0 }
            try await within(seconds: 20) { await engine.health().unservedCount == 0 }
        }
    }

    @Test("Unserved instances that come one after another do not give a line each")
    func fewLines() async throws {
        let old = try waiting("old")
        let lines = LogLines()
        var options = EngineOptions()
        options.logger = lines.logger
        let engine = Engine(backend: InMemoryBackend(), options: options)
        try await serving(engine) {
            for number in 1...8 {
                try await engine.client.submit(old, id: "i\(number)", input: 1)
                try await waitUntil { await engine.health().unservedCount == number }
                // Longer than the service takes to look again.
                try await Task.sleep(for: .milliseconds(700))
            }
        }
        // One, two, four, eight.
        let told = lines.lines.filter { $0.contains("unserved") }
        #expect((1...4).contains(told.count), "\(told)")
    }

    @Test("Stuck instances are logged once, not at each look")
    func stuckLines() async throws {
        let (good, bad) = (try order(Before.self), try order(After.self))
        let lines = LogLines()
        var options = EngineOptions()
        options.logger = lines.logger
        let engine = Engine(backend: InMemoryBackend(), options: options)
        try engine.register(bad)
        try await serving(engine) {
            try await engine.client.submit(good, id: "i", input: Before(id: 1))
            try await waitUntil { await engine.health().stuckCount == 1 }
            for number in 0..<5 {
                try await engine.client.signal("any", to: "i", payload: number)
                try await Task.sleep(for: .milliseconds(30))
            }
        }
        #expect(lines.lines.count { $0.contains("an instance is stuck") } == 1, "\(lines.lines)")
    }

    @Test("Two engines of one name on one backend serve what either of them serves, and one of them ends alone")
    func sameName() async throws {
        let backend = InMemoryBackend()
        let (mail, post) = (try waiting("mail"), try waiting("post"))
        let (one, two) = (Engine(backend: backend), Engine(backend: backend))
        try one.register(mail)
        try two.register(post)
        try await serving(one) {
            try await waitUntil { try await backend.servedWorkflows()?.count == 1 }
            try await serving(two) {
                try await within(seconds: 10) { try await backend.servedWorkflows()?.count == 2 }
                try await one.client.submit(mail, id: "m", input: 1)
                #expect(try await one.client.signal("go", to: "m", payload: 1).isServed == true)
            }
            #expect(try await backend.servedWorkflows()?.map(\.name) == ["mail"])
        }
        #expect(try await backend.servedWorkflows() == nil)
    }

    @Test("A service that runs twice is running until both have ended")
    func runsTwice() async throws {
        let engine = Engine(backend: InMemoryBackend())
        let workflow = try waiting("w")
        try engine.register(workflow)
        try await serving(engine) {
            try await serving(engine) { try await waitUntil { await engine.health().isServiceRunning } }
            #expect(await engine.health().isServiceRunning)
            try await engine.client.submit(workflow, id: "i", input: 1)
            #expect(try await engine.client.signal("go", to: "i", payload: 1).isServed == true)
        }
        #expect(await engine.health().isServiceRunning == false)
    }

    @Test("Health tells of a closed log, a failed disk and a stopped service")
    func health() async throws {
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        #expect(await engine.health().isStoreOpen)
        #expect(await engine.health().isReady == false)
        try await serving(engine) {
            try await waitUntil { await engine.health().isReady }
        }
        #expect(await engine.health().isReady == false)
        try await engine.closeLog()
        let closed = await engine.health()
        #expect(!closed.isStoreOpen && closed.storageFailure != nil)
    }

    @Test("A failure of storage is over when the instance that it concerned has ended otherwise")
    func passedFailure() async throws {
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        let backend = RefusingBackend(inner: InMemoryBackend())
        let engine = Engine(backend: backend)
        try engine.register(workflow)
        let full = FileSystemError(operation: "write", path: "jobs", code: 28)
        backend.appendError.change {
            $0 = { events in
                let isStart = events.contains { if case .taskStarted = $0.body { true } else { false } }
                return isStart ? .log(.noSpace(directory: "jobs", neededBytes: 1, cause: full)) : nil
            }
        }
        try await serving(engine) {
            try await engine.client.submit(workflow, id: "i", input: 1)
            try await waitUntil { await engine.health().storageFailure != nil }
            #expect(await engine.health().isReady == false)
            try await engine.client.cancel("i")
            try await within(seconds: 20) { await engine.health().isReady }
        }
    }

    /// Waits until something has become true, but no longer than so many seconds.
    private func within(seconds: Int, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while !(try await condition()) {
            guard ContinuousClock.now < end else {
                Issue.record("not within \(seconds) seconds")
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
