import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct CancelTests {
    /// `a`, `b`, `c`, where `b` waits for the gate to be opened.
    private func gated(_ calls: Calls, _ gate: Calls, fails: Bool = false) throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self)
            .then(adding(1, "a", calls))
            .then("b") { (value: Int) in
                calls.note("b")
                await waitIgnoringCancellation { gate.count("open") > 0 }
                if fails { throw TestError("broken") }
                return value + 1
            }
            .then(adding(1, "c", calls))
            .build()
    }

    @Test("CAN-03, CAN-12: the task under way ends and is stored, the next does not begin, and the history says where")
    func whileRunning() async throws {
        let (calls, gate) = (Calls(), Calls())
        let workflow = try gated(calls, gate)
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("b") == 1 }
        try await engine.client.cancel("i", by: "me", reason: "why")
        #expect(try await engine.client.status(of: "i") == .inProgress)
        gate.note("open")
        let status = try await running.value
        #expect(status.isCancelled && status.request?.actor == "me" && status.request?.reason == "why")
        #expect(calls.all == ["a", "b"])
        #expect(try await engine.client.result(of: Step("b"), in: "i", as: Int.self) == 3)
        #expect(try await engine.client.state(of: "i").interruptedStep == Step("c"))
        #expect(try await engine.client.state(of: "i").steps.openCount == 0)
    }

    @Test("CAN-11: a cancellation is looked for after the last task too")
    func duringLastTask() async throws {
        let (calls, gate) = (Calls(), Calls())
        let workflow = try Flow("w", input: Int.self).then("only") { (value: Int) in
            calls.note("only")
            await waitIgnoringCancellation { gate.count("open") > 0 }
            return value
        }.build()
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("only") == 1 }
        try await engine.client.cancel("i")
        gate.note("open")
        let status = try await running.value
        #expect(status.isCancelled && status.output == nil)
        #expect(try await engine.client.result(of: Step("only"), in: "i", as: Int.self) == 1)
    }

    @Test("CAN-02: cancelled before its first task, an instance never runs one")
    func beforeStart() async throws {
        let (calls, gate) = (Calls(), Calls())
        let workflow = try gated(calls, gate)
        let engine = try await openEngine()
        try await engine.client.submit(workflow, id: "i", input: 1)
        try await engine.client.cancel("i")
        #expect(try await engine.client.status(of: "i").name == "cancelled")
        #expect(try await engine.resume(workflow, id: "i").isCancelled)
        #expect(calls.all.isEmpty)
        // And it stays so.
        #expect(try await engine.resume(workflow, id: "i").isCancelled)
    }

    @Test("CAN-05: Whatever the task under way throws once the request has reached it, the instance is cancelled")
    func failureAfterRequest() async throws {
        let (calls, gate) = (Calls(), Calls())
        let workflow = try gated(calls, gate, fails: true)
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("b") == 1 }
        try await engine.client.cancel("i")
        gate.note("open")
        #expect(try await running.value.isCancelled)
        #expect(try await engine.client.state(of: "i").steps[Step("b")]?.failureCount == 0)
    }

    @Test(
        "CAN-06: what is unknown or has ended cannot be cancelled; what is cancelled stays so, for the reason that was applied"
    )
    func refusals() async throws {
        let (calls, gate) = (Calls(), Calls())
        gate.note("open")
        let engine = try await openEngine()
        let unknown = await #expect(throws: WorkflowError.self) { try await engine.client.cancel("nope") }
        #expect(unknown?.description.contains("not found: nope") == true)
        _ = try await engine.run(gated(calls, gate), id: "done", input: 1)
        let completed = await #expect(throws: WorkflowError.self) { try await engine.client.cancel("done") }
        #expect(completed?.description.contains("Cannot cancel workflow in state: Completed") == true)
        _ = try await engine.run(gated(calls, gate, fails: true), id: "bad", input: 1)
        let failed = await #expect(throws: WorkflowError.self) { try await engine.client.cancel("bad") }
        #expect(failed?.description.contains("Cannot cancel workflow in state: Failed") == true)
        let workflow = try gated(calls, gate)
        try await engine.client.submit(workflow, id: "off", input: 1)
        try await engine.client.cancel("off", reason: "first")
        #expect(try await engine.resume(workflow, id: "off").request?.reason == "first")
        try await engine.client.cancel("off", reason: "second")
        #expect(try await engine.client.status(of: "off", as: workflow).request?.reason == "first")
    }

    @Test(
        "CAN-07: of several pending requests to cancel the last one's actor and reason count; the same one again records nothing"
    )
    func lastRequest() async throws {
        let (calls, gate) = (Calls(), Calls())
        let engine = try await openEngine()
        let workflow = try gated(calls, gate)
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("b") == 1 }
        try await engine.client.cancel("i", by: "eva", reason: "first")
        try await engine.client.cancel("i", by: "max", reason: "second")
        try await engine.client.cancel("i", by: "max", reason: "second")
        try await engine.client.cancel("i", by: "max")
        try await engine.client.cancel("i", by: "max", reason: "last")
        gate.note("open")
        let status = try await running.value
        #expect(status.request?.actor == "max" && status.request?.reason == "last")
        let history = try await engine.client.history(of: "i").map(\.event)
        let requests = history.filter { $0.body.kindName.hasPrefix("cancel") }
        #expect(requests.map(\.reason) == ["first", "second", nil, "last", "last"])
        #expect(history.last?.body.kindName == "cancelled" && history.last?.actor == "max")
    }

    @Test("CAN-09: a paused instance that is cancelled is so once its pause is over")
    func whilePaused() async throws {
        let (calls, gate) = (Calls(), Calls())
        let workflow = try gated(calls, gate)
        let engine = try await openEngine()
        try await engine.client.submit(workflow, id: "i", input: 1)
        try await engine.client.pause("i")
        #expect(try await engine.resume(workflow, id: "i").isPaused)
        try await engine.client.cancel("i")
        #expect(try await engine.resume(workflow, id: "i").isPaused)
        try await engine.client.unpause("i")
        #expect(try await engine.resume(workflow, id: "i").isCancelled)
        #expect(calls.all.isEmpty)
    }

    @Test("CAN-10: a cancelled instance can be neither paused nor unpaused, and its id stays taken")
    func afterwards() async throws {
        let (calls, gate) = (Calls(), Calls())
        let workflow = try gated(calls, gate)
        let engine = try await openEngine()
        try await engine.client.submit(workflow, id: "i", input: 1)
        try await engine.client.cancel("i")
        _ = try await engine.resume(workflow, id: "i")
        let pause = await #expect(throws: WorkflowError.self) { try await engine.client.pause("i") }
        #expect(pause?.description.contains("Cannot pause workflow in state: Cancelled") == true)
        let unpause = await #expect(throws: WorkflowError.self) { try await engine.client.unpause("i") }
        #expect(unpause?.description.contains(#"not paused (current state: "Cancelled")"#) == true)
        await #expect(throws: WorkflowError.self) { try await engine.run(workflow, id: "i", input: 1) }
        #expect(try await engine.run(workflow, id: "i", input: 1, onConflict: .useExisting).isCancelled)
    }

    @Test("cancelling the calling task ends the run, and the instance can be resumed")
    func callingTask() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).then("b") { (value: Int) in
            calls.note("b")
            if calls.count("b") == 1 { try await Task.sleep(for: .seconds(3600)) }
            return value
        }.build()
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("b") == 1 }
        running.cancel()
        let error = await #expect(throws: WorkflowError.self) { try await running.value }
        #expect(error?.description.contains("Resume the instance to go on") == true)
        #expect(try await engine.client.status(of: "i") == .inProgress)
        #expect(try await engine.resume(workflow, id: "i").output == 2)
        #expect(calls.all == ["a", "b", "b"])
    }

    @Test("a task that ends although the calling task was cancelled is stored, and nothing begins after it")
    func drains() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then("deaf") { (value: Int) in
            calls.note("deaf")
            while calls.count("open") == 0 { await Task.yield() }
            return value + 1
        }.then(adding(1, "next", calls)).build()
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("deaf") == 1 }
        running.cancel()
        calls.note("open")
        await #expect(throws: WorkflowError.self) { try await running.value }
        #expect(calls.all == ["deaf", "open"])
        #expect(try await engine.resume(workflow, id: "i").output == 3)
        #expect(calls.count("deaf") == 1)
    }

    @Test("CAN-05: a task under way that fails with retries left is not tried again once somebody asked to cancel")
    func noMoreRetries() async throws {
        let (calls, gate) = (Calls(), Calls())
        let workflow = try Flow("w", input: Int.self).then("t", options: TaskOptions(retries: 5)) { (_: Int) -> Int in
            calls.note("t")
            try await waitUntil { gate.count("open") > 0 }
            throw TestError("broken")
        }.build()
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("t") == 1 }
        try await engine.client.cancel("i")
        gate.note("open")
        #expect(try await running.value.isCancelled)
        #expect(calls.count("t") == 1)
    }
}
