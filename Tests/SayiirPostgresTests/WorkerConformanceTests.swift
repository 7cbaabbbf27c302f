import Sayiir
import SayiirEvents
import SayiirPostgres
import TestSupport
import Testing

@testable import class SayiirPostgres.PostgresConnection

/// What the original's workers do, or should: see `docs/CONFORMANCE.md`.
@Suite struct WorkerConformanceTests {
    @Test("WRK-02, WRK-03, WRK-04: failures, retries and forks end on a worker as they do by hand")
    func sameAsByHand() async throws {
        let calls = Calls()
        let options = TestStore.options()
        let policy = RetryPolicy(maxRetries: 2, initialDelay: .milliseconds(20))
        let fails = try Flow("fails", input: Int.self).then(failing(99, "once", retries: nil, calls)).build()
        let retried = try Flow("retried", input: Int.self).then(failing(99, "thrice", retries: policy, calls)).build()
        let forks = try Flow("forks", input: Int.self).then(adding(1, "a"))
            .fork(Branch(adding(19, "p")), Branch(adding(100, "q"))).join("j") { (p: Int, q: Int) in [p, q] }.build()
        let engine = try await worker("one", options, fails)
        try engine.register(retried)
        try engine.register(forks)
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        try await serving([engine]) {
            try await client.submit(fails, id: "f", input: 1)
            try await client.submit(retried, id: "r", input: 1)
            try await client.submit(forks, id: "k", input: 1)
            let texts = [
                try await client.waitForCompletion(of: "f", as: fails).error?.description,
                try await client.waitForCompletion(of: "r", as: retried).error?.description,
            ]
            #expect(texts == ["TestError: err1", "TestError: err3"])
            let joined = try await client.waitForCompletion(of: "k", as: forks).output
            #expect(joined == [21, 102])
        }
        #expect(calls.count("once") == 1 && calls.count("thrice") == 3)
    }

    @Test("WRK-07, SIG-19: a worker takes signals that come early, late, or last, and leaves others where they are")
    func signals() async throws {
        let options = TestStore.options()
        let workflow = try Flow("w", input: Int.self).waitForSignal("first", of: Int.self, as: "one")
            .waitForSignal("second", of: Int.self, as: "two").build()
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        try await client.signal("first", to: "w", payload: 1)
        try await client.signal("other", to: "w", payload: 9)
        try await serving([try await worker("one", options, workflow)]) {
            try await client.submit(workflow, id: "w", input: 0)
            try await waitUntil {
                if case .awaitingSignal(let step, _, _) = try await client.status(of: "w") {
                    step == Step("two")
                } else {
                    false
                }
            }
            let early: Int? = try await client.result(of: Step("one"), in: "w")
            #expect(early == 1)
            try await client.signal("second", to: "w", payload: 2)
            let output = try await client.waitForCompletion(of: "w", as: workflow).output
            #expect(output == 2)
        }
        #expect(try await client.state(of: "w").mailbox.entries.map(\.signal) == ["other"])
    }

    @Test("RETRY-11: when a retry is due is stored, and no worker is offered it before, also if the first one is gone")
    func retries() async throws {
        let calls = Calls()
        let options = TestStore.options()
        let policy = RetryPolicy(maxRetries: 1, initialDelay: .milliseconds(500))
        let workflow = try Flow("w", input: Int.self).then(failing(1, "a", retries: policy, calls)).build()
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        try await serving([try await worker("one", options, workflow)]) {
            try await client.submit(workflow, id: "w", input: 1)
            try await waitUntil {
                try await client.history(of: "w").contains {
                    if case .retryScheduled = $0.event.body { true } else { false }
                }
            }
        }
        try await serving([try await worker("two", options, workflow)]) {
            let output = try await client.waitForCompletion(of: "w", as: workflow).output
            #expect(output == 1)
        }
        let events = try await client.history(of: "w").map(\.event)
        let due = events.compactMap { if case .retryScheduled(let body) = $0.body { body.wakeAt } else { nil } }.first
        let second = events.compactMap { event -> Timestamp? in
            if case .taskStarted(let body) = event.body, body.attempt == 2 { event.time } else { nil }
        }.first
        #expect(try #require(second) >= #require(due))
    }

    @Test("TO-09: a task that takes too long on a worker times out there")
    func timeouts() async throws {
        let options = TestStore.options()
        let slow = DurableTask("slow", timeout: .milliseconds(50)) { (value: Int) in
            try await Task.sleep(for: .seconds(3600))
            return value
        }
        let workflow = try Flow("w", input: Int.self).then(slow).build()
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        try await serving([try await worker("one", options, workflow)]) {
            try await client.submit(workflow, id: "w", input: 1)
            let error = try await client.waitForCompletion(of: "w", as: workflow).error
            #expect(error?.description.contains("timed out after") == true)
        }
    }

    @Test(
        "CAN-15, PAU-10: what is asked before a worker comes, or of what waits, takes effect; a pause ends with another word"
    )
    func requests() async throws {
        let calls = Calls()
        let options = TestStore.options()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).waitForSignal("go", of: Int.self)
            .build()
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        for id in ["early", "paused"] as [InstanceID] { try await client.submit(workflow, id: id, input: 1) }
        try await client.cancel("early")
        try await client.pause("paused")
        try await serving([try await worker("one", options, workflow)]) {
            try await waitUntil { try await client.state(of: "early").phase == .cancelled }
            try await waitUntil { try await client.state(of: "paused").phase == .paused }
            #expect(calls.all == [])
            try await client.unpause("paused")
            try await waitUntil {
                if case .awaitingSignal = try await client.status(of: "paused") { true } else { false }
            }
            try await client.cancel("paused")
            try await waitUntil { try await client.state(of: "paused").phase == .cancelled }
        }
        #expect(calls.all == ["a"])
    }

    @Test(
        "CLM-01, CLM-02, CLM-03, CLM-04: a claim is exclusive, ends with its time or its release, and nobody else ends it"
    )
    func claims() async throws {
        var options = TestStore.options()
        options.leaseDuration = .milliseconds(600)
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        let first = try await TestStore.connect(options)
        let second = try await TestStore.connect(options)
        try await WorkflowClient(backend: first).submit(workflow, id: "w", input: 1)
        func claim(_ backend: PostgresBackend, _ name: String) async throws -> [Lease] {
            try await backend.claim(
                WorkClaim(
                    executor: name, limit: 5,
                    workflows: [ServedWorkflow(name: workflow.name, definition: workflow.definitionHash)], tags: nil))
        }
        let lease = try #require(try await claim(first, "one").first)
        #expect(try await claim(second, "two") == [])
        await second.release(Lease(instance: "w", executor: "two", epoch: lease.epoch))
        #expect(try await claim(second, "two") == [])
        await first.release(lease)
        let again = try #require(try await claim(first, "one").first)
        #expect(again.epoch > lease.epoch)
        // It is renewed from now on, not from its end: so it lasts, and ends soon after its holder is gone.
        try await Task.sleep(for: .milliseconds(1200))
        #expect(try await claim(second, "two") == [])
        first.close()
        let start = ContinuousClock.now
        var taken: [Lease] = []
        while taken.isEmpty { taken = try await claim(second, "two") }
        #expect(taken.first?.executor == "two" && ContinuousClock.now - start < .seconds(5))
    }

    @Test("CLM-06: a worker whose lease is somebody else's stops at the next heartbeat, and commits nothing")
    func heartbeat() async throws {
        let calls = Calls()
        var options = TestStore.options()
        options.leaseDuration = .milliseconds(400)
        let workflow = try Flow("w", input: Int.self).then("a") { (value: Int) in
            calls.note("begun")
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                calls.note("stopped")
            }
            return value
        }.build()
        let other = try await TestStore.connect(options)
        try await WorkflowClient(backend: other).submit(workflow, id: "w", input: 1)
        try await serving([try await worker("one", options, workflow)]) {
            try await waitUntil { calls.count("begun") == 1 }
            let lease = try await other.acquireLease(on: "w", by: "two", takingOver: true)
            try await waitUntil { calls.count("stopped") == 1 }
            try await Task.sleep(for: .milliseconds(100))
            let last = try await other.history(of: "w").last?.event.body.kind
            #expect(last == .taskStarted)
            // For this worker it is nobody's from here on.
            await other.release(lease, leaving: InstanceRest(revision: 2, due: nil))
        }
    }

    @Test("CLM-09, STO-06: workers are told of what a client did, and a word about what has ended gives nothing")
    func hints() async throws {
        let options = TestStore.options()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        let (one, two) = (try await TestStore.connect(options), try await TestStore.connect(options))
        let wakeUps = await two.wakeUps()
        let engine = Engine(backend: one)
        _ = try await engine.run(workflow, id: "done", input: 1)
        try await engine.client.submit(workflow, id: "new", input: 1)
        _ = await wakeUps.first { $0 == "new" }
        await one.announce("done")
        _ = await wakeUps.first { $0 == "done" }
        let claimed = try await two.claim(
            WorkClaim(
                executor: "two", limit: 5,
                workflows: [ServedWorkflow(name: workflow.name, definition: workflow.definitionHash)], tags: nil))
        #expect(claimed.map(\.instance) == ["new"])
    }

    @Test("STO-07: a server older than version 13, or without UTF-8, is refused")
    func oldServers() {
        #expect(PostgresConnection.unsuitable(version: 120_022, encoding: "UTF8") == "it is version 12")
        #expect(PostgresConnection.unsuitable(version: 130_000, encoding: "UTF8") == nil)
        #expect(
            PostgresConnection.unsuitable(version: 150_000, encoding: "LATIN1") == "its database's encoding is LATIN1")
    }
}
