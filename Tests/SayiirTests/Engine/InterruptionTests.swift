import Sayiir
import SayiirEvents
import SayiirTesting
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing

private struct Cancelled: Error {}

/// A cancellation from outside is an interruption, and a request to cancel ends as cancelled (engine D1, F4, F6, F7, F14;
/// newcomer D7, D11a).
@Suite struct InterruptionTests {
    /// A workflow whose first call sleeps until it is cancelled, and then throws what is given or returns.
    private func workflow(
        _ calls: Calls, throwing error: (any Error)?, execution: TaskOptions.Execution = .atLeastOnce
    ) throws -> Workflow<Int, Int> {
        try Flow("f", input: Int.self)
            .then("a", options: TaskOptions(execution: execution)) { (value: Int) in
                calls.note("a")
                guard calls.count("a") == 1 else { return value + 1 }
                try? await Task.sleep(for: .seconds(3600))
                if let error { throw error }
                return value + 1
            }.build()
    }

    @Test(
        "Whatever the code throws when the calling task is cancelled is an interruption",
        arguments: [
            Cancelled() as any Error, CancellationError(), WorkflowError.interrupted("inner"), TestError("own"),
        ])
    func callerCancelled(error: any Error) async throws {
        for underBackend in [true, false] {
            let calls = Calls()
            let workflow = try workflow(calls, throwing: error)
            let engine = underBackend ? try await openEngine() : Engine(backend: InMemoryBackend())
            let run = Task { try await engine.run(workflow, id: "i", input: 1) }
            try await waitUntil { calls.count("a") == 1 }
            run.cancel()
            guard case .failure(WorkflowError.interrupted("i")) = await run.result else {
                Issue.record("\(await run.result)")
                continue
            }
            #expect(try await engine.client.status(of: "i") == .inProgress)
            #expect(try await engine.client.state(of: "i").steps[Step("a")]?.failureCount == 0)
            #expect(try await engine.resume(workflow, id: "i").output == 2)
            let kinds = try await engine.client.history(of: "i").map(\.event.body.kindName)
            #expect(kinds.contains("task_interrupted"), "\(kinds)")
        }
    }

    @Test("An interrupted task that may run at most once is in doubt")
    func atMostOnce() async throws {
        let calls = Calls()
        let workflow = try workflow(calls, throwing: Cancelled(), execution: .atMostOnce)
        let engine = try await openEngine()
        let run = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("a") == 1 }
        run.cancel()
        _ = await run.result
        #expect(try await engine.client.status(of: "i").name == "in_doubt")
    }

    @Test("A cancelled service interrupts what runs, and the next one repeats it")
    func serviceCancelled() async throws {
        let calls = Calls()
        let workflow = try workflow(calls, throwing: Cancelled())
        let engine = try await openEngine()
        try engine.register(workflow)
        let service = Task { try await engine.run() }
        try await engine.client.submit(workflow, id: "i", input: 1)
        try await waitUntil { calls.count("a") == 1 }
        service.cancel()
        _ = await service.result
        #expect(try await engine.client.status(of: "i") == .inProgress)
        try await serving(engine) {
            let status = try await engine.client.waitForCompletion(of: "i", as: workflow)
            #expect(status.output == 2)
        }
    }

    @Test(
        "Code that ignores cancellation holds a cancelled caller and a cancelled service up for the grace period only")
    func stubborn() async throws {
        let calls = Calls()
        let gate = Calls()
        let workflow = try Flow("f", input: Int.self).then("a") { (value: Int) in
            calls.note("a")
            if calls.count("a") <= 2 { await waitIgnoringCancellation { gate.count("open") > 0 } }
            return value + 1
        }.build()
        var options = EngineOptions()
        options.cancellationGracePeriod = .milliseconds(50)
        let engine = try await openEngine(options: options)
        try engine.register(workflow)
        let run = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("a") == 1 }
        run.cancel()
        guard case .failure(WorkflowError.interrupted) = await run.result else {
            Issue.record("\(await run.result)")
            return
        }
        let service = Task { try await engine.run() }
        try await waitUntil { calls.count("a") == 2 }
        service.cancel()
        _ = await service.result
        #expect(try await engine.client.status(of: "i") == .inProgress)
        try await serving(engine) {
            let status = try await engine.client.waitForCompletion(of: "i", as: workflow)
            #expect(status.output == 2)
        }
        gate.note("open")
        #expect(calls.count("a") == 3)
    }

    @Test("A task that cancels its own Swift task fails like any other, and takes no other instance with it")
    func cancelsItself() async throws {
        for inMemory in [false, true] {
            let workflow = try Flow("f", input: Int.self).then("a") { (value: Int) in
                if value == 0 {
                    withUnsafeCurrentTask { $0?.cancel() }
                    try await Task.sleep(for: .seconds(3600))
                }
                try await Task.sleep(for: .milliseconds(1))
                return value
            }.then(adding(1, "b")).build()
            var options = EngineOptions()
            options.concurrency = 4
            let engine =
                inMemory ? Engine(backend: InMemoryBackend(), options: options) : try await openEngine(options: options)
            try engine.register(workflow)
            try await serving(engine) {
                for number in 0..<60 {
                    try await engine.client.submit(workflow, id: "i\(number)", input: number % 20)
                }
                for number in 0..<60 {
                    let status = try await engine.client.waitForCompletion(of: "i\(number)", as: workflow)
                    #expect(status.isFailed == (number % 20 == 0), "\(status)")
                }
            }
            // By hand the calling task is none of its business.
            #expect(try await engine.run(workflow, id: "hand", input: 0).isFailed)
            #expect(!Task.isCancelled)
        }
    }

    @Test("A task that cancels its own Swift task and returns goes on with the next step in a fresh one")
    func cancelsItselfAndReturns() async throws {
        let workflow = try Flow("f", input: Int.self).then("a") { (value: Int) in
            withUnsafeCurrentTask { $0?.cancel() }
            return value + 1
        }.then("b") { (value: Int) in
            try Task.checkCancellation()
            return value + 1
        }.build()
        let engine = try await openEngine()
        #expect(try await engine.run(workflow, id: "i", input: 1).output == 3)
    }

    /// Gives each run, or each attempt, a limit of time, as one would write it.
    private struct Limit: EngineMiddleware {
        var ofRuns: Bool
        var calls: Calls

        func aroundRun(_ run: RunDescription, _ next: @Sendable () async -> RunOutcome) async -> RunOutcome {
            guard ofRuns, calls.count("limit") == 0 else { return await next() }
            calls.note("limit")
            return await limited(next) ?? .stopped
        }

        func aroundTask(_ context: TaskContext, _ next: @Sendable () async -> TaskOutcome) async -> TaskOutcome {
            guard !ofRuns, calls.count("limit") == 0 else { return await next() }
            calls.note("limit")
            return await limited(next) ?? .interrupted
        }

        private func limited<Value: Sendable>(_ next: @Sendable () async -> Value) async -> Value? {
            await withoutActuallyEscaping(next) { next in
                await withTaskGroup(of: Value?.self) { group in
                    group.addTask { await next() }
                    group.addTask {
                        try? await Task.sleep(for: .milliseconds(20))
                        return nil
                    }
                    let first = await group.next() ?? nil
                    group.cancelAll()
                    if let first { return first }
                    return await group.next() ?? nil
                }
            }
        }
    }

    @Test("Middleware with a limit of time does not strand an instance", arguments: [true, false])
    func middleware(ofRuns: Bool) async throws {
        let calls = Calls()
        let workflow = try Flow("f", input: Int.self)
            .then("a", options: TaskOptions(retries: RetryPolicy(maxRetries: 1, initialDelay: .zero))) { (value: Int) in
                calls.note("a")
                if calls.count("a") == 1 { try await Task.sleep(for: .seconds(3600)) }
                return value + 1
            }.build()
        var options = EngineOptions()
        options.middleware = [Limit(ofRuns: ofRuns, calls: calls)]
        let engine = try await openEngine(clock: SystemClock(), options: options)
        try engine.register(workflow)
        try await serving(engine) {
            try await engine.client.submit(workflow, id: "i", input: 1)
            #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == 2)
        }
        #expect(calls.count("a") == 2)
    }

    // MARK: Requests to cancel

    @Test(
        "A request to cancel reaches running code on every backend, by hand and under a service, and ends as cancelled",
        arguments: [true, false], [true, false])
    func cancelReachesCode(inMemory: Bool, underService: Bool) async throws {
        for error in [Cancelled() as any Error, CancellationError()] {
            let calls = Calls()
            let workflow = try workflow(calls, throwing: error)
            let engine = inMemory ? Engine(backend: InMemoryBackend()) : try await openEngine()
            try engine.register(workflow)
            func cancel() async throws {
                try await waitUntil { calls.count("a") == 1 }
                try await engine.client.cancel("i", by: "ops", reason: "enough")
            }
            if underService {
                try await serving(engine) {
                    try await engine.client.submit(workflow, id: "i", input: 1)
                    try await cancel()
                    let status = try await engine.client.waitForCompletion(of: "i", as: workflow)
                    #expect(status.isCancelled && status.request?.reason == "enough", "\(status)")
                }
            } else {
                let run = Task { try await engine.run(workflow, id: "i", input: 1) }
                try await cancel()
                #expect(try await run.value.request?.reason == "enough")
            }
            #expect(try await engine.client.state(of: "i").interruptedStep == Step("a"))
        }
    }

    @Test("What the code returns in spite of a request to cancel is stored")
    func cancelledButReturned() async throws {
        let calls = Calls()
        let workflow = try workflow(calls, throwing: nil)
        let engine = try await openEngine()
        let run = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("a") == 1 }
        try await engine.client.cancel("i")
        #expect(try await run.value.isCancelled)
        #expect(try await engine.client.result(of: Step("a"), in: "i", as: Int.self) == 2)
    }

    @Test("A request to cancel reaches all branches of a fork")
    func cancelReachesBranches() async throws {
        let calls = Calls()
        let workflow = try Flow("f", input: Int.self)
            .fork(Branch(hanging("x", calls)), Branch(hanging("y", calls))).join("j") { (x: Int, y: Int) in x + y }
            .build()
        let engine = try await openEngine()
        let run = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.all.count == 2 }
        try await engine.client.cancel("i")
        #expect(try await run.value.isCancelled)
    }

    // MARK: Ends and replacements

    @Test("Who waits for the end is told when the run has failed, not when a stubborn branch gives up")
    func endWithStubbornBranch() async throws {
        let gate = Calls()
        let workflow = try Flow("f", input: Int.self)
            .fork(
                Branch("bad") { $0.then("bad") { (_: Int) -> Int in throw TestError("bad") } },
                Branch("stubborn") {
                    $0.then("stubborn") { (value: Int) in
                        await waitIgnoringCancellation { gate.count("open") > 0 }
                        return value
                    }
                }
            ).join("j") { (x: Int, y: Int) in x + y }.build()
        for underService in [true, false] {
            var options = EngineOptions()
            options.concurrency = 1
            let engine = try await openEngine(options: options)
            try engine.register(workflow)
            let next = try Flow("next", input: Int.self).then(adding(1, "a")).build()
            try engine.register(next)
            if underService {
                try await serving(engine) {
                    try await engine.client.submit(workflow, id: "i", input: 1)
                    #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).isFailed)
                    // Its place is free, too.
                    try await engine.client.submit(next, id: "j", input: 1)
                    #expect(try await engine.client.waitForCompletion(of: "j", as: next).output == 2)
                }
            } else {
                #expect(try await engine.run(workflow, id: "i", input: 1).isFailed)
            }
        }
        gate.note("open")
    }

    @Test("submit with terminateExisting begins the new run at once", arguments: [true, false])
    func terminateExisting(inMemory: Bool) async throws {
        let calls = Calls()
        let gate = Calls()
        let workflow = try Flow("f", input: Int.self).then("a") { (value: Int) in
            calls.note("a\(value)")
            if value == 1 { await waitIgnoringCancellation { gate.count("open") > 0 } }
            return value
        }.build()
        let engine = inMemory ? Engine(backend: InMemoryBackend()) : try await openEngine()
        try engine.register(workflow)
        try await serving(engine) {
            try await engine.client.submit(workflow, id: "i", input: 1)
            try await waitUntil { calls.count("a1") == 1 }
            try await engine.client.submit(workflow, id: "i", input: 2, onConflict: .terminateExisting)
            #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == 2)
            gate.note("open")
        }
        #expect(try await engine.client.state(of: "i").anomalies.isEmpty)
    }

    // MARK: Shutdown

    @Test("waitForCompletion ends at a graceful shutdown and at a cancellation, and says what was interrupted")
    func waitEnds() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).waitForSignal("go", of: Int.self).build()
        try await engine.client.submit(workflow, id: "i", input: 1)
        let waiting = Task { try await engine.client.waitForCompletion(of: "i", as: workflow) }
        waiting.cancel()
        let error = await #expect(throws: WorkflowError.self) { try await waiting.value }
        #expect(text(of: error).contains("The wait for instance 'i'"))
        await testGracefulShutdown { trigger in
            trigger.triggerGracefulShutdown()
            guard
                case .waitInterrupted? = await #expect(
                    throws: WorkflowError.self,
                    performing: {
                        try await engine.client.waitForCompletion(of: "i", as: workflow)
                    })
            else {
                Issue.record("it is not told that the wait was interrupted")
                return
            }
        }
    }

    @Test("A task that waits for another instance of its service neither holds a graceful shutdown up nor fails by it")
    func waitsForOther() async throws {
        let engine = try await openEngine()
        let inner = try Flow("inner", input: Int.self).waitForSignal("go", of: Int.self).build()
        let outer = try Flow("outer", input: Int.self).then("ask") { (value: Int) in
            try await engine.client.submit(inner, id: "inner", input: value, onConflict: .useExisting)
            return try await engine.client.waitForCompletion(of: "inner", as: inner).requireOutput()
        }.build()
        try engine.register(inner)
        try engine.register(outer)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await engine.run() }
                try await engine.client.submit(outer, id: "outer", input: 1)
                try await waitUntil { try await engine.client.instances().contains { $0.id == "inner" } }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(try await engine.client.status(of: "outer") == .inProgress)
        try await serving(engine) {
            try await engine.client.signal("go", to: "inner", payload: 5)
            #expect(try await engine.client.waitForCompletion(of: "outer", as: outer).output == 5)
        }
    }
}
