import Sayiir
import SayiirEvents
import SayiirTesting
import TestSupport
import Testing

private struct Order1: Codable, Sendable { var id: Int }
private struct Order2: Codable, Sendable { var id: Int; var currency: String }

/// A stored value that does not decode is no verdict on the work (newcomer D4, D6; engine F17, F18).
@Suite struct StuckTests {
    /// The same definition with other types: what a deployment makes of it.
    private func flow<Order: Codable & Sendable>(_ type: Order.Type) throws -> Workflow<Order, Int> {
        try Flow("order", input: Order.self).then("price") { (_: Order) in 5 }.then(adding(1, "tax")).build()
    }

    @Test("An input that does not decode leaves the instance stuck, and another program completes it")
    func input() async throws {
        let engine = try await openEngine()
        try await engine.client.submit(try flow(Order1.self), id: "i", input: Order1(id: 1))
        let stuck = try await engine.resume(try flow(Order2.self), id: "i")
        guard case .stuck(let step, let value) = stuck.status else {
            Issue.record("\(stuck)")
            return
        }
        #expect(step == Step("price") && value.codec == "json" && value.expected == "Order2")
        #expect(value.reason.contains("'currency' is missing"))
        // Looking again records nothing more.
        let revision = try await engine.client.state(of: "i").revision
        #expect(try await engine.resume(try flow(Order2.self), id: "i").isStuck)
        #expect(try await engine.client.state(of: "i").revision == revision)
        #expect(try await engine.resume(try flow(Order1.self), id: "i").output == 6)
        #expect(try await engine.client.state(of: "i").anomalies.isEmpty)
    }

    @Test("The path to the place in the value is recorded")
    func path() async throws {
        let engine = try await openEngine()
        func flow<Item: Codable & Sendable>(_ type: Item.Type) throws -> Workflow<[String: [Item]], Int> {
            try Flow("f", input: [String: [Item]].self).then("count") { $0.count }.build()
        }
        try await engine.client.submit(try flow(Order1.self), id: "i", input: ["items": [Order1(id: 1)]])
        guard case .stuck(_, let value) = try await engine.resume(try flow(Order2.self), id: "i").status else {
            Issue.record("it is not stuck")
            return
        }
        #expect(value.path == "items.[0]", "\(value)")
    }

    @Test("A service shows a stuck instance, runs the others, and continues it after the right deployment")
    func service() async throws {
        let disk = InMemoryFileSystem()
        let first = try await openEngine(on: disk)
        try await first.client.submit(try flow(Order1.self), id: "i", input: Order1(id: 1))
        try await first.closeLog()
        let second = try await openEngine(on: disk)
        try second.register(try flow(Order2.self))
        try await serving(second) {
            try await waitUntil { await second.health().stuckCount == 1 }
            #expect(try await second.client.status(of: "i").name == "stuck")
            try await second.client.submit(try flow(Order2.self), id: "j", input: Order2(id: 1, currency: "EUR"))
            #expect(try await second.client.waitForCompletion(of: "j", as: try flow(Order2.self)).output == 6)
        }
        try await second.closeLog()
        let third = try await openEngine(on: disk)
        try third.register(try flow(Order1.self))
        try await serving(third) {
            let status = try await third.client.waitForCompletion(of: "i", as: try flow(Order1.self))
            #expect(status.output == 6)
        }
    }

    /// The nodes that read a stored value, each as a flow of `Value` that parks before it reads it again.
    private func flows<Value: Codable & Sendable>(
        _ type: Value.Type, _ value: Value
    ) throws -> [(name: String, workflow: Workflow<Int, Int>)] {
        let pause = Duration.seconds(0)
        return [
            (
                "task",
                try Flow("f", input: Int.self).then("make") { _ in value }.delay("d", pause)
                    .then("use") { (_: Value) in 1 }.build()
            ),
            (
                "map",
                try Flow("f", input: Int.self).then("make") { _ in [value] }.delay("d", pause)
                    .map { $0.then("use") { (_: Value) in 1 } }.then("sum") { (all: [Int]) in all.count }.build()
            ),
            (
                "loop",
                try Flow("f", input: Int.self).then("make") { _ in value }.loop(as: "l") { body in
                    body.then("turn") { (value: Value) in LoopResult.done(value) }.delay("d", pause)
                }.then("use") { (_: Value) in 1 }.build()
            ),
            (
                "join",
                try Flow("f", input: Int.self)
                    .fork(
                        Branch("a") { $0.then("make") { _ in value }.delay("d", pause) },
                        Branch("b") { $0.then("other") { $0 } }
                    ).join("use") { (_: Value, other: Int) in other }.build()
            ),
            (
                "join by name",
                try Flow("f", input: Int.self)
                    .fork(
                        Branch("a") { $0.then("make") { _ in value }.delay("d", pause) },
                        Branch("b") { $0.then("other") { $0 } }
                    ).join(byName: "use") { results in
                        _ = try results["a", as: Value.self]
                        return try results["b", as: Int.self]
                    }.build()
            ),
        ]
    }

    @Test("Every node that reads a stored value is stuck when it does not decode, and goes on when it does")
    func nodes() async throws {
        let (before, after) = (try flows(Order1.self, Order1(id: 1)), try flows(String.self, "x"))
        for (place, (name, workflow)) in before.enumerated() {
            let engine = try await openEngine()
            #expect(try await engine.run(workflow, id: "i", input: 1).status.name == "waiting", "\(name)")
            #expect(try await engine.resume(after[place].workflow, id: "i").isStuck, "\(name)")
            #expect(try await engine.resume(after[place].workflow, id: "i").isStuck, "\(name)")
            #expect(try await engine.resume(workflow, id: "i").output == 1, "\(name)")
        }
    }

    @Test("A signal that does not decode is rejected and kept, and the wait continues")
    func signal() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).waitForSignal("approve", of: Order1.self)
            .then("use") { (order: Order1) in order.id }.build()
        let lenient = try Flow("w", input: Int.self).waitForSignal("approve", of: String.self)
            .then("use") { (text: String) in text.count }.build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        try await engine.client.signal("approve", to: "i", payload: "yes")
        let status = try await engine.resume(workflow, id: "i")
        #expect(status.status.name == "awaiting_signal")
        let mailbox = try await engine.client.state(of: "i").mailbox
        #expect(mailbox.entries.first?.rejection?.expected == "Order1" && mailbox.count == 1)
        // A right one behind it is taken; the rejected one stays.
        try await engine.client.signal("approve", to: "i", payload: Order1(id: 7))
        #expect(try await engine.resume(workflow, id: "i").output == 7)
        #expect(try await engine.client.state(of: "i").mailbox.count == 1)

        _ = try await engine.run(workflow, id: "j", input: 1)
        try await engine.client.signal("approve", to: "j", payload: "yes")
        _ = try await engine.resume(workflow, id: "j")
        #expect(try await engine.resume(lenient, id: "j").output == 3)
        #expect(try await engine.client.state(of: "j").anomalies.isEmpty)
    }

    @Test("A signal to an unknown instance, an ended one, or of an unknown name is refused if it must exist")
    func mustExist() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self)
            .fork(
                Branch("x") { $0.waitForSignal("approve", of: Int.self) },
                Branch("y") { $0.waitForSignal("deny", of: Int.self, as: "no", timeout: .seconds(9)) }
            ).join("j") { (x: Int, y: Int) in x + y }.build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        let done = try Flow("done", input: Int.self).then(adding(1, "a")).build()
        _ = try await engine.run(done, id: "done", input: 1)
        let client = engine.client
        for (id, name, words) in [
            ("typo" as InstanceID, "approve", "not found"), ("done", "approve", "Cannot signal"),
            ("i", "aprove", "waits for 'approve', 'deny'"),
        ] {
            let error = await #expect(throws: WorkflowError.self) {
                try await client.signal(name, to: id, payload: 1, mustExist: true)
            }
            #expect(text(of: error).contains(words), "\(text(of: error))")
        }
        #expect(try await client.signal("deny", to: "i", payload: 1, mustExist: true).isRecorded)
    }

    @Test("A signal that must exist is found whatever the names of signals and branches look like")
    func mustExistUnderAnyName() async throws {
        let engine = try await openEngine()
        // The first two look the same, and the branches' names look like parts of a definition.
        let names = ["e\u{301}", "\u{E9}", "a=>b", "x:y;{}[],", "=>S", "", "\u{301}"]
        let branches = names.map { name in
            Branch<Int, Int>("\(name)=>S:\(name)") { $0.waitForSignal(name, of: Int.self, as: "node \(name)") }
        }
        let workflow = try Flow("w", input: Int.self).fork(branches).join("j") { $0.reduce(0, +) }.build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        for name in names {
            let receipt = try await engine.client.signal(name, to: "i", payload: 1, mustExist: true)
            #expect(receipt.isRecorded)
        }
        #expect(try await engine.resume(workflow, id: "i").output == names.count)
    }
}
