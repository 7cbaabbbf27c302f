import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct StatusTests {
    @Test("STA-01, STA-02, STA-03: exactly one predicate is true, with the fields that belong to it")
    func predicates() async throws {
        let calls = Calls()
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).then(failing(1, "t", retries: nil, calls)).build()
        let failed = try await engine.run(workflow, id: "failed", input: 1)
        let completed = try await engine.run(workflow, id: "completed", input: 1)
        let submitted = try await engine.client.submit(workflow, id: "submitted", input: 1)
        try await engine.client.submit(workflow, id: "paused", input: 1)
        try await engine.client.pause("paused", by: "p", reason: "r")
        let paused = try await engine.resume(workflow, id: "paused")
        try await engine.client.submit(workflow, id: "cancelled", input: 1)
        try await engine.client.cancel("cancelled", by: "c", reason: "r")
        let cancelled = try await engine.resume(workflow, id: "cancelled")
        for status in [failed, completed, submitted, paused, cancelled] {
            let name = status.id.rawValue
            let trueOnes = [
                (status.isFailed, "failed"), (status.isCompleted, "completed"), (status.isInProgress, "submitted"),
                (status.isPaused, "paused"), (status.isCancelled, "cancelled"),
            ].filter(\.0).map(\.1)
            #expect(trueOnes == [name])
            #expect((status.output != nil) == (name == "completed"))
            #expect((status.error != nil) == (name == "failed"))
            #expect((status.request != nil) == ["paused", "cancelled"].contains(name))
            #expect(status.isEnded == ["failed", "completed", "cancelled"].contains(name))
        }
        #expect(paused.request?.actor == "p" && cancelled.request?.reason == "r")
        #expect(
            [failed, completed, submitted, paused, cancelled].map(\.status.name)
                == ["failed", "completed", "in_progress", "paused", "cancelled"])
        #expect(failed.description == "failed: failed (TestError: err1)")
        #expect(completed.description == "completed: completed")
    }

    @Test("an output that is an optional without a value is an output")
    func optionalOutput() async throws {
        let workflow = try Flow("w", input: Int.self).then("t") { (_: Int) in Int?.none }.build()
        #expect(try await runWorkflow(workflow, 1) == nil)
        let engine = try await openEngine()
        _ = try await engine.run(workflow, id: "i", input: 1)
        #expect(try await engine.resume(workflow, id: "i").requireOutput() == nil)
    }

    @Test("STA-05: the status can be asked without the workflow; of what is not there it is an error")
    func asking() async throws {
        let engine = try await openEngine()
        let error = await #expect(throws: WorkflowError.self) { try await engine.client.status(of: "nope") }
        #expect(error?.description.hasPrefix("Workflow instance not found: nope") == true)
        let workflow = try Flow("w", input: Int.self).waitForSignal("s", of: Int.self, as: "node").build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        #expect(
            try await engine.client.status(of: "i") == .awaitingSignal(step: Step("node"), signal: "s", deadline: nil))
    }

    @Test("CLI-01, CLI-02: what was submitted has not run; results are there as soon as their tasks are done")
    func results() async throws {
        let calls = Calls()
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).waitForSignal("s", of: Int.self)
            .then(adding(1, "b", calls)).build()
        #expect(try await engine.client.submit(workflow, id: "i", input: 1).isInProgress)
        #expect(calls.all.isEmpty)
        #expect(try await engine.client.result(of: Step("a"), in: "i", as: Int.self) == nil)
        _ = try await engine.resume(workflow, id: "i")
        try await engine.client.pause("i")
        #expect(try await engine.resume(workflow, id: "i").isPaused)
        #expect(try await engine.client.result(of: Step("a"), in: "i", as: Int.self) == 2)
        try await engine.client.cancel("i")
        try await engine.client.unpause("i")
        #expect(try await engine.resume(workflow, id: "i").isCancelled)
        #expect(try await engine.client.result(of: Step("a"), in: "i", as: Int.self) == 2)
        for id in ["b", "unknown"] as [NodeID] {
            #expect(try await engine.client.result(of: Step(id), in: "i", as: Int.self) == nil)
        }
        await #expect(throws: WorkflowError.self) {
            try await engine.client.result(of: Step("a"), in: "nope", as: Int.self)
        }
    }

    @Test("CLI-04: a request is stored with who asked, why and when")
    func requests() async throws {
        let clock = VirtualClock()
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk, clock: clock)
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        try await engine.client.submit(workflow, id: "i", input: 1)
        let asked = clock.now
        try await engine.client.pause("i", by: "p", reason: "lunch")
        try await engine.client.cancel("i", by: "c", reason: "no")
        clock.advance(by: .seconds(5))
        let state = try await openEngine(on: disk.crash(keeping: .nothing), clock: clock).client.state(of: "i")
        #expect(state.pauseRequest == ControlRequest(actor: "p", reason: "lunch", time: asked))
        #expect(state.cancelRequest == ControlRequest(actor: "c", reason: "no", time: asked))
    }

    @Test("ERR-01, ERR-02: what went wrong can be told apart by the error's case")
    func errors() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        let other = try Flow("w", input: Int.self).then(adding(1, "b")).build()
        let bad = try Flow("w", input: Int.self).then("t") { (_: Int) -> Int in throw TestError("boom") }.build()
        func kind(_ body: () async throws -> Void) async -> String {
            do {
                try await body()
                return "none"
            } catch let error as WorkflowError {
                return switch error {
                case .instanceExists: "exists"
                case .instanceNotFound: "not found"
                case .definitionMismatch: "mismatch"
                case .invalidInstanceID: "id"
                case .notPossible: "not possible"
                case .failed(_, _, let failure): "failed \(failure)"
                default: "\(error)"
                }
            } catch { return "\(error)" }
        }
        _ = try await engine.run(workflow, id: "i", input: 1)
        #expect(await kind { _ = try await engine.run(workflow, id: "i", input: 1) } == "exists")
        #expect(await kind { _ = try await engine.resume(workflow, id: "x") } == "not found")
        #expect(await kind { try await engine.client.cancel("x") } == "not found")
        #expect(await kind { try await engine.client.cancel("i") } == "not possible")
        #expect(await kind { _ = try await engine.resume(other, id: "i") } == "mismatch")
        #expect(await kind { _ = try await engine.resume(other, id: "") } == "id")
        #expect(await kind { _ = try await runWorkflow(bad, 1) } == "failed TestError: boom")
        #expect(await kind { _ = try await engine.run(bad, id: "j", input: 1) } == "none")
        #expect(throws: FlowError.self) { try Flow("w", input: Int.self).build() }
    }
}
