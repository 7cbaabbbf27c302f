import Sayiir
import SayiirEvents
import SayiirPostgres
import TestSupport
import Testing

private struct Before: Codable, Sendable { var id: Int }
private struct After: Codable, Sendable { var id: Int; var currency: String }

@Suite("What workers on one PostgreSQL say of instances that need attention")
struct PostgresAttentionTests {
    private func waiting(_ name: String) throws -> Workflow<Int, Int> {
        try Flow(name, input: Int.self).waitForSignal("go", of: Int.self).build()
    }

    private func order<Order: Codable & Sendable>(_ type: Order.Type) throws -> Workflow<Order, Int> {
        try Flow("order", input: Order.self).then("price") { (_: Order) in 5 }.then(adding(1, "tax")).build()
    }

    @Test("A worker notices that the only one to serve a workflow has ended, and counts its instances as unserved")
    func othersEnd() async throws {
        let options = TestStore.options()
        let (old, new) = (try waiting("old"), try waiting("new"))
        let (one, two) = (try await worker("one", options, old), try await worker("two", options, new))
        try await serving([two]) {
            try await serving([one]) {
                try await one.client.submit(old, id: "i", input: 1)
                try await waitUntil { try await one.client.status(of: "i").name == "awaiting_signal" }
                // Long enough for the other one to count.
                try await Task.sleep(for: .seconds(2))
                #expect(await two.health().unservedCount == 0)
            }
            try await within(seconds: 60) { await two.health().unservedCount == 1 }
            #expect(try await two.client.cancel("i").status.name == "cancelled")
            try await within(seconds: 60) { await two.health().unservedCount == 0 }
        }
    }

    @Test("Two workers of the same definition and other names run their own instances alone")
    func sameDefinition() async throws {
        let options = TestStore.options()
        let calls = Calls()
        func flow(_ name: String) throws -> Workflow<Int, String> {
            try Flow(name, input: Int.self).then("send") { (value: Int) in
                calls.note(name)
                return "\(name) \(value)"
            }.build()
        }
        let (mail, post) = (try flow("mail"), try flow("post"))
        let (one, two) = (try await worker("one", options, mail), try await worker("two", options, post))
        try await serving([one, two]) {
            for number in 0..<20 {
                try await one.client.submit(mail, id: "m\(number)", input: number)
                try await one.client.submit(post, id: "p\(number)", input: number)
            }
            for number in 0..<20 {
                #expect(try await two.client.waitForCompletion(of: "m\(number)", as: mail).output == "mail \(number)")
                #expect(try await two.client.waitForCompletion(of: "p\(number)", as: post).output == "post \(number)")
            }
        }
        #expect(calls.count("mail") == 20 && calls.count("post") == 20)
    }

    @Test("A stuck instance is completed by another worker that can decode, and stuck no more for the first")
    func stuckElsewhere() async throws {
        let options = TestStore.options()
        let (good, bad) = (try order(Before.self), try order(After.self))
        let one = try await worker("one", options, bad)
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        try await serving([one]) {
            try await client.submit(good, id: "i", input: Before(id: 1))
            try await waitUntil { await one.health().stuckCount == 1 }
            let hand = Engine(backend: try await TestStore.connect(options))
            // The service may not have let go of it yet.
            try await waitUntil {
                try await hand.run(good, id: "i", input: Before(id: 1), onConflict: .resume).output == 6
            }
            try await within(seconds: 60) { await one.health().stuckCount == 0 }
        }
    }

    @Test("A request to cancel that a dead worker's lease held up is applied by a worker that does not serve it")
    func cancelOfDeadWorker() async throws {
        var options = TestStore.options()
        options.leaseDuration = .seconds(2)
        let (old, new) = (try waiting("old"), try waiting("new"))
        let one = Engine(backend: try await TestStore.connect(options))
        _ = try await one.run(old, id: "i", input: 1)
        // A worker that has died: its lease is renewed no more.
        let dead = try await TestStore.connect(options)
        _ = try await dead.acquireLease(on: "i", by: "dead", takingOver: false)
        dead.close()
        let two = try await worker("two", options, new)
        try await serving([two]) {
            _ = try await two.client.cancel("i", reason: "gone")
            try await within(seconds: 60) { try await two.client.status(of: "i").name == "cancelled" }
        }
    }

    @Test("Replacing an instance by hand while others signal, cancel and pause it never loses the lease to nobody")
    func replacedUnderSignals() async throws {
        let options = TestStore.options()
        let workflow = try Flow("w", input: Int.self).waitForSignal("go", of: Int.self).build()
        let next = try Flow("next", input: Int.self).then("a") { (value: Int) in
            try await Task.sleep(for: .milliseconds(10))
            return value + 1
        }.build()
        let engine = Engine(backend: try await TestStore.connect(options))
        let other = WorkflowClient(backend: try await TestStore.connect(options))
        for round in 0..<40 {
            let id = InstanceID("i\(round)")
            _ = try await engine.run(workflow, id: id, input: 1)
            let noise = Task {
                for number in 0..<6 { _ = try? await other.signal("x", to: id, payload: number) }
            }
            let status = try await engine.run(next, id: id, input: 1, onConflict: .terminateExisting)
            #expect(status.output == 2, "\(status)")
            await noise.value
        }
    }

    @Test("Storms of replacements from two processes leave every instance able to end")
    func storm() async throws {
        let options = TestStore.options()
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then("a") { (value: Int) in
            if value == 0 { await waitIgnoringCancellation { calls.count("open") > 0 } }
            return value
        }.waitForSignal("go", of: Int.self).build()
        let last = try Flow("last", input: Int.self).then(adding(7, "z")).build()
        let (one, two) = (try await worker("one", options, workflow), try await worker("two", options, workflow))
        try one.register(last)
        try two.register(last)
        try await serving([one, two]) {
            for round in 0..<8 {
                let id = InstanceID("i\(round)")
                try await one.client.submit(workflow, id: id, input: 0)
                await withTaskGroup(of: Void.self) { group in
                    for caller in 0..<10 {
                        let engine = caller % 2 == 0 ? one : two
                        group.addTask {
                            switch caller % 5 {
                            case 0, 1:
                                _ = try? await engine.client.submit(
                                    workflow, id: id, input: caller % 3, onConflict: .terminateExisting)
                            case 2: _ = try? await engine.client.cancel(id)
                            case 3: _ = try? await engine.client.signal("go", to: id, payload: 1)
                            default:
                                _ = try? await engine.client.pause(id)
                                _ = try? await engine.client.unpause(id)
                            }
                        }
                    }
                }
                try await two.client.submit(last, id: id, input: round, onConflict: .terminateExisting)
                let status = try await one.client.waitForCompletion(of: id, as: last)
                #expect(status.output == round + 7)
                #expect(try await one.client.state(of: id).anomalies.isEmpty)
            }
            calls.note("open")
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
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
