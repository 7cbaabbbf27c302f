import SayiirEvents
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

/// Numbers and durations of users at the ends of their types: refused, or as good as no limit, and never a trap.
@Suite struct ExtremeValuesTests {
    /// Builds and runs a flow; an error at building is an answer, too.
    private func run(_ flow: FlowBuilder<[Int], some Codable & Sendable>, _ engine: Engine) async throws -> String {
        do {
            let workflow = try flow.build()
            let id = InstanceID("i\(Int.random(in: 0...Int.max))")
            return try await engine.run(workflow, id: id, input: [1, 2, 3]).status.name
        } catch is FlowError {
            return "refused"
        }
    }

    private func realEngine() async throws -> Engine { try await openEngine(clock: SystemClock()) }

    @Test("A map's concurrency is refused below 1 and has no upper bound", arguments: Extremes.integers)
    func concurrency(_ number: Int) async throws {
        let flow = Flow("w", input: [Int].self).map(concurrency: number) { $0.then("x") { (value: Int) in value } }
        #expect(try await run(flow, realEngine()) == (number < 1 ? "refused" : "completed"))
    }

    @Test("A map of unlimited concurrency goes on after a crash in which elements had finished")
    func mapAfterCrash() async throws {
        let disk = InMemoryFileSystem()
        let calls = Calls()
        let workflow = try Flow("w", input: [Int].self).map(concurrency: .max) {
            $0.then("x") { (value: Int) in
                calls.note("\(value)")
                if value == 3, calls.count("3") == 1 { try await Task.sleep(for: .seconds(3600)) }
                return value
            }
        }.build()
        let first = try await openEngine(on: disk)
        let lost = Task { try await first.run(workflow, id: "i", input: [1, 2, 3]) }
        try await waitUntil {
            let state = try? await first.client.state(of: "i")
            return calls.count("3") == 1 && state?.steps[Step("x", indices: [1])]?.isCompleted == true
        }
        let image = disk.crash(keeping: .nothing)
        lost.cancel()
        _ = await lost.result
        #expect(try await openEngine(on: image).resume(workflow, id: "i").output == [1, 2, 3])
    }

    @Test("A loop's limit is refused below 1 and has no upper bound", arguments: Extremes.integers)
    func iterations(_ number: Int) async throws {
        let flow = Flow("w", input: [Int].self).then("count") { $0.count }.loop(
            maxIterations: number, onMax: .exitWithLast
        ) {
            $0.then("step") { (value: Int) -> LoopResult<Int> in value > 4 ? .done(value) : .again(value + 1) }
        }
        #expect(try await run(flow, realEngine()) == (number < 1 ? "refused" : "completed"))
    }

    @Test("A loop whose history names the last iteration there can be ends, and does not trap")
    func lastIteration() throws {
        let workflow = try Flow("w", input: Int.self).loop(as: "l", maxIterations: .max, onMax: .exitWithLast) {
            $0.then("step") { (value: Int) -> LoopResult<Int> in .again(value + 1) }
        }.build()
        var state = InstanceState("i")
        var revision: UInt64 = 0
        func add(_ body: Event.Body) {
            revision += 1
            state.apply(
                Event(instance: "i", revision: revision, time: Timestamp(nanosecondsSinceEpoch: 0), body: body))
        }
        let codecs = Codecs(writing: JSONCodec())
        add(
            .submitted(
                .init(
                    workflow: "w", definition: workflow.definitionHash, input: try codecs.encode(1), metadata: nil,
                    priority: 3)))
        let body = Step("step", indices: [.max])
        add(.loopIterated(.init(step: Step("l"), iteration: .max - 1, decision: .again)))
        add(.taskStarted(.init(step: body, attempt: .max, executor: "e")))
        var decider = Decider(state, graph: workflow.graph, codecs: codecs, executor: "e")
        decider.decide(
            .attemptEnded(body, attempt: .max, .succeeded(output: try codecs.encode(LoopResult.again(2)))),
            at: Timestamp(nanosecondsSinceEpoch: 0))
        #expect(decider.events.contains { if case .loopFinished = $0.body { true } else { false } })
    }

    @Test("A time-out is refused below 0, and above 200 years as good as none", arguments: Extremes.durations)
    func timeouts(_ duration: Duration) async throws {
        let flow = Flow("w", input: [Int].self).then(DurableTask("t", timeout: duration) { (value: [Int]) in value })
        let expected = duration < .zero ? "refused" : duration <= .nanoseconds(1) ? "failed" : "completed"
        let found = try await run(flow, realEngine())
        // A nanosecond may suffice on a machine that is quick.
        #expect(found == expected || duration == .nanoseconds(1))
    }

    @Test("Delays and waits for signals are refused out of bounds, and wait within them", arguments: Extremes.durations)
    func waits(_ duration: Duration) async throws {
        let isRefused = duration < .zero || duration > .longestWait
        let engine = try await openEngine()
        #expect(
            try await run(Flow("w", input: [Int].self).delay("d", duration), engine)
                == (isRefused ? "refused" : "waiting"))
        let signal = Flow("w", input: [Int].self).waitForSignal("s", of: Int.self, timeout: duration)
        #expect(try await run(signal, engine) == (isRefused ? "refused" : "awaiting_signal"))
    }

    @Test("Retries are refused below 0 and have no upper bound", arguments: Extremes.integers)
    func retries(_ number: Int) async throws {
        let calls = Calls()
        let policy = RetryPolicy(maxRetries: number, initialDelay: .zero)
        let flow = Flow("w", input: [Int].self).then(
            DurableTask("t", retries: policy) { (value: [Int]) in
                calls.note("t")
                if calls.count("t") < 4 { throw TestError("no") }
                return value
            })
        #expect(
            try await run(flow, realEngine()) == (number < 0 ? "refused" : number < 3 ? "failed" : "completed"))
    }

    @Test("A wait before a retry never traps and is never negative", arguments: Extremes.durations)
    func backOff(_ duration: Duration) async throws {
        for number in Extremes.integers {
            for multiplier in [-.infinity, -1, 0, 1, 2, 1e300, .greatestFiniteMagnitude, .infinity, .nan] as [Double] {
                for longest in [nil] + Extremes.durations.map(Optional.some) {
                    let policy = RetryPolicy(
                        maxRetries: 1, initialDelay: duration, multiplier: multiplier, maxDelay: longest)
                    let delay = policy.delay(beforeRetry: number)
                    #expect(policy.problems.isEmpty == false || delay >= .zero)
                }
            }
        }
        let flow = Flow("w", input: [Int].self).then(
            DurableTask("t", retries: RetryPolicy(maxRetries: 1, initialDelay: duration, maxDelay: .seconds(1))) {
                (_: [Int]) -> Int in throw TestError("no")
            })
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        let status = try await clock.skippingSleep { try await run(flow, engine) }
        #expect(status == (duration < .zero ? "refused" : "failed"))
    }

    @Test("A priority out of bounds is refused, of tasks and of submissions", arguments: Extremes.integers)
    func priorities(_ number: Int) async throws {
        let flow = Flow("w", input: [Int].self).then(DurableTask("t", priority: number) { (value: [Int]) in value })
        let engine = try await openEngine()
        let isGood = (1...5).contains(number)
        #expect(try await run(flow, engine) == (isGood ? "completed" : "refused"))
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        let submission = try? await engine.client.submit(workflow, id: "p", input: 1, priority: number)
        #expect((submission != nil) == isGood)
        var schedule = Schedule(limit: number)
        schedule.wake("i", priority: number, at: Timestamp(nanosecondsSinceEpoch: .max))
        #expect(schedule.takeNext() == "i")
    }

    @Test(
        "A service runs what is submitted, whatever number of instances it may run at once",
        arguments: Extremes.integers)
    func serviceConcurrency(_ number: Int) async throws {
        var options = EngineOptions()
        options.concurrency = number
        let engine = Engine(backend: InMemoryBackend(), options: options)
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        try engine.register(workflow)
        let service = Task { try await engine.run() }
        for index in 0..<5 { try await engine.client.submit(workflow, id: InstanceID("\(index)"), input: index) }
        for index in 0..<5 {
            let status = try await engine.client.waitForCompletion(of: InstanceID("\(index)"), as: workflow)
            #expect(status.output == index + 1)
        }
        service.cancel()
        _ = await service.result
    }

    @Test("A run and a service can be cancelled, whatever the grace period is", arguments: Extremes.durations)
    func gracePeriods(_ duration: Duration) async throws {
        var options = EngineOptions()
        options.cancellationGracePeriod = duration
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then(hanging("hang", calls)).build()
        let engine = Engine(backend: InMemoryBackend(), options: options)
        let run = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("hang") == 1 }
        run.cancel()
        await #expect(throws: WorkflowError.self) { _ = try await run.value }
        try engine.register(workflow)
        let service = Task { try await engine.run() }
        try await waitUntil { calls.count("hang") == 2 }
        service.cancel()
        try await service.value
    }

    @Test("History and its continuation can be asked for after any sequence", arguments: Extremes.sequences)
    func sequences(_ sequence: UInt64) async throws {
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        var options = LogOptions()
        // So small that there are sealed segments to look through.
        options.firstSegmentBytes = 4096
        options.segmentBytes = 4096
        let log = try await LogBackend.open(directory: "jobs", options: options, fileSystem: InMemoryFileSystem())
        for backend in [log, InMemoryBackend()] as [any Backend] {
            let engine = Engine(backend: backend)
            for number in 0..<40 {
                _ = try await engine.run(workflow, id: InstanceID("i\(number)"), input: 1)
            }
            let all = try await backend.history(of: "i0")
            let rest = try await backend.history(of: "i0", after: sequence)
            #expect(rest == all.filter { $0.sequence > sequence })
            let waiting = Task { await backend.waitForChange(of: "i0", after: sequence) }
            waiting.cancel()
            await waiting.value
            let copy = try? await engine.fork(workflow, from: "i0", at: sequence, as: "copy")
            #expect((copy != nil) == (sequence == 1))
        }
    }

    @Test("Events with impossible revisions are refused", arguments: Extremes.sequences)
    func revisions(_ revision: UInt64) async throws {
        let event = { (revision: UInt64) in
            Event(
                instance: "r", revision: revision, time: Timestamp(nanosecondsSinceEpoch: 0),
                body: .pauseRequested(.init()))
        }
        let disk = InMemoryFileSystem()
        for backend in [try await openLog(disk), InMemoryBackend()] as [any Backend] {
            guard revision != 1 else { continue }
            await #expect(throws: BackendError.self) { try await backend.append([event(revision)], lease: nil) }
            await #expect(throws: BackendError.self) {
                try await backend.append([event(revision), event(revision &+ 1)], lease: nil)
            }
        }
    }
}

/// Clocks asked to sleep for any duration.
@Suite struct ExtremeDurationsTests {
    @Test("A timestamp plus a duration saturates", arguments: Extremes.durations)
    func timestamps(_ duration: Duration) {
        for number in [Int64.min, -1, 0, 1, .max] {
            let moment = Timestamp(nanosecondsSinceEpoch: number)
            let later = moment + duration
            #expect(duration < .zero ? later <= moment : later >= moment)
            _ = later - moment
            _ = moment - later
        }
        #expect((Duration.zero...Duration.longestWait).contains(duration.boundedWait))
        _ = duration.shortDescription
    }

    @Test("The machine's clock sleeps for any duration until it is cancelled", arguments: Extremes.durations)
    func systemClock(_ duration: Duration) async throws {
        let sleeper = Task { try await SystemClock().sleep(for: duration) }
        if duration > .seconds(1) {
            try await Task.sleep(for: .milliseconds(5))
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        } else {
            try await sleeper.value
        }
    }

    @Test("A clock of tests sleeps for any duration until it is cancelled", arguments: Extremes.durations)
    func virtualClock(_ duration: Duration) async throws {
        let clock = VirtualClock()
        let sleeper = Task { try await clock.sleep(for: duration) }
        if duration > .zero {
            await clock.waitForSleepers()
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        } else {
            try await sleeper.value
        }
        clock.advance(by: duration)
        clock.advance(by: duration)
    }

    @Test("A doorbell lets its sleeper sleep for any duration", arguments: Extremes.durations)
    func doorbell(_ duration: Duration) async throws {
        let bell = Doorbell(clock: SystemClock())
        let sleeper = Task { await bell.sleep(atMost: duration) }
        try await Task.sleep(for: .milliseconds(5))
        await bell.ring()
        await sleeper.value
    }
}
