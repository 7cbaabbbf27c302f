import Foundation
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

/// Code that holds the thread it runs on.
@Suite(.serialized) struct BlockingTests {
    /// More than there are threads of a pool.
    private let many = 2 * max(2, ProcessInfo.processInfo.activeProcessorCount)

    private func engine(_ backend: any Backend, _ change: (inout EngineOptions) -> Void = { _ in }) -> Engine {
        var options = EngineOptions()
        change(&options)
        return Engine(backend: backend, options: options)
    }

    /// A flow of one task that blocks until the gate is open.
    private func blocked(
        by gate: Calls, _ calls: Calls, timeout: Duration? = nil, blocking: Bool = false
    ) throws -> Workflow<Int, Int> {
        try Flow("blocked", input: Int.self).then(
            DurableTask("t", timeout: timeout, blocking: blocking) { (value: Int) in
                calls.note("begun")
                while gate.count("open") == 0 { usleep(2000) }
                return value
            }
        ).build()
    }

    /// When each instance that timed out did so after its task had begun.
    private func checkTimeOuts(_ engine: Engine) async throws {
        let (gate, calls) = (Calls(), Calls())
        let workflow = try blocked(by: gate, calls, timeout: .milliseconds(300))
        try engine.register(workflow)
        let service = Task { try await engine.run() }
        for number in 0..<many { try await engine.client.submit(workflow, id: InstanceID("b\(number)"), input: number) }
        for number in 0..<many {
            let status = try await engine.client.waitForCompletion(of: InstanceID("b\(number)"), as: workflow)
            // The gate is still closed: none has returned.
            #expect(status.error?.description == "Task 't' timed out after 300ms")
        }
        gate.note("open")
        service.cancel()
        _ = await service.result
    }

    @Test("TO-02: Time-outs end attempts though each blocks its thread, on the log")
    func timeOutsOnLog() async throws { try await checkTimeOuts(engine(try await openLog(InMemoryFileSystem()))) }

    @Test("Time-outs end attempts though each blocks its thread, in memory")
    func timeOutsInMemory() async throws { try await checkTimeOuts(engine(InMemoryBackend())) }

    @Test("Time-outs end attempts though each blocks its thread, on Swift's pool")
    func timeOutsOnPool() async throws {
        try await checkTimeOuts(
            engine(try await openLog(InMemoryFileSystem())) { $0.prefersBackendExecutor = false })
    }

    @Test("Tasks that are declared to block hold up nothing else", arguments: [true, false])
    func declared(isOnLog: Bool) async throws {
        let backend: any Backend = isOnLog ? try await openLog(InMemoryFileSystem()) : InMemoryBackend()
        let (gate, calls) = (Calls(), Calls())
        let engine = engine(backend) { $0.blockingThreads = 64 }
        let workflow = try blocked(by: gate, calls, blocking: true)
        let quick = try Flow("quick", input: Int.self).then(adding(1, "a")).build()
        try engine.register(workflow)
        try engine.register(quick)
        let service = Task { try await engine.run() }
        for number in 0..<many { try await engine.client.submit(workflow, id: InstanceID("b\(number)"), input: number) }
        try await waitUntil { calls.count("begun") == many }
        for number in 0..<20 {
            let id = InstanceID("q\(number)")
            try await engine.client.submit(quick, id: id, input: number)
            #expect(try await engine.client.waitForCompletion(of: id, as: quick).output == number + 1)
        }
        gate.note("open")
        for number in 0..<many {
            let status = try await engine.client.waitForCompletion(of: InstanceID("b\(number)"), as: workflow)
            #expect(status.output == number)
        }
        service.cancel()
        _ = await service.result
    }

    @Test("Tasks that hold all threads of the log hold up others for a moment only, and are warned about by name")
    func undeclared() async throws {
        let lines = LogLines()
        let (gate, calls) = (Calls(), Calls())
        let engine = engine(try await openLog(InMemoryFileSystem())) {
            $0.logger = lines.logger
            $0.heldThreadWarning = .milliseconds(100)
        }
        let workflow = try blocked(by: gate, calls)
        let quick = try Flow("quick", input: Int.self).then(adding(1, "a")).build()
        try engine.register(workflow)
        try engine.register(quick)
        let service = Task { try await engine.run() }
        for number in 0..<many { try await engine.client.submit(workflow, id: InstanceID("b\(number)"), input: number) }
        try await waitUntil { calls.count("begun") == many }
        try await engine.client.submit(quick, id: "q", input: 1)
        #expect(try await engine.client.waitForCompletion(of: "q", as: quick).output == 2)
        try await waitUntil { !lines.lines.isEmpty }
        gate.note("open")
        for number in 0..<many {
            _ = try await engine.client.waitForCompletion(of: InstanceID("b\(number)"), as: workflow)
        }
        service.cancel()
        _ = await service.result
        let warnings = lines.lines.filter { $0.hasPrefix("warning task 't' of workflow 'blocked' has held a thread") }
        #expect(warnings.count == 1 && warnings.first?.contains("`blocking: true`") == true)
    }

    @Test("Whether a task blocks is no part of the definition")
    func definition() throws {
        #expect(
            try blocked(by: Calls(), Calls()).definitionHash
                == blocked(by: Calls(), Calls(), blocking: true).definitionHash)
    }

    @Test("The most threads for tasks that block is at least one", arguments: Extremes.integers)
    func limits(number: Int) async throws {
        let engine = engine(InMemoryBackend()) { $0.blockingThreads = number }
        let workflow = try Flow("w", input: Int.self).then(
            DurableTask("t", timeout: .seconds(60), blocking: true) { (value: Int) in value }
        ).build()
        #expect(try await engine.run(workflow, id: "i", input: 1).output == 1)
    }
}

@Suite struct TaskTimerTests {
    @Test("Timers end in the order of their moments, and cancelled ones never")
    func order() async throws {
        let calls = Calls()
        let timer = TaskTimer()
        _ = timer.start(after: .milliseconds(60)) { calls.note("third") }
        _ = timer.start(after: .milliseconds(1)) { calls.note("first") }
        let cancelled = timer.start(after: .milliseconds(20)) { calls.note("cancelled") }
        _ = timer.start(after: .milliseconds(30)) { calls.note("second") }
        _ = timer.start(after: .seconds(Int64.max)) { calls.note("never") }
        timer.cancel(cancelled)
        try await waitUntil { calls.all.count == 3 }
        #expect(calls.all == ["first", "second", "third"])
    }

    @Test("A timer of no or negative length ends at once", arguments: [.zero, .seconds(-1)] as [Duration])
    func atOnce(duration: Duration) async throws {
        let calls = Calls()
        _ = TaskTimer().start(after: duration) { calls.note("over") }
        try await waitUntil { calls.all.count == 1 }
    }
}
