import Sayiir
import SayiirPostgres
import TestSupport
import Testing

/// What a user of PostgreSQL meets at the edge: which code runs, unserved instances, cancellation, replacement.
@Suite struct PostgresEdgeTests {
    private struct Cancelled: Error {}

    /// A workflow whose first call sleeps until it is cancelled, and then throws an error of its own.
    private func sleeping(_ calls: Calls) throws -> Workflow<Int, Int> {
        try Flow("sleeping", input: Int.self).then("a") { (value: Int) in
            calls.note("a")
            guard calls.count("a") == 1 else { return value + 1 }
            try? await Task.sleep(for: .seconds(3600))
            throw Cancelled()
        }.build()
    }

    @Test("Workers that serve different workflows with the same definition each run their own instances")
    func sameDefinition() async throws {
        let options = TestStore.options()
        let mail = try Flow("mail", input: String.self).then("send") { (to: String) in "MAIL to \(to)" }.build()
        let sms = try Flow("sms", input: String.self).then("send") { (to: String) in "SMS to \(to)" }.build()
        let engines = [try await worker("one", options, mail), try await worker("two", options, sms)]
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        try await serving(engines) {
            for number in 0..<10 {
                try await client.submit(mail, id: InstanceID("m\(number)"), input: "eva")
                try await client.submit(sms, id: InstanceID("s\(number)"), input: "max")
            }
            for number in 0..<10 {
                let (m, s) = (InstanceID("m\(number)"), InstanceID("s\(number)"))
                #expect(try await client.waitForCompletion(of: m, as: mail).output == "MAIL to eva")
                #expect(try await client.waitForCompletion(of: s, as: sms).output == "SMS to max")
            }
        }
    }

    @Test(
        "Unserved instances are listed for clients of other processes, and are cancelled and paused without their definition"
    )
    func unserved() async throws {
        let options = TestStore.options()
        let old = try Flow("order", input: Int.self).waitForSignal("go", of: Int.self).build()
        let new = try Flow("order", input: Int.self).then(adding(1, "a")).waitForSignal("go", of: Int.self).build()
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        for id: InstanceID in ["a", "b"] { try await client.submit(old, id: id, input: 1) }
        let engine = try await worker("new", options, new)
        try await serving([engine]) {
            try await client.submit(new, id: "c", input: 1)
            try await waitUntil { try await client.status(of: "c").name == "awaiting_signal" }
            try await waitUntil { try await Set(client.unserved().map(\.id)) == ["a", "b"] }
            try await waitUntil { await engine.health().unservedCount == 2 }
            #expect(try await client.signal("go", to: "a", payload: 1).isServed == false)
            #expect(try await client.signal("go", to: "c", payload: 1).isServed == true)
            let receipt = try await client.cancel("a", reason: "gone")
            #expect(receipt.status.name == "cancelled")
            #expect(try await client.waitForCompletion(of: "a", as: old).request?.reason == "gone")
            #expect(try await client.pause("b").status.name == "paused")
            #expect(await engine.health().isReady)
        }
    }

    @Test(
        "A request to cancel reaches running code by hand and under a service, and ends as cancelled",
        arguments: [true, false])
    func cancelReachesCode(underService: Bool) async throws {
        let options = TestStore.options()
        let calls = Calls()
        let workflow = try sleeping(calls)
        let engine = try await worker("worker", options, workflow)
        // Another process.
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        func cancel() async throws {
            try await waitUntil { calls.count("a") == 1 }
            try await client.cancel("i", by: "ops", reason: "enough")
        }
        if underService {
            try await serving([engine]) {
                try await client.submit(workflow, id: "i", input: 1)
                try await cancel()
                let status = try await client.waitForCompletion(of: "i", as: workflow)
                #expect(status.isCancelled && status.request?.reason == "enough", "\(status)")
            }
        } else {
            let run = Task { try await engine.run(workflow, id: "i", input: 1) }
            try await cancel()
            #expect(try await run.value.request?.reason == "enough")
        }
    }

    @Test("A cancelled caller and a cancelled service interrupt what runs, whatever it throws, and it completes later")
    func interrupted() async throws {
        let options = TestStore.options()
        let calls = Calls()
        let workflow = try sleeping(calls)
        let engine = try await worker("worker", options, workflow)
        let run = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("a") == 1 }
        run.cancel()
        guard case .failure(WorkflowError.interrupted("i")) = await run.result else {
            Issue.record("\(await run.result)")
            return
        }
        #expect(try await engine.client.status(of: "i") == .inProgress)
        try await serving([engine]) {
            let status = try await engine.client.waitForCompletion(of: "i", as: workflow)
            #expect(status.output == 2)
        }
    }

    @Test("submit with terminateExisting begins the new run at once, from another process as well")
    func terminateExisting() async throws {
        let options = TestStore.options()
        let (calls, gate) = (Calls(), Calls())
        let workflow = try Flow("f", input: Int.self).then("a") { (value: Int) in
            calls.note("a\(value)")
            if value == 1 { await waitIgnoringCancellation { gate.count("open") > 0 } }
            return value
        }.build()
        let engine = try await worker("worker", options, workflow)
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        try await serving([engine]) {
            try await client.submit(workflow, id: "i", input: 1)
            try await waitUntil { calls.count("a1") == 1 }
            try await client.submit(workflow, id: "i", input: 2, onConflict: .terminateExisting)
            #expect(try await client.waitForCompletion(of: "i", as: workflow).output == 2)
            gate.note("open")
        }
        #expect(try await client.state(of: "i").anomalies.isEmpty)
    }
}
