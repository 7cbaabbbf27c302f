import SayiirEvents
import SayiirLog
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

/// What goes wrong with one instance alone leaves the others alone.
@Suite struct OneBadInstanceTests {
    private static let healthy = 50

    private func workflow() throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then(adding(1, "a")).then(adding(1, "b")).build()
    }

    private func engine(on backend: any Backend, _ lines: LogLines) -> Engine {
        var options = EngineOptions()
        options.logger = lines.logger
        return Engine(backend: backend, options: options)
    }

    /// Serves until all healthy instances have completed.
    private func serve(_ engine: Engine, _ workflow: Workflow<Int, Int>, from first: Int) async throws {
        try engine.register(workflow)
        let service = Task { try await engine.run() }
        for number in first..<first + Self.healthy {
            try await engine.client.submit(workflow, id: InstanceID("i\(number)"), input: number)
        }
        for number in first..<first + Self.healthy {
            let status = try await engine.client.waitForCompletion(of: InstanceID("i\(number)"), as: workflow)
            #expect(status.output == number + 2)
        }
        service.cancel()
        // It has ended because it was cancelled, not because of an error.
        switch await service.result {
        case .success: break
        case .failure(let error): Issue.record("\(error)")
        }
    }

    private static let errors: [BackendError] = [
        .log(.batchTooLarge(byteCount: 20_000_000, limit: 16_777_216)), .malformedAppend("they are odd"),
        .log(.keyTooLong(length: 70_000)),
        .unreadableEvent(instance: "bad", sequence: 3, file: "f", offset: 1, reason: "it is torn"),
    ]

    @Test("An instance whose events cannot be stored is named in the log, and all others complete", arguments: errors)
    func refusedAppend(error: BackendError) async throws {
        for inner in [try await openLog(InMemoryFileSystem()), InMemoryBackend()] as [any Backend] {
            let lines = LogLines()
            let workflow = try workflow()
            let backend = RefusingBackend(inner: inner)
            try await engine(on: backend, lines).client.submit(workflow, id: "bad", input: 1)
            backend.appendError.change { $0 = { $0.first?.instance == "bad" ? error : nil } }
            try await serve(engine(on: backend, lines), workflow, from: 0)
            // The next start is no worse.
            try await serve(engine(on: backend, lines), workflow, from: 100)
            #expect(
                lines.lines.contains { $0.contains("instance=bad") && $0.hasPrefix("error") && $0.contains("\(error)") }
            )
            let byHand = engine(on: backend, lines)
            await #expect(throws: WorkflowError.self) { try await byHand.resume(workflow, id: "bad") }
            backend.appendError.change { $0 = { _ in nil } }
            #expect(try await byHand.resume(workflow, id: "bad").output == 3)
        }
    }

    @Test("An instance whose events cannot be read is named in the log, and all others complete")
    func unreadable() async throws {
        let lines = LogLines()
        let workflow = try workflow()
        let backend = RefusingBackend(inner: InMemoryBackend())
        try await engine(on: backend, lines).client.submit(workflow, id: "bad", input: 1)
        backend.readError.change { $0 = { $0 == "bad" ? Self.errors.last : nil } }
        try await serve(engine(on: backend, lines), workflow, from: 0)
        #expect(lines.lines.contains { $0.contains("instance=bad") && $0.hasPrefix("error") })
        backend.readError.change { $0 = { _ in nil } }
        #expect(try await engine(on: backend, lines).resume(workflow, id: "bad").output == 3)
    }

    @Test("An error of all instances ends the service")
    func fatal() async throws {
        let workflow = try workflow()
        let backend = RefusingBackend(inner: InMemoryBackend())
        let engine = engine(on: backend, LogLines())
        try await engine.client.submit(workflow, id: "bad", input: 1)
        backend.appendError.change { $0 = { _ in .log(.closed) } }
        try engine.register(workflow)
        await #expect(throws: WorkflowError.self) { try await engine.run() }
    }

    @Test("Hundreds of long errors at the same time end the instance and not the service")
    func longErrors() async throws {
        let failing = try Flow("f", input: [Int].self).map("m", concurrency: 500) {
            $0.then(
                DurableTask("call", retries: RetryPolicy(maxRetries: 1, initialDelay: .zero)) { (_: Int) -> Int in
                    throw TestError(String(repeating: "x", count: 40_000))
                })
        }.build()
        let workflow = try workflow()
        let engine = engine(on: try await openLog(InMemoryFileSystem()), LogLines())
        try engine.register(failing)
        try await engine.client.submit(failing, id: "bad", input: Array(0..<500))
        try await serve(engine, workflow, from: 0)
        let again = Task { try await engine.run() }
        #expect(try await engine.client.waitForCompletion(of: "bad", as: failing).isFailed)
        again.cancel()
        _ = await again.result
    }
}
