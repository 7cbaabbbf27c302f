import Sayiir
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing

/// A run by hand inside a service that shuts down gracefully.
@Suite struct ByHandShutdownTests {
    private func waitForRetry(_ engine: Engine, _ id: InstanceID, _ step: Step) async throws {
        try await waitUntil {
            guard let state = try? await engine.client.state(of: id) else { return false }
            if case .waitingToRetry? = state.steps[step]?.status { return true } else { return false }
        }
    }

    @Test("A graceful shutdown ends the wait for a retry, which fails nothing", .timeLimit(.minutes(2)))
    func backOff() async throws {
        let calls = Calls()
        let retries = RetryPolicy(maxRetries: 3, initialDelay: .seconds(3600), multiplier: 1)
        let workflow = try Flow("f", input: Int.self).then(failing(1, "a", retries: retries, calls)).build()
        let engine = Engine(backend: InMemoryBackend())
        try await testGracefulShutdown { trigger in
            let run = Task { try await engine.run(workflow, id: "i", input: 1) }
            try await waitForRetry(engine, "i", Step("a"))
            trigger.triggerGracefulShutdown()
            guard case .failure(WorkflowError.interrupted("i")) = await run.result else {
                Issue.record("\(await run.result)")
                return
            }
            // The wait does not begin again while the shutdown lasts.
            await #expect(throws: WorkflowError.self) { try await engine.resume(workflow, id: "i") }
        }
        #expect(calls.all == ["a"])
        #expect(try await engine.client.status(of: "i").name == "in_progress")
    }

    @Test("A graceful shutdown lets code that runs end, and the steps after it run", .timeLimit(.minutes(2)))
    func codeEnds() async throws {
        let calls = Calls()
        let workflow = try Flow("f", input: Int.self).then("a") { (value: Int) in
            calls.note("a")
            await waitIgnoringCancellation { calls.count("stopped") > 0 }
            return value + 1
        }.then(adding(1, "b", calls)).build()
        let engine = Engine(backend: InMemoryBackend())
        try await testGracefulShutdown { trigger in
            let run = Task { try await engine.run(workflow, id: "i", input: 1) }
            try await waitUntil { calls.count("a") == 1 }
            trigger.triggerGracefulShutdown()
            calls.note("stopped")
            #expect(try await run.value.output == 3)
        }
    }
}
