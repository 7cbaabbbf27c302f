import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct RetryTests {
    private let quick = RetryPolicy(maxRetries: 2, initialDelay: .milliseconds(100), multiplier: 2)

    /// Runs a workflow and moves the clock to each wake-up; returns the waits too.
    private func runThroughWaits(
        _ workflow: Workflow<Int, Int>, _ engine: Engine, _ clock: VirtualClock, waits: Int
    ) async throws -> (status: WorkflowStatus<Int>, waits: [Duration]) {
        let running = Task { try await engine.run(workflow, id: "i", input: 7) }
        var seen: [Duration] = []
        for _ in 0..<waits {
            await clock.waitForSleepers()
            let deadline = try #require(clock.nextDeadline)
            seen.append(deadline - clock.now)
            clock.advance(to: deadline)
        }
        return (try await running.value, seen)
    }

    @Test(
        "RETRY-01, RETRY-02, RETRY-05: so many retries allow so many runs more, and the last error counts",
        arguments: [(0, 0, 1, true), (1, 1, 2, true), (2, 2, 3, true), (3, 2, 3, false), (1, 0, 1, false)])
    func counts(failures: Int, maxRetries: Int, runs: Int, succeeds: Bool) async throws {
        let calls = Calls()
        let clock = VirtualClock()
        var policy = quick
        policy.maxRetries = maxRetries
        let workflow = try Flow("w", input: Int.self).then(failing(failures, "t", retries: policy, calls)).build()
        let engine = try await openEngine(clock: clock)
        let (status, _) = try await runThroughWaits(workflow, engine, clock, waits: runs - 1)
        #expect(status.isCompleted == succeeds)
        #expect(calls.count("t") == runs)
        if !succeeds { #expect(status.error?.description == "TestError: err\(runs)") }
    }

    @Test(
        "RETRY-03: the wait before a retry is the first one times the multiplier for each before it, at most the longest",
        arguments: [
            (RetryPolicy(maxRetries: 3, initialDelay: .milliseconds(100), multiplier: 2), [100, 200, 400]),
            (RetryPolicy(maxRetries: 2, initialDelay: .milliseconds(100), multiplier: 0.5), [100, 50]),
            (
                RetryPolicy(
                    maxRetries: 3, initialDelay: .milliseconds(100), multiplier: 2, maxDelay: .milliseconds(150)),
                [100, 150, 150]
            ),
        ])
    func backOff(policy: RetryPolicy, milliseconds: [Int]) async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self).then(failing(99, "t", retries: policy, calls)).build()
        let engine = try await openEngine(clock: clock)
        let (status, waits) = try await runThroughWaits(workflow, engine, clock, waits: milliseconds.count)
        #expect(waits == milliseconds.map { .milliseconds($0) })
        #expect(status.isFailed)
    }

    @Test("RETRY-03: a policy's waits neither overflow nor turn negative")
    func extremes() {
        #expect(RetryPolicy(multiplier: 0).delay(beforeRetry: 1) == .seconds(1))
        #expect(RetryPolicy(multiplier: 0).delay(beforeRetry: 2) == .zero)
        #expect(RetryPolicy(multiplier: 1e300).delay(beforeRetry: 1_000_000) == .nanoseconds(Int64.max))
        #expect(RetryPolicy(multiplier: 10, maxDelay: .seconds(60)).delay(beforeRetry: .max) == .seconds(60))
        #expect(RetryPolicy(initialDelay: .zero, multiplier: 1e300).delay(beforeRetry: 1000) == .zero)
    }

    @Test("RETRY-04: an integer stands for so many retries after 1, 2, 4, … seconds")
    func shorthand() {
        #expect(RetryPolicy(integerLiteral: 3) == RetryPolicy(maxRetries: 3, initialDelay: .seconds(1), multiplier: 2))
        #expect(RetryPolicy() == 2)
    }

    @Test("RETRY-08: during the wait the instance is in progress, and the failure is on disk")
    func status() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self).then(failing(1, "t", retries: quick, calls)).build()
        let engine = try await openEngine(clock: clock)
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        await clock.waitForSleepers()
        #expect(try await engine.client.status(of: "i") == .inProgress)
        #expect(try await engine.client.state(of: "i").steps[Step("t")]?.failureCount == 1)
        clock.advance(by: .milliseconds(100))
        #expect(try await running.value.output == 1)
    }

    @Test("the rest of a wait survives a crash, and so does the count of failures")
    func crashDuringBackOff() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let disk = InMemoryFileSystem()
        let policy = RetryPolicy(maxRetries: 1, initialDelay: .seconds(60))
        let workflow = try Flow("w", input: Int.self).then(failing(99, "t", retries: policy, calls)).build()
        let first = try await openEngine(on: disk, clock: clock)
        let lost = Task { try await first.run(workflow, id: "i", input: 1) }
        await clock.waitForSleepers()
        let afterCrash = disk.crash(keeping: .nothing)
        lost.cancel()
        _ = await lost.result
        clock.advance(by: .seconds(20))
        let second = try await openEngine(on: afterCrash, clock: clock)
        let running = Task { try await second.resume(workflow, id: "i") }
        await clock.waitForSleepers()
        #expect(calls.count("t") == 1)
        #expect(try #require(clock.nextDeadline) - clock.now <= .seconds(40))
        // Not before the moment that was stored before the crash.
        clock.advance(by: .seconds(39))
        try await waitUntil { clock.sleeperCount > 0 }
        #expect(calls.count("t") == 1)
        clock.advance(by: .seconds(1))
        let status = try await running.value
        #expect(status.error?.description == "TestError: err2")
        #expect(calls.count("t") == 2)
    }

    @Test("a wait that is over when the instance is resumed is not waited for again")
    func crashAfterBackOff() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let disk = InMemoryFileSystem()
        let policy = RetryPolicy(maxRetries: 1, initialDelay: .seconds(60))
        let workflow = try Flow("w", input: Int.self).then(failing(1, "t", retries: policy, calls)).build()
        let first = try await openEngine(on: disk, clock: clock)
        let lost = Task { try await first.run(workflow, id: "i", input: 1) }
        await clock.waitForSleepers()
        let afterCrash = disk.crash(keeping: .nothing)
        lost.cancel()
        _ = await lost.result
        clock.advance(by: .seconds(61))
        #expect(try await openEngine(on: afterCrash, clock: clock).resume(workflow, id: "i").output == 1)
    }

    @Test("RETRY-10: cancelling or pausing ends the wait", arguments: [true, false])
    func stopDuringBackOff(cancels: Bool) async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self).then(failing(1, "t", retries: 5, calls)).build()
        let engine = try await openEngine(clock: clock)
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        await clock.waitForSleepers()
        if cancels {
            try await engine.client.cancel("i", by: "me", reason: "why")
        } else {
            try await engine.client.pause("i")
        }
        let status = try await running.value
        #expect(cancels ? status.isCancelled : status.isPaused)
        #expect(calls.count("t") == 1)
        if cancels {
            #expect(status.request?.actor == "me" && status.request?.reason == "why")
            return
        }
        // The retry goes on after the pause.
        try await engine.client.unpause("i")
        clock.advance(by: .seconds(60))
        #expect(try await engine.resume(workflow, id: "i").output == 1)
    }

    @Test("COD-03: an output that cannot be stored is a failure like any other, and is tried again")
    func unencodableOutput() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self).then("t", options: TaskOptions(retries: quick)) { (_: Int) in
            calls.note("t")
            return calls.count("t") < 3 ? Double.nan : 1.5
        }.then("u") { (value: Double) in Int(value * 2) }.build()
        let engine = try await openEngine(clock: clock)
        let (status, _) = try await runThroughWaits(workflow, engine, clock, waits: 2)
        #expect(status.output == 3)
        let failure = try await engine.client.state(of: "i").steps[Step("t")]?.failure
        #expect(failure?.description.hasPrefix("Failed to encode output for task 't': ") == true)
    }
}
