import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct ClientTests {
    private func workflow() throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then(adding(1, "a")).waitForSignal("s", of: Int.self).build()
    }

    @Test("events are told in order, those of the past and those to come, to the end of the run")
    func events() async throws {
        let engine = try await openEngine()
        let workflow = try workflow()
        let told = Task {
            var kinds: [String] = []
            for try await recorded in engine.client.events(of: "i") { kinds.append(recorded.event.body.kindName) }
            return kinds
        }
        _ = try await engine.run(workflow, id: "i", input: 1)
        try await engine.client.signal("s", to: "i", payload: 5)
        _ = try await engine.resume(workflow, id: "i")
        let kinds = [
            "submitted", "task_started", "task_checkpointed", "signal_awaited", "signal_received", "signal_consumed",
            "completed",
        ]
        #expect(try await told.value == kinds)
        // From the middle on.
        let history = try await engine.client.history(of: "i")
        var rest: [RecordedEvent] = []
        for try await recorded in engine.client.events(of: "i", after: history[3].sequence) { rest.append(recorded) }
        #expect(rest == Array(history[4...]))
    }

    @Test("who reads events or waits for the end stops when cancelled")
    func cancellation() async throws {
        let engine = try await openEngine()
        let workflow = try workflow()
        _ = try await engine.run(workflow, id: "i", input: 1)
        let reading = Task {
            var count = 0
            for try await _ in engine.client.events(of: "i") { count += 1 }
            return count
        }
        let waiting = Task { try await engine.client.waitForCompletion(of: "i", as: workflow) }
        reading.cancel()
        waiting.cancel()
        #expect(try await reading.value <= 4)
        await #expect(throws: WorkflowError.self) { try await waiting.value }
    }

    @Test("CON-07: a client submits, controls and reads without running anything")
    func separately() async throws {
        let backend = InMemoryBackend()
        let client = WorkflowClient(backend: backend)
        let workflow = try workflow()
        #expect(try await client.submit(workflow, id: "i", input: 1).isInProgress)
        await #expect(throws: WorkflowError.self) { try await client.submit(workflow, id: "i", input: 1) }
        try await client.signal("s", to: "i", payload: 3)
        #expect(try await client.history(of: "i").count == 2)
        #expect(try await client.instances().map(\.id) == ["i"])
        #expect(try await Engine(backend: backend).resume(workflow, id: "i").output == 3)
    }

    @Test("PRI-05: priorities other than 1 to 5 are refused")
    func priorities() async throws {
        let client = WorkflowClient(backend: InMemoryBackend())
        for priority in [0, 6, -1] {
            let error = await #expect(throws: WorkflowError.self) {
                try await client.submit(workflow(), id: "i", input: 1, priority: priority)
            }
            #expect(error?.description == "priority must be between 1 and 5, got \(priority)")
        }
        #expect(try await client.instances().isEmpty)
    }

    @Test("the one-line forms do what the engine and its client do")
    func oneLine() async throws {
        let backend = InMemoryBackend()
        let workflow = try workflow()
        #expect(try await runDurableWorkflow(workflow, id: "i", 1, backend: backend).status.name == "awaiting_signal")
        try await pauseWorkflow("i", backend: backend)
        #expect(try await resumeWorkflow(workflow, id: "i", backend: backend).isPaused)
        try await unpauseWorkflow("i", backend: backend)
        try await sendSignal("s", to: "i", payload: 2, backend: backend)
        #expect(try await resumeWorkflow(workflow, id: "i", backend: backend).output == 2)
        _ = try await runDurableWorkflow(workflow, id: "j", 1, backend: backend)
        try await cancelWorkflow("j", backend: backend, reason: "why", by: "me")
        #expect(try await resumeWorkflow(workflow, id: "j", backend: backend).request?.actor == "me")
        let plain = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        #expect(try await runWorkflow(plain, 1, id: "k", backend: backend) == 2)
        let error = await #expect(throws: WorkflowError.self) { try await runWorkflow(workflow, 1, id: "l") }
        #expect(error?.description.hasPrefix("Workflow did not complete (status=awaiting_signal)") == true)
    }
}
