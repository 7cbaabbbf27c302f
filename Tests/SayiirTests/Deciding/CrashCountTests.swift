import SayiirEvents
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

/// Attempts that ended with their process, without a word in the history.
@Suite struct CrashCountTests {
    private func open(_ disk: InMemoryFileSystem, _ limit: Int?) async throws -> Engine {
        var options = EngineOptions()
        options.clock = VirtualClock()
        options.crashLimit = limit
        return Engine(backend: try await openLog(disk), options: options)
    }

    /// Resumes `count` times, each time on what a crash in the task leaves.
    private func crashes(_ count: Int, limit: Int?, _ calls: Calls) async throws -> (Engine, Workflow<Int, Int>) {
        let workflow = try Flow("w", input: Int.self).then(hanging("t", calls)).build()
        var disk = InMemoryFileSystem()
        try await open(disk, limit).client.submit(workflow, id: "i", input: 1)
        disk = disk.crash(keeping: .nothing)
        for number in 1...count {
            let engine = try await open(disk, limit)
            let run = Task { try await engine.resume(workflow, id: "i") }
            try await waitUntil { calls.count("t") == number }
            disk = disk.crash(keeping: .nothing)
            run.cancel()
            _ = await run.result
        }
        return (try await open(disk, limit), workflow)
    }

    @Test("A step is in doubt after as many crashes in a row as the limit says", arguments: [1, 2, 5])
    func limit(count: Int) async throws {
        let calls = Calls()
        let (engine, workflow) = try await crashes(count, limit: count, calls)
        #expect(try await engine.resume(workflow, id: "i").status == .inDoubt(step: Step("t")))
        #expect(calls.count("t") == count)
        #expect(try await engine.client.state(of: "i").steps[Step("t")]?.crashCount == UInt32(count - 1))
        try await engine.client.resolveDoubt(of: Step("t"), in: "i", as: .rerun)
        #expect(try await engine.client.state(of: "i").steps[Step("t")]?.crashCount == 0)
    }

    @Test("Without a limit, or below it, a step is repeated", arguments: [nil, 4, Int.max] as [Int?])
    func noLimit(limit: Int?) async throws {
        let calls = Calls()
        let (engine, workflow) = try await crashes(3, limit: limit, calls)
        let run = Task { try await engine.resume(workflow, id: "i") }
        try await waitUntil { calls.count("t") == 4 }
        run.cancel()
        _ = await run.result
    }

    @Test("A limit below 1 is as good as 1", arguments: [Int.min, -1, 0])
    func lowLimit(limit: Int) async throws {
        let calls = Calls()
        let (engine, workflow) = try await crashes(1, limit: limit, calls)
        #expect(try await engine.resume(workflow, id: "i").status == .inDoubt(step: Step("t")))
    }

    @Test("An attempt whose end is recorded begins the count anew")
    func reset() throws {
        var state = InstanceState("i")
        var revision: UInt64 = 0
        func add(_ body: Event.Body) -> UInt32? {
            revision += 1
            state.apply(
                Event(instance: "i", revision: revision, time: Timestamp(nanosecondsSinceEpoch: 0), body: body))
            return state.steps[Step("t")]?.crashCount
        }
        let step = Step("t")
        _ = add(
            .submitted(
                .init(
                    workflow: "w", definition: DefinitionHash(bytes: []), input: Payload(codec: "", bytes: []),
                    priority: 3)))
        func start(_ attempt: UInt32) -> UInt32? {
            add(.taskStarted(.init(step: step, attempt: attempt, executor: "e")))
        }
        #expect(start(1) == 0)
        #expect(start(2) == 1)
        #expect(start(3) == 2)
        #expect(add(.taskFailed(.init(step: step, attempt: 3, failure: Failure(type: "", message: "no")))) == 0)
        #expect(
            add(.retryScheduled(.init(step: step, nextAttempt: 4, wakeAt: Timestamp(nanosecondsSinceEpoch: 0)))) == 0)
        #expect(start(4) == 0)
        #expect(start(5) == 1)
        #expect(add(.taskTimedOut(.init(step: step, attempt: 5, limit: .seconds(1)))) == 0)
    }
}
