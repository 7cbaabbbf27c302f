import Sayiir
import SayiirEvents
import SayiirTesting
import TestSupport
import Testing

/// Requests that arrive at awkward moments.
@Suite struct ControlRaceTests {
    @Test("An instance that several clients pause and unpause at once is woken by its delay all the same")
    func withdrawnPause() async throws {
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self).delay("d", .seconds(10)).then(adding(1, "a")).build()
        let backend = HookedBackend()
        var options = EngineOptions()
        options.clock = clock
        let engine = Engine(backend: backend, options: options)
        try engine.register(workflow)
        // The service meets the leases of clients.
        backend.afterLease.change { hook in hook = { _ in try? await Task.sleep(for: .milliseconds(2)) } }
        try await serving(engine) {
            for number in 0..<20 {
                let id = InstanceID("i\(number)")
                try await engine.client.submit(workflow, id: id, input: 1)
                try await waitUntil { try await engine.client.status(of: id).name == "waiting" }
                await withTaskGroup(of: Void.self) { group in
                    for caller in 0..<6 {
                        group.addTask {
                            if caller % 2 == 0 {
                                _ = try? await engine.client.pause(id)
                            } else {
                                _ = try? await engine.client.unpause(id)
                            }
                        }
                    }
                }
                _ = try? await engine.client.unpause(id)
                #expect(try await engine.client.status(of: id).name != "paused")
                try await waitUntil { clock.sleeperCount > 0 }
                for _ in 0..<5000 where try await engine.client.status(of: id).name != "completed" {
                    clock.advance(by: .seconds(11))
                    try await Task.sleep(for: .milliseconds(1))
                }
                #expect(try await engine.client.status(of: id).name == "completed")
            }
        }
    }

    @Test("An instance can be resumed at the moment at which a client applies a request to it", .timeLimit(.minutes(1)))
    func resumeDuringRequest() async throws {
        let workflow = try Flow("w", input: Int.self).waitForSignal("go", of: Int.self).build()
        let backend = HookedBackend()
        let engine = Engine(backend: backend)
        _ = try await engine.run(workflow, id: "i", input: 1)
        backend.afterLease.change { hook in hook = { _ in try? await Task.sleep(for: .milliseconds(2)) } }
        for _ in 0..<30 {
            async let paused = engine.client.pause("i")
            try await Task.sleep(for: .milliseconds(1))
            _ = try await engine.resume(workflow, id: "i")
            _ = try await paused
            _ = try? await engine.client.unpause("i")
        }
    }

    @Test("A request to cancel the run before does not interrupt the run that replaces it", .timeLimit(.minutes(1)))
    func cancelOfReplacedRun() async throws {
        let workflow = try Flow("w", input: Int.self).waitForSignal("go", of: Int.self).build()
        let next = try Flow("next", input: Int.self).then("a") { (value: Int) in
            try await Task.sleep(for: .milliseconds(5))
            return value + 1
        }.then("b") { (value: Int) in
            try await Task.sleep(for: .milliseconds(5))
            return value + 1
        }.build()
        let backend = HookedBackend()
        let engine = Engine(backend: backend)
        _ = try await engine.run(workflow, id: "i", input: 1)
        let other = WorkflowClient(backend: backend.inner)
        backend.afterObserve.change {
            $0 = { lease in
                _ = try? await other.cancel(lease.instance, reason: "the old one")
                // The notice may take a moment.
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
        let run = Task { try await engine.run(next, id: "i", input: 1, onConflict: .terminateExisting) }
        let watch = Task {
            try await Task.sleep(for: .seconds(10))
            run.cancel()
        }
        #expect(try await run.value.output == 3)
        watch.cancel()
        let state = try await engine.client.state(of: "i")
        #expect(state.steps[Step("a")]?.attempt == 1 && state.anomalies.isEmpty)
    }

    @Test("A run by hand whose lease is taken away before its code has begun throws, and does not wait for ever")
    func leaseLostAtOnce() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).build()
        for isObserved in [false, true] {
            let backend = HookedBackend()
            let engine = Engine(backend: backend)
            let takeOver: @Sendable (Lease) async -> Void = { lease in
                guard calls.count("taken \(isObserved)") == 0 else { return }
                calls.note("taken \(isObserved)")
                _ = try? await backend.inner.acquireLease(on: lease.instance, by: "other", takingOver: true)
            }
            if isObserved {
                backend.afterObserve.change { $0 = takeOver }
            } else {
                backend.afterLease.change { $0 = takeOver }
            }
            let returned = Calls()
            let run = Task {
                defer { returned.note("run") }
                return try await engine.run(workflow, id: "i", input: 1)
            }
            for _ in 0..<10_000 where returned.count("run") == 0 { try await Task.sleep(for: .milliseconds(1)) }
            #expect(returned.count("run") == 1)
            guard returned.count("run") == 1 else { return }
            guard case .failure(WorkflowError.takenOver) = await run.result else {
                Issue.record("\(await run.result)")
                return
            }
            #expect(calls.count("a") == 0)
        }
    }

    @Test("A caller that was cancelled before gets an error at once, also without a grace period")
    func cancelledBefore() async throws {
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        var options = EngineOptions()
        options.cancellationGracePeriod = .zero
        let engine = Engine(backend: InMemoryBackend(), options: options)
        for number in 0..<500 {
            let run = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await engine.run(workflow, id: InstanceID("i\(number)"), input: 1)
            }
            _ = await run.result
        }
    }

    @Test("A grace period without end traps nothing", arguments: [Duration.seconds(Int64.max), .seconds(-5)])
    func extremeGrace(grace: Duration) async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then(hanging("a", calls)).build()
        var options = EngineOptions()
        options.cancellationGracePeriod = grace
        let engine = Engine(backend: InMemoryBackend(), options: options)
        try engine.register(workflow)
        let run = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("a") == 1 }
        run.cancel()
        _ = await run.result
        let service = Task { try await engine.run() }
        try await waitUntil { calls.count("a") == 2 }
        service.cancel()
        _ = await service.result
    }

    @Test("A request that arrives when a run by hand is about to let go takes effect", arguments: [true, false])
    func requestAtRelease(cancels: Bool) async throws {
        let workflow = try Flow("w", input: Int.self).waitForSignal("go", of: Int.self).build()
        let backend = HookedBackend()
        let engine = Engine(backend: backend)
        let other = WorkflowClient(backend: backend.inner)
        let calls = Calls()
        backend.beforeRelease.change {
            $0 = { lease in
                calls.note("release")
                guard calls.count("release") == 1 else { return }
                if cancels {
                    _ = try? await other.cancel(lease.instance)
                } else {
                    _ = try? await other.pause(lease.instance)
                }
            }
        }
        _ = try await engine.run(workflow, id: "i", input: 1)
        #expect(try await engine.client.status(of: "i").name == (cancels ? "cancelled" : "paused"))
    }

    @Test("The task after one that cancels its own Swift task is not in doubt, for its code was never called")
    func cancelsItselfBeforeAtMostOnce() async throws {
        for underService in [false, true] {
            let calls = Calls()
            let workflow = try Flow("w", input: Int.self).then("a") { (value: Int) in
                withUnsafeCurrentTask { $0?.cancel() }
                return value
            }.then("b", options: TaskOptions(execution: .atMostOnce)) { (value: Int) in
                calls.note("b")
                return value + 1
            }.build()
            let engine = try await openEngine()
            try engine.register(workflow)
            if underService {
                try await serving(engine) {
                    try await engine.client.submit(workflow, id: "i", input: 1)
                    try await waitUntil { try await engine.client.status(of: "i").name != "in_progress" }
                }
            } else {
                _ = try await engine.run(workflow, id: "i", input: 1)
            }
            #expect(try await engine.client.status(of: "i").name == "completed")
            #expect(try await engine.client.state(of: "i").steps[Step("b")]?.attempt == 1)
            #expect(calls.count("b") == 1)
        }
    }

    @Test("An attempt whose time is over after a request to cancel ends as cancelled")
    func timeOutWhileCancelling() async throws {
        for hasHeartbeat in [false, true] {
            let calls = Calls()
            let options =
                hasHeartbeat
                ? TaskOptions(heartbeatTimeout: .seconds(2)) : TaskOptions(timeout: .seconds(2))
            let workflow = try Flow("w", input: Int.self).then("a", options: options) { (value: Int) in
                calls.note("a")
                // Cleans up for longer than its time.
                await waitIgnoringCancellation { calls.count("open") > 0 }
                return value
            }.build()
            let engine = Engine(backend: InMemoryBackend())
            let run = Task { try await engine.run(workflow, id: "i", input: 1) }
            try await waitUntil { calls.count("a") == 1 }
            try await engine.client.cancel("i")
            #expect(try await run.value.isCancelled)
            calls.note("open")
        }
    }

    @Test("An attempt whose time is over after the caller was cancelled is interrupted, and has not failed")
    func timeOutWhileShuttingDown() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then("a", options: TaskOptions(timeout: .milliseconds(300))) {
            (value: Int) in
            calls.note("a")
            if calls.count("a") == 1 { await waitIgnoringCancellation { calls.count("open") > 0 } }
            return value
        }.build()
        let engine = Engine(backend: InMemoryBackend())
        let run = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("a") == 1 }
        run.cancel()
        _ = await run.result
        #expect(try await engine.client.status(of: "i") == .inProgress)
        #expect(try await engine.resume(workflow, id: "i").output == 1)
        calls.note("open")
    }

    @Test("A request to cancel reaches an instance that waits for its turn among those that may crash")
    func cancelInGate() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then("t") { (value: Int) in
            calls.note("t")
            calls.note(TaskContext.current?.instance.rawValue ?? "")
            try await Task.sleep(for: .seconds(3600))
            return value
        }.build()
        let backend = InMemoryBackend()
        var options = EngineOptions()
        options.crashLimit = 2
        let engine = Engine(backend: backend, options: options)
        try engine.register(workflow)
        let ids: [InstanceID] = ["a", "b", "c", "d"]
        for id in ids {
            try await engine.client.submit(workflow, id: id, input: 1)
            let started = Event.TaskStarted(step: Step("t"), attempt: 1, executor: "gone")
            let event = Event(instance: id, revision: 2, time: SystemClock().now, body: .taskStarted(started))
            try await backend.append([event], lease: nil)
        }
        try await serving(engine) {
            try await waitUntil { calls.count("t") == 1 }
            let start = ContinuousClock.now
            let waiting = ids.filter { calls.count($0.rawValue) == 0 }
            for id in waiting.reversed() { try await engine.client.cancel(id) }
            for id in waiting {
                #expect(try await engine.client.waitForCompletion(of: id, as: workflow).isCancelled)
            }
            // Each turn lasts five seconds if the one before does not end.
            #expect(ContinuousClock.now - start < .seconds(4))
        }
    }

    @Test("A request to cancel that races with the end leaves the instance completed or cancelled")
    func cancelAgainstEnd() async throws {
        let workflow = try Flow("w", input: Int.self).then("a") { (value: Int) in
            await Task.yield()
            return value
        }.then(adding(1, "b")).build()
        let backend = InMemoryBackend()
        let engine = Engine(backend: backend)
        try engine.register(workflow)
        try await serving(engine) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<2000 {
                    let id = InstanceID("i\(number)")
                    try await engine.client.submit(workflow, id: id, input: 1)
                    group.addTask {
                        do {
                            try await engine.client.cancel(id)
                        } catch WorkflowError.notPossible {}
                        let status = try await engine.client.waitForCompletion(of: id, as: workflow)
                        #expect(status.isCancelled || status.output == 2, "\(status)")
                        #expect(try await engine.client.state(of: id).anomalies.isEmpty)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("Storms of replacements, requests and signals from many callers leave every instance able to end")
    func storm() async throws {
        let workflow = try Flow("w", input: Int.self).then("a") { (value: Int) in
            try await Task.sleep(for: .milliseconds(value % 4))
            return value
        }.waitForSignal("go", of: Int.self).then(adding(1, "b")).build()
        let last = try Flow("last", input: Int.self).then(adding(7, "z")).build()
        let engine = try await openEngine(clock: SystemClock())
        try engine.register(workflow)
        try engine.register(last)
        try await serving(engine) {
            for round in 0..<60 {
                let id = InstanceID("i\(round)")
                try await engine.client.submit(workflow, id: id, input: round)
                await withTaskGroup(of: Void.self) { group in
                    for caller in 0..<12 {
                        group.addTask {
                            switch (caller + round) % 6 {
                            case 0:
                                _ = try? await engine.client.submit(
                                    workflow, id: id, input: caller, onConflict: .terminateExisting)
                            case 1:
                                _ = try? await engine.run(
                                    workflow, id: id, input: caller, onConflict: .terminateExisting)
                            case 2: _ = try? await engine.client.cancel(id)
                            case 3: _ = try? await engine.client.pause(id)
                            case 4: _ = try? await engine.client.unpause(id)
                            default: _ = try? await engine.client.signal("go", to: id, payload: caller)
                            }
                        }
                    }
                }
                try await engine.client.submit(last, id: id, input: round, onConflict: .terminateExisting)
                let status = try await engine.client.waitForCompletion(of: id, as: last)
                #expect(status.output == round + 7)
                #expect(try await engine.client.state(of: id).anomalies.isEmpty)
            }
        }
    }
}
