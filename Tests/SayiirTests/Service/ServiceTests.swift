import Foundation
import Logging
import Sayiir
import SayiirTesting
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing

@Suite struct ServiceTests {
    private func workflow(_ calls: Calls = Calls()) throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then(adding(1, "a", calls)).then(adding(10, "b", calls)).build()
    }

    @Test("CLI-01, WRK-01: what is submitted is run, each task once, by whoever serves")
    func submitted() async throws {
        let calls = Calls()
        let engine = try await openEngine()
        let workflow = try workflow(calls)
        try engine.register(workflow)
        try await engine.client.submit(workflow, id: "before", input: 1)
        try await serving(engine) {
            for number in 0..<20 { try await engine.client.submit(workflow, id: "i\(number)", input: number) }
            for number in 0..<20 {
                #expect(try await engine.client.waitForCompletion(of: "i\(number)", as: workflow).output == number + 11)
            }
            #expect(try await engine.client.waitForCompletion(of: "before", as: workflow).output == 12)
        }
        #expect(calls.count("a") == 21 && calls.count("b") == 21)
    }

    @Test("after a crash all live instances are taken up at start, without a word")
    func takesUp() async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).then("b") { (value: Int) in
            calls.note("b")
            if calls.count("b") <= 5 { try await Task.sleep(for: .seconds(3600)) }
            return value
        }.build()
        let first = try await openEngine(on: disk)
        try first.register(workflow)
        let service = Task { try await first.run() }
        for number in 0..<5 { try await first.client.submit(workflow, id: "i\(number)", input: number) }
        try await waitUntil { calls.count("b") == 5 }
        let afterCrash = disk.crash(keeping: .nothing)
        service.cancel()
        try? await service.value
        let second = try await openEngine(on: afterCrash)
        try second.register(workflow)
        try await serving(second) {
            for number in 0..<5 {
                let output = try await second.client.waitForCompletion(of: "i\(number)", as: workflow).output
                #expect(output == number + 1)
            }
        }
        #expect(calls.count("a") == 5 && calls.count("b") == 10)
    }

    @Test(
        "delays end, signals arrive, retries follow and pauses end by themselves, without a task for each instance that waits"
    )
    func waits() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        let workflow = try Flow("w", input: Int.self)
            .delay("night", .seconds(86_400))
            .then(failing(1, "flaky", retries: 1, calls))
            .waitForSignal("go", of: Int.self)
            .build()
        try engine.register(workflow)
        try await serving(engine) {
            try await engine.client.submit(workflow, id: "i", input: 1)
            try await waitUntil { try await engine.client.status(of: "i").name == "waiting" }
            try await engine.client.pause("i")
            try await waitUntil { try await engine.client.status(of: "i").name == "paused" }
            try await engine.client.unpause("i")
            try await waitUntil { try await engine.client.status(of: "i").name == "waiting" && clock.sleeperCount > 0 }
            clock.advance(by: .seconds(86_400))
            try await waitUntil { try await engine.client.state(of: "i").steps[Step("flaky")]?.failureCount == 1 }
            try await waitUntil { clock.sleeperCount > 0 }
            clock.advance(by: .seconds(1))
            try await waitUntil { try await engine.client.status(of: "i").name == "awaiting_signal" }
            try await engine.client.signal("go", to: "i", payload: 7)
            #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == 7)
        }
        #expect(calls.count("flaky") == 2)
    }

    @Test("WRK-02, WRK-03, WRK-04, WRK-07: failures, retries, forks and signals end under a service as they do by hand")
    func sameAsByHand() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        let policy = RetryPolicy(maxRetries: 2, initialDelay: .seconds(1))
        let fails = try Flow("fails", input: Int.self).then(failing(99, "once", retries: nil, calls)).build()
        let retried = try Flow("retried", input: Int.self).then(failing(99, "thrice", retries: policy, calls)).build()
        let forks = try Flow("forks", input: Int.self).then(adding(1, "a"))
            .fork(Branch(adding(19, "p")), Branch(adding(100, "q"))).join("j") { (p: Int, q: Int) in [p, q] }.build()
        let waits = try Flow("waits", input: Int.self).waitForSignal("first", of: Int.self, as: "one")
            .waitForSignal("second", of: Int.self, as: "two", timeout: .seconds(60)).build()
        try engine.register(fails)
        try engine.register(retried)
        try engine.register(forks)
        try engine.register(waits)
        try await engine.client.signal("first", to: "w", payload: 1)
        try await serving(engine) {
            try await engine.client.submit(fails, id: "f", input: 1)
            #expect(
                try await engine.client.waitForCompletion(of: "f", as: fails).error?.description == "TestError: err1")
            try await engine.client.submit(retried, id: "r", input: 1)
            let status = try await clock.skippingSleep {
                try await engine.client.waitForCompletion(of: "r", as: retried)
            }
            #expect(status.error?.description == "TestError: err3")
            try await engine.client.submit(forks, id: "k", input: 1)
            #expect(try await engine.client.waitForCompletion(of: "k", as: forks).output == [21, 102])
            try await engine.client.submit(waits, id: "w", input: 1)
            try await waitUntil { clock.sleeperCount > 0 }
            clock.advance(by: .seconds(60))
            #expect(
                try await engine.client.waitForCompletion(of: "w", as: waits).error?.description
                    == "Signal 'second' did not arrive at 'two' in time")
        }
        #expect(calls.count("once") == 1 && calls.count("thrice") == 3)
    }

    @Test("CAN-15: cancelling what waits takes effect at once")
    func cancelsParked() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).waitForSignal("never", of: Int.self).build()
        try engine.register(workflow)
        try await serving(engine) {
            try await engine.client.submit(workflow, id: "i", input: 1)
            try await waitUntil { try await engine.client.status(of: "i").name == "awaiting_signal" }
            try await engine.client.cancel("i", reason: "why")
            #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).request?.reason == "why")
        }
    }

    @Test("what is run by hand and then waits is gone on with by the service")
    func byHand() async throws {
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        let workflow = try Flow("w", input: Int.self).delay("d", .seconds(60)).then(adding(1, "a")).build()
        try engine.register(workflow)
        try await serving(engine) {
            #expect(try await engine.run(workflow, id: "i", input: 1).status.name == "waiting")
            try await waitUntil { clock.sleeperCount > 0 }
            clock.advance(by: .seconds(60))
            #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == 2)
        }
    }

    @Test(
        "WRK-08, WRK-09: at a graceful shutdown tasks end and are stored, nothing more begins, and the next service goes on"
    )
    func gracefulShutdown() async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self).then("a") { (value: Int) in
            calls.note("a")
            try await waitUntil { calls.count("open") > 0 }
            return value + 1
        }.then(adding(1, "b", calls)).build()
        let engine = try await openEngine(on: disk)
        try engine.register(workflow)
        await testGracefulShutdown { trigger in
            async let ended: Void? = try? engine.run()
            _ = try? await engine.client.submit(workflow, id: "i", input: 1)
            try? await waitUntil { calls.count("a") == 1 }
            trigger.triggerGracefulShutdown()
            calls.note("open")
            await ended
        }
        #expect(try await engine.client.result(of: Step("a"), in: "i", as: Int.self) == 2)
        #expect(calls.count("b") == 0)
        let next = try await openEngine(on: disk.crash(keeping: .nothing))
        try next.register(workflow)
        try await serving(next) {
            let output = try await next.client.waitForCompletion(of: "i", as: workflow).output
            #expect(output == 3)
        }
        #expect(calls.count("a") == 1)
    }

    @Test("a group of services runs the engine and ends it")
    func serviceGroup() async throws {
        let engine = try await openEngine()
        let workflow = try workflow()
        try engine.register(workflow)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: engine)], logger: Logger(label: "test")))
        let running = Task { try await group.run() }
        try await engine.client.submit(workflow, id: "i", input: 1)
        #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == 12)
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test("an instance without its definition is reported and left alone; with it, it goes on")
    func unknownDefinition() async throws {
        let lines = LogLines()
        var options = EngineOptions()
        options.logger = lines.logger
        let backend = try await openLog(InMemoryFileSystem())
        let engine = Engine(backend: backend, options: options)
        let workflow = try workflow()
        try await serving(engine) {
            try await engine.client.submit(workflow, id: "i", input: 1)
            try await waitUntil { lines.lines.contains { $0.contains("1 live instance is unserved") } }
        }
        let line = try #require(lines.lines.first { $0.contains("unserved") })
        #expect(line.contains("'w'") && line.contains(workflow.definitionHash.description.prefix(12)))
        #expect(try await engine.client.history(of: "i").count == 1)
        try engine.register(workflow)
        try await serving(engine) {
            let output = try await engine.client.waitForCompletion(of: "i", as: workflow).output
            #expect(output == 12)
        }
    }

    @Test("WRK-10: no more instances run at the same time than may")
    func concurrency() async throws {
        let active = Atomically<(now: Int, most: Int)>((0, 0))
        var options = EngineOptions()
        options.concurrency = 3
        let engine = Engine(backend: InMemoryBackend(), options: options)
        let workflow = try Flow("w", input: Int.self).then("t") { (value: Int) in
            active.change { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            try await Task.sleep(for: .milliseconds(2))
            active.change { $0.now -= 1 }
            return value
        }.build()
        try engine.register(workflow)
        for number in 0..<12 { try await engine.client.submit(workflow, id: "i\(number)", input: number) }
        try await serving(engine) {
            for number in 0..<12 { _ = try await engine.client.waitForCompletion(of: "i\(number)", as: workflow) }
        }
        #expect(active.value.most == 3)
    }

    @Test("PRI-03, CLI-01: the more urgent instance goes first")
    func priority() async throws {
        let calls = Calls()
        var options = EngineOptions()
        options.concurrency = 1
        let engine = Engine(backend: InMemoryBackend(), options: options)
        let workflow = try Flow("w", input: Int.self).then("t") { (value: Int) in
            calls.note("\(value)")
            return value
        }.build()
        try engine.register(workflow)
        for priority in [4, 3, 5, 1, 2] {
            try await engine.client.submit(workflow, id: "p\(priority)", input: priority, priority: priority)
        }
        try await serving(engine) {
            for priority in 1...5 { _ = try await engine.client.waitForCompletion(of: "p\(priority)", as: workflow) }
        }
        #expect(calls.all.count == 5)
        // The first may have been taken before the others were known.
        #expect(calls.all.dropFirst() == calls.all.dropFirst().sorted()[...])
    }

    @Test("TAG-01: a service runs tasks whose tags it offers, and tasks without; the others wait for one that does")
    func tags() async throws {
        let calls = Calls()
        let backend = InMemoryBackend()
        func service(_ tags: [String]?) -> Engine {
            var options = EngineOptions()
            options.tags = tags
            options.executor = tags?.joined() ?? "any"
            return Engine(backend: backend, options: options)
        }
        func task(_ id: String, _ tags: [String]) -> DurableTask<Int, Int> {
            DurableTask(id, tags: tags) { (value: Int) in
                calls.note(id)
                return value
            }
        }
        let workflow = try Flow("w", input: Int.self)
            .then(task("plain", [])).then(task("gpu", ["gpu"])).then(task("both", ["gpu", "cuda"])).build()
        let gpu = service(["gpu"])
        try gpu.register(workflow)
        try await gpu.client.submit(workflow, id: "i", input: 1)
        try await serving(gpu) {
            try await waitUntil { calls.count("gpu") == 1 }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(calls.all == ["plain", "gpu"])
        #expect(try await gpu.client.status(of: "i") == .inProgress)
        let any = service(nil)
        try any.register(workflow)
        try await serving(any) { _ = try await any.client.waitForCompletion(of: "i", as: workflow) }
        #expect(calls.all == ["plain", "gpu", "both"])
    }

    @Test("a full disk holds up what cannot be stored, and room lets it go on")
    func fullDisk() async throws {
        let clock = VirtualClock()
        let disk = InMemoryFileSystem(capacity: 80 * 1024)
        let engine = try await openEngine(on: disk, clock: clock)
        let workflow = try Flow("w", input: Int.self).then("blob") { (count: Int) in Data(repeating: 1, count: count) }
            .then("count") { $0.count }.build()
        try engine.register(workflow)
        try await serving(engine) {
            try await engine.client.submit(workflow, id: "i", input: 60_000)
            await clock.waitForSleepers()
            #expect(try await engine.client.status(of: "i") == .inProgress)
            disk.capacity = .max
            clock.advance(by: .seconds(1))
            #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == 60_000)
        }
    }

    @Test("storage that has failed ends the service with the error")
    func failedStorage() async throws {
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        let workflow = try Flow("w", input: Int.self).then("t") { (value: Int) in
            disk.inject(Fault(.synchronize, .nth(1), .fail(EIO)))
            return value
        }.build()
        try engine.register(workflow)
        try await engine.client.submit(workflow, id: "i", input: 1)
        let error = await #expect(throws: WorkflowError.self) { try await engine.run() }
        #expect(error?.description.contains("Whether the last records reached the disk is unknown") == true)
    }

    @Test(
        "what is known to wait is not looked at when a service starts again, and goes on in its time or by its signal")
    func restingInstances() async throws {
        let disk = InMemoryFileSystem()
        let clock = VirtualClock()
        let calls = Calls()
        let sleeping = try Flow("sleeping", input: Int.self).then(adding(1, "a", calls)).delay("night", .seconds(100))
            .then(adding(10, "b", calls)).build()
        let awaiting = try Flow("awaiting", input: Int.self).waitForSignal("go", of: Int.self).build()
        let runs = RunCounter()
        func open(_ workflows: Workflow<Int, Int>...) async throws -> (engine: Engine, log: LogBackend) {
            var options = EngineOptions()
            options.clock = clock
            options.middleware = [runs]
            let log = try await openLog(disk)
            let engine = Engine(backend: log, options: options)
            for workflow in workflows { try engine.register(workflow) }
            return (engine, log)
        }
        let (first, log) = try await open(sleeping, awaiting)
        try await serving(first) {
            for number in 0..<5 { try await first.client.submit(sleeping, id: "s\(number)", input: number) }
            for number in 0..<5 { try await first.client.submit(awaiting, id: "a\(number)", input: number) }
            try await waitUntil {
                try await log.waitingInstances(of: [served(sleeping), served(awaiting)])
                    .count { $0.isAtRest } == 10
            }
        }
        try await log.takeSnapshot()
        try await log.close()
        let before = runs.count

        let (second, again) = try await open(sleeping, awaiting)
        try await serving(second) {
            try await second.client.submit(awaiting, id: "new", input: 0)
            try await waitUntil { try await second.client.status(of: "new").name == "awaiting_signal" }
            #expect(runs.count == before + 1)
            try await second.client.signal("go", to: "a3", payload: 7)
            #expect(try await second.client.waitForCompletion(of: "a3", as: awaiting).output == 7)
            try await waitUntil { clock.sleeperCount > 0 }
            clock.advance(by: .seconds(100))
            for number in 0..<5 {
                let output = try await second.client.waitForCompletion(of: "s\(number)", as: sleeping).output
                #expect(output == number + 11)
            }
        }
        #expect(calls.count("a") == 5 && calls.count("b") == 5)
        try await again.takeSnapshot()
        try await again.close()

        // Who cannot run them says so, as ever, though they rest.
        let third = try await open(sleeping).engine
        let rests = try await third.backend.waitingInstances(of: [served(sleeping)])
        #expect(rests.count == 5 && !rests.contains { $0.isAtRest })
    }
}

private func served(_ workflow: Workflow<Int, Int>) -> ServedWorkflow {
    ServedWorkflow(name: workflow.name, definition: workflow.definitionHash)
}

/// Counts runs of instances.
private final class RunCounter: EngineMiddleware {
    private let number = Atomically(0)

    var count: Int { number.value }

    func aroundRun(_ run: RunDescription, _ next: @Sendable () async -> RunOutcome) async -> RunOutcome {
        number.change { $0 += 1 }
        return await next()
    }
}
