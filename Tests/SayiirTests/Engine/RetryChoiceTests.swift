import Foundation
import SayiirEvents
import SayiirProjection
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

/// Which errors are followed by a retry, and how long its wait is.
@Suite struct RetryChoiceTests {
    private let many = RetryPolicy(maxRetries: 8, initialDelay: .zero)

    private struct Declined: LocalizedError {
        var errorDescription: String? { "the card was declined" }
    }

    private func run(_ task: DurableTask<Int, Int>) async throws -> (status: WorkflowStatus<Int>, steps: StepTable) {
        let engine = try await openEngine()
        let status = try await engine.run(Flow("w", input: Int.self).then(task).build(), id: "i", input: 1)
        return (status, try await engine.client.state(of: "i").steps)
    }

    @Test("A task that throws NonRetryable fails at once, with the wrapped error's type and text")
    func nonRetryable() async throws {
        let calls = Calls()
        for wrapped in [NonRetryable(Declined()), NonRetryable(NonRetryable(NonRetryable(Declined())))] {
            let (status, steps) = try await run(
                DurableTask("charge", retries: many) { (_: Int) -> Int in
                    calls.note("charge")
                    throw wrapped
                })
            #expect(status.error == Failure(type: "Declined", message: "the card was declined"))
            #expect(steps[Step("charge")]?.failureCount == 1)
            #expect("\(wrapped)" == "\(Declined())")
        }
        #expect(calls.count("charge") == 2)
    }

    @Test("NonRetryable ends the retries in a branch and in a map, also after failures that were retried")
    func nonRetryableAnywhere() async throws {
        let calls = Calls()
        func refusing(_ id: String) -> DurableTask<Int, Int> {
            DurableTask(id, retries: many) { (value: Int) -> Int in
                calls.note(id)
                if calls.count(id) > 1 { throw NonRetryable(TestError("refused")) }
                throw TestError("try again")
            }
        }
        let engine = try await openEngine()
        let map = try Flow("m", input: [Int].self).map("each", concurrency: 2) { $0.then(refusing("in map")) }.build()
        let mapped = try await engine.run(map, id: "map", input: [1])
        #expect(mapped.error?.description == "TestError: refused")
        #expect(calls.count("in map") == 2)
        let fork = try Flow("f", input: Int.self)
            .fork(Branch("a") { $0.then(refusing("in branch")) }, Branch("b") { $0.then(adding(1, "other")) })
            .join("sum") { $0 + $1 }.build()
        let forked = try await engine.run(fork, id: "fork", input: 1)
        #expect(forked.error?.description == "TestError: refused")
        #expect(calls.count("in branch") == 2)
    }

    @Test("A task's predicate decides which errors are followed by a retry")
    func predicate() async throws {
        let calls = Calls()
        let task = DurableTask("charge", retries: many) { (_: Int) -> Int in
            calls.note("charge")
            if calls.count("charge") < 3 { throw TestError("busy") }
            throw Declined()
        }.retrying { $0 is TestError }
        let (status, steps) = try await run(task)
        #expect(status.error?.type == "Declined")
        #expect(steps[Step("charge")]?.failureCount == 3)
        #expect(calls.count("charge") == 3)
    }

    @Test("A predicate is asked neither about NonRetryable nor about a time-out, and grants no retry beyond the policy")
    func predicateBounds() async throws {
        let calls = Calls()
        let always: @Sendable (any Error) -> Bool = { _ in
            calls.note("asked")
            return true
        }
        let wrapped = DurableTask("t", retries: many) { (_: Int) -> Int in throw NonRetryable(TestError("no")) }
        #expect(try await run(wrapped.retrying(if: always)).steps[Step("t")]?.failureCount == 1)
        #expect(calls.count("asked") == 0)
        let without = DurableTask("t") { (_: Int) -> Int in throw TestError("no") }
        #expect(try await run(without.retrying(if: always)).steps[Step("t")]?.failureCount == 1)
        let late = DurableTask("t", timeout: .zero, retries: RetryPolicy(maxRetries: 1, initialDelay: .zero)) {
            (value: Int) in value
        }
        #expect(try await run(late.retrying { _ in false }).steps[Step("t")]?.timeoutCount == 2)
    }

    @Test("Neither a predicate nor jitter changes a definition's hash")
    func hash() throws {
        func workflow(_ policy: RetryPolicy, _ change: (DurableTask<Int, Int>) -> DurableTask<Int, Int>) throws
            -> Workflow<Int, Int>
        {
            try Flow("w", input: Int.self).then(change(DurableTask("t", retries: policy) { $0 })).build()
        }
        let plain = try workflow(many) { $0 }
        #expect(try workflow(many) { $0.retrying { _ in false } }.definitionHash == plain.definitionHash)
        var jittered = many
        jittered.jitter = 0.5
        #expect(try workflow(jittered) { $0 }.definitionHash == plain.definitionHash)
    }

    // MARK: Jitter

    @Test("A jittered wait lies between the wait less the fraction and the wait, and never overflows")
    func jitterBounds() {
        for jitter in [0, 0.1, 0.5, 1] {
            let policy = RetryPolicy(maxRetries: 9, initialDelay: .seconds(10), multiplier: 1, jitter: jitter)
            for random in [0, 0.25, 0.999_999] {
                let wait = policy.delay(beforeRetry: 1, at: random)
                #expect(wait <= .seconds(10))
                #expect(wait >= .seconds(10) * (1 - jitter) - .nanoseconds(1))
            }
        }
        let endless = RetryPolicy(maxRetries: .max, initialDelay: .seconds(Int64.max), multiplier: 1e300, jitter: 1)
        #expect(endless.delay(beforeRetry: .max, at: 0) == .nanoseconds(Int64.max))
        #expect(endless.delay(beforeRetry: .max, at: 0.999_999_999) >= .zero)
        // A policy that no flow has checked.
        for wrong in [Double.nan, .infinity, -.infinity, -1, 2, 1e300, .leastNonzeroMagnitude] {
            let wait = RetryPolicy(jitter: wrong).delay(beforeRetry: 1, at: 0.5)
            #expect(wait >= .zero && wait <= .seconds(1), "\(wrong)")
        }
    }

    @Test("Jitter that is no fraction does not build", arguments: [.nan, .infinity, -.infinity, -0.001, 1.001, 1e300])
    func wrongJitter(jitter: Double) throws {
        let options = TaskOptions(retries: RetryPolicy(jitter: jitter))
        let error = #expect(throws: FlowError.self) {
            try Flow("w", input: Int.self).then("t", options: options) { $0 }.build()
        }
        #expect(error?.description == "Task 't': the jitter must be a fraction from 0 to 1, got \(jitter)")
    }

    @Test("Each instance, step, run and attempt waits another time, the same at every decision")
    func spread() async throws {
        let policy = RetryPolicy(maxRetries: 3, initialDelay: .seconds(100), multiplier: 1, jitter: 1)
        let workflow = try Flow("w", input: Int.self).then("t", options: TaskOptions(retries: policy)) { $0 }.build()
        func waits(of instance: InstanceID, runs: Int = 1) -> [Duration] {
            var decider = Decider(
                InstanceState(instance), graph: workflow.graph, codecs: Codecs(writing: JSONCodec()), executor: "e")
            var now = Timestamp(nanosecondsSinceEpoch: 0)
            for run in 1...runs {
                if run > 1 { decider.supersede(at: now) }
                decider.submit(
                    .init(
                        workflow: "w", definition: workflow.definitionHash,
                        input: Payload(codec: "json", bytes: [49]), priority: 3), at: now)
            }
            decider.decide(.takeUp, at: now)
            var waits: [Duration] = []
            for attempt in UInt32(1)...3 {
                let failure = AttemptResult.failed(Failure(type: "", message: "no"), isRetryable: true)
                decider.decide(.attemptEnded(Step("t"), attempt: attempt, failure), at: now)
                guard case .retryScheduled(let planned) = decider.events.last?.body else { break }
                waits.append(planned.wakeAt - now)
                now = planned.wakeAt
                decider.decide(.look, at: now)
            }
            return waits
        }
        let all = ["a", "b", "c", "d"].flatMap { waits(of: InstanceID($0)) } + waits(of: "a", runs: 2)
        #expect(all.count == 15)
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { $0 >= .zero && $0 <= .seconds(100) })
        // Spread over the whole of it, rather than close together.
        #expect(all.contains { $0 < .seconds(50) } && all.contains { $0 > .seconds(50) })
        #expect(waits(of: "a") == Array(all[..<3]))
        // Kept for ever: what was planned by one version is what another one would plan.
        #expect(waits(of: "a").map { $0 / .seconds(1) }.map { Int($0) } == [97, 59, 6])
    }
}
