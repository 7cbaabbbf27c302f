import Sayiir
import SayiirEvents
import SayiirTesting
import TestSupport
import Testing

/// Ids whose texts are canonically equivalent name two instances, wherever they are.
@Suite struct IdentityTests {
    /// `String` calls these equal.
    private static let twins: [InstanceID] = ["caf\u{E9}", "cafe\u{301}"]

    private func check(_ engine: Engine, _ workflow: Workflow<Int, Int>) async throws {
        for (index, id) in Self.twins.enumerated() {
            #expect(try await engine.client.status(of: id, as: workflow).output == 10 * index + 1)
            let history = try await engine.client.history(of: id)
            #expect(history.map(\.event.revision) == Array(1...UInt64(history.count)))
            #expect(history.allSatisfy { $0.event.instance == id })
            #expect(try await engine.client.state(of: id).anomalies.isEmpty)
            let again = try await engine.run(workflow, id: id, input: 99, onConflict: .useExisting)
            #expect(again.output == 10 * index + 1)
        }
        let found = try await engine.client.instances().map(\.id).filter { $0.rawValue.hasPrefix("caf") }
        #expect(Set(found) == Set(Self.twins))
    }

    @Test("ID-02: Ids in two normal forms are two instances in memory")
    func inMemory() async throws {
        let engine = Engine(backend: InMemoryBackend(), options: .testing)
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        for (index, id) in Self.twins.enumerated() { _ = try await engine.run(workflow, id: id, input: 10 * index) }
        try await check(engine, workflow)
    }

    @Test("Ids in two normal forms are two instances in a log: live, sealed and reopened")
    func inLog() async throws {
        let disk = InMemoryFileSystem()
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).build()
        let engine = try await openEngine(on: disk)
        for (index, id) in Self.twins.enumerated() { _ = try await engine.run(workflow, id: id, input: 10 * index) }
        try await check(engine, workflow)
        // Enough other work for the segment to be sealed.
        let filler = try Flow("filler", input: String.self).then("a") { (text: String) in text }.build()
        var number = 0
        try await waitUntil {
            number += 1
            _ = try await engine.run(
                filler, id: "filler-\(number)", input: String(repeating: "\(number) ", count: 4000))
            return try disk.entries(ofDirectory: "jobs").contains { $0.hasSuffix(".sealed") }
        }
        try await check(engine, workflow)
        try await (engine.backend as? LogBackend)?.close()
        try await check(try await openEngine(on: disk), workflow)
        #expect(calls.all.count == 2)
    }

    @Test("Signals, delivery ids and names of steps in two normal forms are two, and reach their instance only")
    func signals() async throws {
        let disk = InMemoryFileSystem()
        let names = Self.twins.map(\.rawValue)
        let workflow = try Flow("w", input: Int.self)
            .then(adding(0, "t " + names[0])).then(adding(0, "t " + names[1]))
            .waitForSignal(names[1], of: Int.self).build()
        let engine = try await openEngine(on: disk)
        for id in Self.twins { _ = try await engine.run(workflow, id: id, input: 1) }
        let client = engine.client
        try await client.signal(names[0], to: Self.twins[0], payload: 5, deduplicationID: names[0])
        try await client.signal(names[1], to: Self.twins[0], payload: 6, deduplicationID: names[1])
        #expect(try await engine.resume(workflow, id: Self.twins[0]).output == 6)
        _ = try await engine.resume(workflow, id: Self.twins[1])
        #expect(try await client.state(of: Self.twins[1]).steps.openCount == 1)
        #expect(try await client.state(of: Self.twins[0]).mailbox.first(named: names[0]) != nil)
        try await (engine.backend as? LogBackend)?.close()
        let again = try await openEngine(on: disk)
        try await again.client.signal(names[1], to: Self.twins[1], payload: 7)
        #expect(try await again.resume(workflow, id: Self.twins[1]).output == 7)
        for id in Self.twins { #expect(try await again.client.state(of: id).anomalies.isEmpty) }
    }

    @Test("Branches and keys in two normal forms are two: no problem, each with its own result, after a crash too")
    func branches() async throws {
        let names = Self.twins.map(\.rawValue)
        let fork = try Flow("w", input: Int.self)
            .fork(
                Branch(names[0]) { $0.then(adding(names[0].utf8.count, "t0")) },
                Branch(names[1]) { $0.then(adding(names[1].utf8.count, "t1")) }
            )
            .join(byName: "join") { results in
                try names.map { try results[$0, as: Int.self] }
            }.build()
        let engine = try await openEngine()
        #expect(try await engine.run(fork, id: "fork", input: 0).output == names.map(\.utf8.count))
        for name in names {
            let route = try Flow("r", input: Int.self)
                .route(keys: names) { (_: Int) in name }
                .branch(names[0]) { $0.then("a") { (_: Int) in 0 } }
                .branch(names[1]) { $0.then("b") { (_: Int) in 1 } }
                .done().build()
            let id = InstanceID("route-\(name)")
            #expect(try await engine.run(route, id: id, input: 0).output?.result == (name.utf8.count == 5 ? 0 : 1))
        }
    }

    @Test("Tags in two normal forms are two: an executor that offers one does not run tasks that need the other")
    func tags() async throws {
        let tags = Self.twins.map(\.rawValue)
        let workflow = try Flow("w", input: Int.self).then("t", options: TaskOptions(tags: [tags[0]])) { (value: Int) in
            value
        }
        .build()
        for tag in tags {
            var options = EngineOptions.testing
            options.tags = [tag]
            let engine = Engine(backend: InMemoryBackend(), options: options)
            try engine.register(workflow)
            let service = Task { try await engine.run() }
            defer { service.cancel() }
            try await engine.client.submit(workflow, id: "i", input: 1)
            if tag.utf8.count == 5 {
                #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == 1)
            } else {
                try await Task.sleep(for: .milliseconds(200))
                #expect(try await engine.client.status(of: "i", as: workflow).isInProgress)
            }
        }
    }
}
