import SayiirEvents
import SayiirProjection
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

/// An attempt that neither ends nor gives a heartbeat in time has timed out.
@Suite struct HeartbeatTests {
    private let calls = Calls()
    private let clock = VirtualClock()

    /// Moves the clock on by a second at a time, whenever somebody sleeps, until `running` has ended.
    private func passTime<Result: Sendable>(until running: Task<Result, any Error>) async throws -> Result {
        let driver = Task { [clock] in
            while !Task.isCancelled {
                await clock.waitForSleepers()
                try? await Task.sleep(for: .milliseconds(2))
                clock.advance(by: .seconds(1))
            }
        }
        defer { driver.cancel() }
        return try await running.value
    }

    private func run(_ task: DurableTask<Int, Int>) async throws -> (status: WorkflowStatus<Int>, step: StepState?) {
        let engine = try await openEngine(clock: clock)
        let workflow = try Flow("w", input: Int.self).then(task).build()
        let status = try await passTime(until: Task { try await engine.run(workflow, id: "i", input: 1) })
        return (status, try await engine.client.state(of: "i").steps[Step("t")])
    }

    @Test("An attempt without heartbeats times out, is cancelled, and is retried")
    func stalls() async throws {
        let (calls, clock) = (calls, clock)
        let retries = RetryPolicy(maxRetries: 1, initialDelay: .zero)
        let (status, step) = try await run(
            DurableTask("t", retries: retries, heartbeatTimeout: .seconds(16)) { (value: Int) in
                if TaskContext.current?.attempt == 2 { return value }
                do {
                    try await clock.sleep(for: .seconds(3600))
                } catch {
                    calls.note("cancelled")
                    throw error
                }
                return 0
            })
        #expect(status.output == 1)
        #expect(step?.timeoutCount == 1 && step?.attempt == 2)
        #expect(step?.failure?.message == "Task 't' gave no heartbeat for 16s")
        try await waitUntil { calls.count("cancelled") == 1 }
    }

    @Test("An attempt that gives heartbeats lasts as long as it needs, many times the limit")
    func beats() async throws {
        let clock = clock
        let (status, step) = try await run(
            DurableTask("t", heartbeatTimeout: .seconds(64)) { (value: Int) in
                for _ in 0..<40 {
                    try await clock.sleep(for: .seconds(8))
                    TaskContext.current?.heartbeat()
                }
                return value
            })
        #expect(status.output == 1)
        #expect(step?.timeoutCount == 0)
    }

    @Test("Heartbeats do not prolong the time-out of the whole attempt")
    func withTimeout() async throws {
        let clock = clock
        let (status, _) = try await run(
            DurableTask("t", timeout: .seconds(100), heartbeatTimeout: .seconds(64)) { (value: Int) in
                while true {
                    try await clock.sleep(for: .seconds(4))
                    TaskContext.current?.heartbeat()
                }
            })
        #expect(status.error?.message == "Task 't' timed out after 100s")
    }

    @Test("Code that ignores its cancellation holds up nothing once it has stalled")
    func stubborn() async throws {
        let (calls, clock) = (calls, clock)
        let (status, _) = try await run(
            DurableTask("t", heartbeatTimeout: .seconds(8)) { (value: Int) in
                await Task { try? await clock.sleep(for: .seconds(100_000)) }.value
                calls.note("returned")
                return value
            })
        #expect(status.isFailed)
        #expect(calls.count("returned") == 0)
    }

    @Test("Without a limit, without a task and after the end a heartbeat does nothing")
    func without() async throws {
        let context = Atomically<TaskContext?>(nil)
        TaskContext.current?.heartbeat()
        for limit in [nil, Duration.seconds(Int64.max), .seconds(3600), .nanoseconds(Int64.max)] {
            let (status, _) = try await run(
                DurableTask("t", heartbeatTimeout: limit) { (value: Int) in
                    context.change { $0 = TaskContext.current }
                    TaskContext.current?.heartbeat()
                    return value
                })
            #expect(status.output == 1)
            context.value?.heartbeat()
        }
    }

    @Test("No time at all times out without a call; a negative limit does not build; the hash stays")
    func extremes() async throws {
        let calls = calls
        func task(_ limit: Duration?) -> DurableTask<Int, Int> {
            DurableTask("t", heartbeatTimeout: limit) { (value: Int) in
                calls.note("t")
                return value
            }
        }
        let (status, _) = try await run(task(.zero))
        #expect(status.error?.message == "Task 't' gave no heartbeat for 0ns")
        #expect(calls.count("t") == 0)
        let plain = try Flow("w", input: Int.self).then(task(nil)).build()
        #expect(try Flow("w", input: Int.self).then(task(.seconds(1))).build().definitionHash == plain.definitionHash)
        for wrong in [Duration.nanoseconds(-1), .seconds(Int64.min)] {
            #expect(throws: FlowError.self) { try Flow("w", input: Int.self).then(task(wrong)).build() }
        }
        // Shorter than any wait of its watch.
        #expect(try await run(hangingTask(.nanoseconds(1))).status.isFailed)
    }

    private func hangingTask(_ limit: Duration) -> DurableTask<Int, Int> {
        let clock = clock
        return DurableTask("t", heartbeatTimeout: limit) { (value: Int) in
            try await clock.sleep(for: .seconds(100_000))
            return value
        }
    }
}
