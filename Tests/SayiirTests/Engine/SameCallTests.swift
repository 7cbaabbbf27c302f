import Sayiir
import SayiirEvents
import SayiirTesting
import TestSupport
import Testing

/// The same call means the same in every race (engine F8, F10, D2; newcomer D5).
@Suite struct SameCallTests {
    @Test("Twenty callers at once get the instance that is there, by run as by submit", arguments: [true, false])
    func useExisting(inMemory: Bool) async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).build()
        for policy in [ConflictPolicy.useExisting, .resume, .fail] {
            let engine = inMemory ? Engine(backend: InMemoryBackend()) : try await openEngine()
            for round in 0..<5 {
                let id = InstanceID("\(policy)-\(round)")
                let results = await withTaskGroup(of: Result<WorkflowStatus<Int>, any Error>.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            do {
                                return .success(
                                    number % 4 == 3
                                        ? try await engine.client.submit(workflow, id: id, input: 1, onConflict: policy)
                                        : try await engine.run(workflow, id: id, input: 1, onConflict: policy))
                            } catch {
                                return .failure(error)
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                let errors = results.compactMap { result in
                    if case .failure(let error) = result { error } else { nil }
                }
                for error in errors {
                    guard case WorkflowError.instanceExists = error, policy == .fail else {
                        Issue.record("\(policy): \(error)")
                        continue
                    }
                }
                #expect(errors.count == (policy == .fail ? 19 : 0))
                _ = try await engine.run(workflow, id: id, input: 1, onConflict: .resume)
                #expect(try await engine.client.status(of: id) == .completed)
            }
        }
        #expect(calls.count("a") == 15)
    }

    @Test("run with resume begins an instance, continues it after a crash, and gives its output once it has ended")
    func resume() async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).then("b") { (value: Int) in
            calls.note("b")
            if calls.count("b") == 1 { try await Task.sleep(for: .seconds(3600)) }
            return value + 10
        }.build()
        let first = try await openEngine(on: disk)
        let run = Task { try await first.run(workflow, id: "i", input: 1, onConflict: .resume) }
        try await waitUntil { calls.count("b") == 1 }
        let afterCrash = disk.crash(keeping: .nothing)
        run.cancel()
        let second = try await openEngine(on: afterCrash)
        for _ in 0..<2 {
            #expect(try await second.run(workflow, id: "i", input: 99, onConflict: .resume).output == 12)
        }
        #expect(calls.count("a") == 1 && calls.count("b") == 2)
    }

    @Test("An input that is refused leaves the instance that runs alone", arguments: [true, false])
    func refusedInput(inMemory: Bool) async throws {
        let calls = Calls()
        let gate = Calls()
        let workflow = try Flow("f", input: Double.self).then("a") { (value: Double) in
            calls.note("a")
            try await waitUntil { gate.count("open") > 0 }
            return value
        }.then("b") { (value: Double) in value }.build()
        let engine = inMemory ? Engine(backend: InMemoryBackend()) : try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("a") == 1 }
        await #expect(throws: WorkflowError.self) {
            try await engine.run(workflow, id: "i", input: .nan, onConflict: .terminateExisting)
        }
        gate.note("open")
        #expect(try await running.value.output == 1)
        #expect(calls.count("a") == 1)
    }

    @Test("By hand, the wait for a retry holds up neither a delay nor the time-out of a signal")
    func retryHoldsNothingUp() async throws {
        let calls = Calls()
        let policy = RetryPolicy(maxRetries: 1, initialDelay: .seconds(3600))
        let workflow = try Flow("f", input: Int.self)
            .fork(
                Branch(failing(1, "flaky", retries: policy, calls)),
                Branch("delay") { $0.delay("short", .seconds(1)).then(adding(1, "after delay", calls)) },
                Branch("signal") {
                    $0.waitForSignal("s", timeout: .seconds(2), orElse: 5).then(adding(1, "after signal", calls))
                }
            ).join("j") { (a: Int, b: Int, c: Int) in a + b + c }.build()
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        let run = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("flaky") == 1 && clock.sleeperCount > 0 }
        clock.advance(by: .seconds(1))
        try await waitUntil { calls.count("after delay") == 1 }
        try await waitUntil { clock.sleeperCount > 0 }
        clock.advance(by: .seconds(1))
        try await waitUntil { calls.count("after signal") == 1 }
        #expect(calls.count("flaky") == 1)
        try await waitUntil { clock.sleeperCount > 0 }
        clock.advance(by: .seconds(3600))
        #expect(try await run.value.output == 1 + 2 + 6)
    }
}
