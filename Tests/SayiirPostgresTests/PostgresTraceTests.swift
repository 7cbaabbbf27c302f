import InMemoryTracing
import Sayiir
import SayiirPostgres
import TestSupport
import Testing
import Tracing

@Suite("Traces across PostgreSQL")
struct PostgresTraceTests {
    @Test("Workers' runs are children of the span in which a client submitted, and link to the signal's span")
    func acrossProcesses() async throws {
        let tracer = InMemoryTracer()
        let store = TestStore.options()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).waitForSignal("go", of: Int.self)
            .then(adding(1, "b")).build()
        func options(_ name: String) -> EngineOptions {
            var options = workerOptions(name)
            options.middleware = [TracingMiddleware(tracer)]
            return options
        }
        let client = WorkflowClient(backend: try await TestStore.connect(store), options: options("client"))
        try await tracer.withAnySpan("submit") { _ in _ = try await client.submit(workflow, id: "i", input: 1) }
        // Each worker has a connection of its own, as after a restart.
        for number in 0...1 {
            let engine = Engine(backend: try await TestStore.connect(store), options: options("worker \(number)"))
            try engine.register(workflow)
            try await serving([engine]) {
                if number == 1 {
                    try await tracer.withAnySpan("signal") { _ in
                        _ = try await client.signal("go", to: "i", payload: 2)
                    }
                }
                try await waitUntil {
                    switch try await client.status(of: "i") {
                    case .awaitingSignal: number == 0
                    case .completed: number == 1
                    default: false
                    }
                }
            }
        }
        let submission = try #require(tracer.finishedSpans.first { $0.operationName == "submit" })
        let runs = tracer.finishedSpans.filter { $0.operationName == "workflow w" }
        #expect(runs.count >= 2)
        #expect(runs.allSatisfy { $0.parentSpanID == submission.spanID && $0.traceID == submission.traceID })
        let signal = try #require(tracer.finishedSpans.first { $0.operationName == "signal" })
        let links = runs.flatMap(\.links).compactMap { $0.context.inMemorySpanContext?.spanID }
        #expect(links.contains(signal.spanID))
    }
}
