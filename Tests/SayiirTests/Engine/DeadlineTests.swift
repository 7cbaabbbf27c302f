import SayiirEvents
import SayiirProjection
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

/// A run that has not ended by its deadline fails, whatever it does or waits for.
@Suite struct DeadlineTests {
    private let calls = Calls()
    private let clock = VirtualClock()

    /// Something that takes an hour.
    enum Obstacle: String, CaseIterable, Sendable {
        case delay, signal, signalWithTimeout, backOff, task, branches, map, doubt
    }

    private func workflow(_ obstacle: Obstacle) throws -> Workflow<Int, Int> {
        let flow = Flow("w", input: Int.self).then(adding(1, "first", calls))
        let blocked: FlowBuilder<Int, Int>
        switch obstacle {
        case .delay: blocked = flow.delay("pause", .seconds(3600))
        case .signal: blocked = flow.waitForSignal("go", of: Int.self)
        case .signalWithTimeout: blocked = flow.waitForSignal("go", timeout: .seconds(3600), orElse: 1)
        case .backOff:
            let retries = RetryPolicy(maxRetries: 9, initialDelay: .seconds(3600))
            blocked = flow.then(failing(99, "flaky", retries: retries, calls))
        case .task: blocked = flow.then(sleeping("sleep"))
        case .branches:
            blocked = flow.fork(
                Branch("a") { $0.then(sleeping("sleep")) }, Branch("b") { $0.delay("pause", .seconds(3600)) }
            ).join("sum") { $0 + $1 }
        case .map:
            blocked = flow.then("list") { [$0, $0] }.map("each", concurrency: 2) { $0.then(sleeping("sleep")) }
                .then("sum") { (all: [Int]) in all.reduce(0, +) }
        case .doubt: blocked = flow.then(hanging("once", calls, execution: .atMostOnce))
        }
        return try blocked.then(adding(1, "last", calls)).build()
    }

    /// A task that takes an hour and says if it is cancelled.
    private func sleeping(_ id: String) -> DurableTask<Int, Int> {
        DurableTask(id) { [calls, clock] (value: Int) in
            calls.note("begins")
            do {
                try await clock.sleep(for: .seconds(3600))
            } catch {
                calls.note("is cancelled")
                throw error
            }
            return value
        }
    }

    private func expectLate(_ engine: Engine, _ id: InstanceID, _ comment: Comment) async throws {
        let state = try await engine.client.state(of: id)
        #expect(state.failure?.type == "DeadlineExceeded", comment)
        #expect(state.endedAt.flatMap { ended in state.submittedAt.map { ended - $0 } } == .seconds(10), comment)
        #expect(calls.count("last") == 0, comment)
    }

    @Test("A service ends a run at its deadline, whatever it waits for", arguments: Obstacle.allCases)
    func service(obstacle: Obstacle) async throws {
        let disk = InMemoryFileSystem()
        let workflow = try workflow(obstacle)
        var engine = try await openEngine(on: disk, clock: clock)
        if obstacle == .doubt {
            let lost = Task { [engine] in
                try await engine.run(workflow, id: "i", input: 1, deadline: .seconds(10))
            }
            try await waitUntil { calls.count("once") == 1 }
            let afterCrash = disk.crash(keeping: .nothing)
            lost.cancel()
            _ = await lost.result
            engine = try await openEngine(on: afterCrash, clock: clock)
        } else {
            try await engine.client.submit(workflow, id: "i", input: 1, deadline: .seconds(10))
        }
        try engine.register(workflow)
        let service = Task { [engine] in try await engine.run() }
        try await waitUntil {
            switch (obstacle, try await engine.client.status(of: "i")) {
            case (.delay, .waiting), (.signal, .awaitingSignal), (.signalWithTimeout, .awaitingSignal),
                (.doubt, .inDoubt):
                true
            case (.task, _), (.branches, _), (.map, _): calls.count("begins") == (obstacle == .map ? 2 : 1)
            case (.backOff, _): calls.count("flaky") == 1
            default: false
            }
        }
        await advance(until: .seconds(10))
        let status = try await engine.client.waitForCompletion(of: "i", as: workflow)
        #expect(status.isFailed)
        try await expectLate(engine, "i", "\(obstacle)")
        // The run ends without waiting for what its code does about that.
        try await waitUntil { calls.count("is cancelled") == calls.count("begins") }
        service.cancel()
        try? await service.value
    }

    /// Moves the clock to so long after its beginning, in steps, so that whatever sleeps until then is woken.
    private func advance(until moment: Duration) async {
        for _ in 0..<Int(moment / .seconds(1)) {
            await clock.waitForSleepers()
            clock.advance(by: .seconds(1))
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test("A run by hand is ended at its deadline while it works or waits for a retry", arguments: [true, false])
    func byHand(works: Bool) async throws {
        let workflow = try workflow(works ? .task : .backOff)
        let engine = try await openEngine(clock: clock)
        let running = Task { try await engine.run(workflow, id: "i", input: 1, deadline: .seconds(10)) }
        try await waitUntil { calls.count(works ? "begins" : "flaky") == 1 }
        await advance(until: .seconds(10))
        #expect(try await running.value.error?.type == "DeadlineExceeded")
        try await expectLate(engine, "i", "by hand")
        #expect(calls.count("is cancelled") == (works ? 1 : 0))
    }

    @Test("The deadline is kept across a restart: a run that is taken up too late begins nothing")
    func restart() async throws {
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "first", calls))
            .waitForSignal("go", of: Int.self).then(adding(1, "last", calls)).deadline(.seconds(10)).build()
        let first = try await openEngine(on: disk, clock: clock)
        try await first.client.submit(workflow, id: "never begun", input: 1)
        _ = try await first.run(workflow, id: "waiting", input: 1)
        try await first.client.signal("go", to: "waiting", payload: 1)
        let second = try await openEngine(on: disk.crash(keeping: .nothing), clock: clock)
        clock.advance(by: .seconds(11))
        for id in ["never begun", "waiting"] as [InstanceID] {
            let status = try await second.resume(workflow, id: id)
            #expect(status.error?.type == "DeadlineExceeded")
        }
        #expect(calls.count("first") == 1 && calls.count("last") == 0)
    }

    @Test("A pause does not defer the deadline: the run fails as soon as the pause ends")
    func pause() async throws {
        let workflow = try workflow(.signal)
        let engine = try await openEngine(clock: clock)
        _ = try await engine.run(workflow, id: "i", input: 1, deadline: .seconds(10))
        try await engine.client.pause("i")
        #expect(try await engine.resume(workflow, id: "i").isPaused)
        clock.advance(by: .seconds(11))
        #expect(try await engine.resume(workflow, id: "i").isPaused)
        try await engine.client.unpause("i")
        #expect(try await engine.resume(workflow, id: "i").error?.type == "DeadlineExceeded")
    }

    @Test("A run that was to be cancelled before its deadline is cancelled and does not fail")
    func cancel() async throws {
        let workflow = try workflow(.signal)
        let engine = try await openEngine(clock: clock)
        _ = try await engine.run(workflow, id: "i", input: 1, deadline: .seconds(10))
        try await engine.client.cancel("i", by: "ann", reason: "late")
        clock.advance(by: .seconds(11))
        let status = try await engine.resume(workflow, id: "i")
        #expect(status.isCancelled && status.request?.actor == "ann")
    }

    @Test("What a task returns after the deadline is recorded, and nothing follows it")
    func lateResult() async throws {
        let clock = clock
        let workflow = try Flow("w", input: Int.self).then("slow") { (value: Int) in
            clock.advance(by: .seconds(60))
            return value
        }.then(adding(1, "last", calls)).build()
        let engine = try await openEngine(clock: clock)
        let status = try await engine.run(workflow, id: "i", input: 7, deadline: .seconds(10))
        #expect(status.error?.type == "DeadlineExceeded")
        #expect(status.error?.message == "The run had not ended by its deadline, 2025-06-15T15:06:50Z")
        #expect(calls.count("last") == 0)
    }

    @Test("A run that ends in time completes, and a new run of its id has a deadline of its own, or none")
    func inTime() async throws {
        let workflow = try Flow("w", input: Int.self).then(adding(1, "t", calls)).waitForSignal("go", of: Int.self)
            .build()
        let engine = try await openEngine(clock: clock)
        try await engine.client.signal("go", to: "i", payload: 5)
        #expect(try await engine.run(workflow, id: "i", input: 1, deadline: .seconds(10)).output == 5)
        _ = try await engine.run(workflow, id: "i", input: 1, onConflict: .terminateExisting)
        clock.advance(by: .seconds(11))
        try await engine.client.signal("go", to: "i", payload: 6)
        #expect(try await engine.resume(workflow, id: "i").output == 6)
        #expect(try await engine.client.state(of: "i").deadline == nil)
    }

    @Test("Deadlines at their extremes: none is too long, zero begins nothing, a negative one is refused")
    func extremes() async throws {
        let workflow = try Flow("w", input: Int.self).then(adding(1, "t", calls)).deadline(.seconds(5)).build()
        let engine = try await openEngine(clock: clock)
        for (number, deadline) in [Duration.seconds(Int64.max), .nanoseconds(Int64.max), .nanoseconds(1)].enumerated() {
            let id = InstanceID("i\(number)")
            #expect(try await engine.run(workflow, id: id, input: 1, deadline: deadline).output == 2, "\(deadline)")
        }
        #expect(try await engine.client.state(of: "i0").deadline == Timestamp(nanosecondsSinceEpoch: .max))
        let count = calls.count("t")
        let late = try await engine.run(workflow, id: "zero", input: 1, deadline: .zero)
        #expect(late.error?.type == "DeadlineExceeded")
        #expect(calls.count("t") == count)
        for deadline in [Duration.nanoseconds(-1), .seconds(Int64.min)] {
            await #expect(throws: WorkflowError.self) {
                try await engine.client.submit(workflow, id: "negative", input: 1, deadline: deadline)
            }
        }
        await #expect(throws: WorkflowError.self) { try await engine.client.status(of: "negative") }
    }

    @Test("A flow's deadline is checked when it is built, and changes no hash")
    func definition() throws {
        let flow = Flow("w", input: Int.self).then(adding(1, "t"))
        let tooLong = Duration.seconds(201 * 366 * 86_400)
        for wrong in [Duration.nanoseconds(-1), .seconds(Int64.min), .seconds(Int64.max), tooLong] {
            #expect(throws: FlowError.self) { try flow.deadline(wrong).build() }
        }
        let workflow = try flow.deadline(.seconds(5)).build()
        #expect(workflow.deadline == .seconds(5))
        #expect(try workflow.definitionHash == flow.build().definitionHash)
    }

    @Test("A copy of a late instance has no deadline")
    func fork() async throws {
        let workflow = try workflow(.signal)
        let engine = try await openEngine(clock: clock)
        _ = try await engine.run(workflow, id: "i", input: 1, deadline: .seconds(10))
        clock.advance(by: .seconds(11))
        #expect(try await engine.resume(workflow, id: "i").isFailed)
        let revision = try await engine.client.state(of: "i").revision - 1
        try await engine.fork(workflow, from: "i", at: revision, as: "copy")
        try await engine.client.signal("go", to: "copy", payload: 1)
        #expect(try await engine.resume(workflow, id: "copy").output == 2)
    }

    @Test("A workflow that runs in memory is ended at its deadline")
    func inMemory() async throws {
        let workflow = try Flow("w", input: Int.self).delay("pause", .seconds(3600)).deadline(.seconds(10)).build()
        let (clock, start) = (clock, clock.now)
        let running = Task { try await runWorkflow(workflow, 1, clock: clock) }
        await advance(until: .seconds(10))
        let error = await #expect(throws: WorkflowError.self) { try await running.value }
        #expect("\(error.map { "\($0)" } ?? "")".contains("DeadlineExceeded"))
        #expect(clock.now < start + .seconds(20))
    }
}
