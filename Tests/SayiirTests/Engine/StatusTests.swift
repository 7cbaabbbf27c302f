import Sayiir
import SayiirTesting
import Testing

@Suite struct StatusTests {
    @Test("STA-01, STA-02: exactly one predicate is true, with the fields that belong to it")
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
}
