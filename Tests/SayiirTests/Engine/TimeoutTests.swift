import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct TimeoutTests {
    private let quick = RetryPolicy(maxRetries: 1, initialDelay: .zero)

    private func slow(_ limit: Duration, retries: RetryPolicy? = nil, _ calls: Calls) -> DurableTask<Int, Int> {
        DurableTask("slow", timeout: limit, retries: retries) { (value: Int) in
            calls.note("slow")
            if calls.count("slow") == 1 { try await Task.sleep(for: .seconds(3600)) }
            return value
        }
    }

    @Test("TO-01, TO-02: a task that takes longer than its time is given up at that time")
    func timesOut() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).then(slow(.milliseconds(5), calls)).build()
        let engine = try await openEngine(clock: clock)
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        await clock.waitForSleepers()
        clock.advance(by: .milliseconds(5))
        let status = try await running.value
        #expect(status.error?.description == "Task 'slow' timed out after 5ms")
        #expect(try await engine.client.result(of: Step("a"), in: "i", as: Int.self) == 2)
    }

    @Test("TO-02: code that ignores its cancellation does not hold up the workflow, and its output is dropped")
    func ignoresCancellation() async throws {
        let clock = VirtualClock()
        let gate = Calls()
        let workflow = try Flow("w", input: Int.self)
            .then("deaf", options: TaskOptions(timeout: .seconds(1))) { (value: Int) in
                while gate.count("open") == 0 { await Task.yield() }
                gate.note("done")
                return value
            }
            .build()
        let engine = try await openEngine(clock: clock)
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        await clock.waitForSleepers()
        clock.advance(by: .seconds(1))
        #expect(try await running.value.isFailed)
        gate.note("open")
        try await waitUntil { gate.count("done") == 1 }
        #expect(try await engine.client.status(of: "i").name == "failed")
    }

    @Test("TO-01: a task within its time is not disturbed, and leaves nobody sleeping")
    func withinTime() async throws {
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self)
            .then("t", options: TaskOptions(timeout: .seconds(1))) { $0 + 1 }.build()
        #expect(try await openEngine(clock: clock).run(workflow, id: "i", input: 1).output == 2)
        try await waitUntil { clock.sleeperCount == 0 }
    }

    @Test("RETRY-07: a time-out is a failure, and is tried again")
    func retries() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self).then(slow(.seconds(5), retries: 1, calls)).build()
        let engine = try await openEngine(clock: clock)
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        await clock.waitForSleepers()
        clock.advance(by: .seconds(5))
        try await waitUntil { try await engine.client.state(of: "i").steps[Step("slow")]?.failureCount == 1 }
        await clock.waitForSleepers()
        clock.advance(by: .seconds(1))
        #expect(try await running.value.output == 1)
        #expect(calls.count("slow") == 2)
        #expect(try await engine.client.state(of: "i").steps[Step("slow")]?.timeoutCount == 1)
    }

    @Test("TO-04: a task without any time fails without being called")
    func zero() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then(slow(.zero, calls)).build()
        let status = try await openEngine().run(workflow, id: "i", input: 1)
        #expect(status.error?.description == "Task 'slow' timed out after 0ns")
        let again = try Flow("w", input: Int.self).then(slow(.zero, retries: quick, calls)).build()
        #expect(try await openEngine().run(again, id: "i", input: 1).isFailed)
        #expect(calls.all.isEmpty)
    }

    @Test("TO-06: after a crash the clock of the new attempt starts anew")
    func restartsAfterCrash() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self).then(slow(.seconds(5), calls)).build()
        let first = try await openEngine(on: disk, clock: clock)
        let lost = Task { try await first.run(workflow, id: "i", input: 1) }
        await clock.waitForSleepers()
        let afterCrash = disk.crash(keeping: .nothing)
        lost.cancel()
        _ = await lost.result
        clock.advance(by: .seconds(60))
        #expect(try await openEngine(on: afterCrash, clock: clock).resume(workflow, id: "i").output == 1)
        #expect(calls.count("slow") == 2)
    }

    @Test("TO-03: a task in a branch has its time too, and is tried again after it", arguments: [true, false])
    func inBranch(retries: Bool) async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self)
            .fork(Branch(slow(.milliseconds(100), retries: retries ? quick : nil, calls)), Branch(adding(1, "q")))
            .join("j") { (p: Int, q: Int) in [p, q] }.build()
        let engine = try await openEngine(clock: clock)
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        await clock.waitForSleepers()
        try await waitUntil { calls.count("slow") == 1 }
        clock.advance(by: .milliseconds(100))
        let status = try await running.value
        #expect(status.output == (retries ? [1, 2] : nil))
        #expect(status.error?.description == (retries ? nil : "Task 'slow' timed out after 100ms"))
    }
}
