import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct PauseTests {
    @Test("PAU-01, PAU-08: the task under way ends, the next waits; after the pause nothing runs again that ran")
    func whileRunning() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then("a") { (value: Int) in
            calls.note("a")
            try await waitUntil { calls.count("open") > 0 }
            return value + 1
        }.then(adding(1, "b", calls)).build()
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("a") == 1 }
        try await engine.client.pause("i", by: "me", reason: "lunch")
        calls.note("open")
        let status = try await running.value
        #expect(status.isPaused && status.request?.actor == "me" && status.request?.reason == "lunch")
        #expect(try await engine.client.result(of: Step("a"), in: "i", as: Int.self) == 2)
        #expect(try await engine.resume(workflow, id: "i").isPaused)
        try await engine.client.unpause("i", by: "you")
        #expect(try await engine.client.status(of: "i") == .inProgress)
        #expect(calls.count("b") == 0)
        #expect(try await engine.resume(workflow, id: "i").output == 3)
        #expect(calls.all == ["a", "open", "b"])
    }

    @Test("a pause during the last task leaves the instance one step from its end")
    func duringLastTask() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then("a") { (value: Int) in
            calls.note("a")
            try await waitUntil { calls.count("open") > 0 }
            return value + 1
        }.build()
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("a") == 1 }
        try await engine.client.pause("i")
        calls.note("open")
        #expect(try await running.value.isPaused)
        try await engine.client.unpause("i")
        #expect(try await engine.resume(workflow, id: "i").output == 2)
        #expect(calls.count("a") == 1)
    }

    @Test("PAU-02: asking twice counts once, for the first reason")
    func twice() async throws {
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        let engine = try await openEngine()
        try await engine.client.submit(workflow, id: "i", input: 1)
        try await engine.client.pause("i", reason: "first")
        try await engine.client.pause("i", reason: "second")
        #expect(try await engine.resume(workflow, id: "i").request?.reason == "first")
        try await engine.client.pause("i", reason: "third")
        #expect(try await engine.resume(workflow, id: "i").request?.reason == "first")
    }

    @Test("PAU-04, PAU-06: what is not paused cannot be unpaused, and what has ended cannot be paused")
    func refusals() async throws {
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        let engine = try await openEngine()
        try await engine.client.submit(workflow, id: "i", input: 1)
        let active = await #expect(throws: WorkflowError.self) { try await engine.client.unpause("i") }
        #expect(active?.description.contains(#"Workflow is not paused (current state: "InProgress")"#) == true)
        _ = try await engine.resume(workflow, id: "i")
        let ended = await #expect(throws: WorkflowError.self) { try await engine.client.unpause("i") }
        #expect(ended?.description.contains(#"current state: "Completed""#) == true)
        let pause = await #expect(throws: WorkflowError.self) { try await engine.client.pause("i") }
        #expect(pause?.description.contains("Cannot pause workflow in state: Completed") == true)
        for call in [engine.client.pause, engine.client.unpause] {
            let error = await #expect(throws: WorkflowError.self) { try await call("nope", nil, nil) }
            #expect(error?.description.contains("not found: nope") == true)
        }
    }

    @Test("PAU-05: a pause that has not taken effect is withdrawn")
    func withdrawn() async throws {
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        let engine = try await openEngine()
        try await engine.client.submit(workflow, id: "i", input: 1)
        try await engine.client.pause("i")
        try await engine.client.unpause("i")
        #expect(try await engine.resume(workflow, id: "i").output == 2)
    }

    @Test(
        "A branch that a withdrawn pause held back goes on while a task of another branch still runs",
        .timeLimit(.minutes(1)), arguments: [false, true])
    func withdrawnWithBranches(asService: Bool) async throws {
        let calls = Calls()
        func waiting(_ id: String) -> DurableTask<Int, Int> {
            DurableTask(id) { (value: Int) in
                calls.note(id)
                try await waitUntil { calls.count("open \(id)") > 0 }
                return value
            }
        }
        let workflow = try Flow("w", input: Int.self)
            .fork(Branch { $0.then(waiting("a")) }, Branch { $0.then(waiting("b")).then(adding(1, "c", calls)) })
            .join("j") { (left: Int, right: Int) in left + right }.build()
        let engine = try await openEngine()
        let runner = Task {
            if asService {
                try engine.register(workflow)
                return try await engine.run()
            }
            #expect(try await engine.run(workflow, id: "i", input: 1).output == 3)
        }
        if asService { try await engine.client.submit(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("a") == 1 && calls.count("b") == 1 }
        try await engine.client.pause("i")
        calls.note("open b")
        try await waitUntil { try await engine.client.state(of: "i").steps[Step("b")]?.isCompleted == true }
        #expect(calls.count("c") == 0)
        try await engine.client.unpause("i")
        // Not only once the other branch has come to its end.
        try await waitUntil { calls.count("c") == 1 }
        calls.note("open a")
        #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == 3)
        runner.cancel()
        try? await runner.value
    }
}
