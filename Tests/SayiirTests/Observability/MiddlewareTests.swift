import InMemoryTracing
import Logging
import Metrics
import MetricsTestKit
import Sayiir
import SayiirTesting
import TestSupport
import Testing
import Tracing

@Suite struct MiddlewareTests {
    private func engine(_ middleware: any EngineMiddleware...) -> Engine {
        var options = EngineOptions()
        options.middleware = middleware
        options.executor = "tester"
        return Engine(backend: InMemoryBackend(), options: options)
    }

    private func workflow() throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then("good") { $0 + 1 }
            .then("flaky", options: TaskOptions(retries: RetryPolicy(maxRetries: 1, initialDelay: .zero))) {
                (value: Int) in
                if TaskContext.current?.attempt == 1 { throw TestError("once") }
                return value
            }
            .waitForSignal("go", of: Int.self)
            .then(adding(1, "last"))
            .build()
    }

    /// Runs the workflow in two runs: up to the signal, and from there.
    private func runTwice(_ engine: Engine) async throws {
        let workflow = try workflow()
        _ = try await engine.run(workflow, id: "order-1", input: 1)
        try await engine.client.signal("go", to: "order-1", payload: 5)
        #expect(try await engine.resume(workflow, id: "order-1").output == 6)
    }

    @Test("logs tell ends and failures with instance, workflow, task and attempt, and never a value")
    func logging() async throws {
        let lines = LogLines()
        var logger = lines.logger
        logger.logLevel = .debug
        try await runTwice(engine(LoggingMiddleware(logger)))
        let failure = try #require(lines.lines.first { $0.contains("task_failed") })
        for text in ["warning", "instance=order-1", "workflow=w", "task=flaky", "attempt=1", "error=TestError: once"] {
            #expect(failure.contains(text), "\(failure)")
        }
        #expect(lines.lines.contains { $0.hasPrefix("info completed") })
        #expect(lines.lines.contains { $0.hasPrefix("debug signal_awaited") && $0.contains("signal=go") })
    }

    @Test("metrics are labelled by workflow, task and outcome, and by nothing that grows with the instances")
    func metrics() async throws {
        let metrics = TestMetrics()
        let engine = engine(MetricsMiddleware(factory: metrics))
        try await runTwice(engine)
        let tasks = metrics.timers(label: "sayiir_task_duration")
        let counts = Dictionary(
            uniqueKeysWithValues: tasks.map { timer in
                (timer.dimensions.map { "\($0.0)=\($0.1)" }.joined(separator: " "), timer.values.count)
            })
        #expect(
            counts == [
                "workflow=w task=good outcome=returned": 1, "workflow=w task=flaky outcome=failed": 1,
                "workflow=w task=flaky outcome=returned": 1, "workflow=w task=last outcome=returned": 1,
            ])
        let runs = metrics.timers(label: "sayiir_run_duration").flatMap { $0.dimensions.map(\.1) }
        #expect(Set(runs) == ["w", "parked", "completed"])
        #expect(metrics.meters(label: "sayiir_runs_active").first?.values == [1, 0, 1, 0])
    }

    @Test("each run is a span with its tasks below it, and is linked to the run before it")
    func tracing() async throws {
        let tracer = InMemoryTracer()
        try await runTwice(engine(TracingMiddleware(tracer)))
        let spans = tracer.finishedSpans
        let runs = spans.filter { $0.operationName == "workflow w" }
        try #require(runs.count == 2)
        #expect(runs.map { $0.attributes.get("sayiir.outcome") } == [.string("parked"), .string("completed")])
        let tasks = spans.filter { $0.operationName.hasPrefix("task ") }
        #expect(tasks.map(\.operationName) == ["task good", "task flaky", "task flaky", "task last"])
        #expect(tasks.prefix(3).allSatisfy { $0.parentSpanID == runs[0].spanID })
        #expect(tasks[3].parentSpanID == runs[1].spanID)
        #expect(tasks[1].status?.code == .error)
        #expect(runs[1].links.first?.context.inMemorySpanContext?.spanID == runs[0].spanID)
    }

    @Test("the first middleware is the outermost, and what it sets is there for the task")
    func order() async throws {
        let calls = Calls()
        struct Marking: EngineMiddleware {
            let name: String
            let calls: Calls

            func aroundTask(_ context: TaskContext, _ next: @Sendable () async -> TaskOutcome) async -> TaskOutcome {
                calls.note("\(name) in")
                let outcome = await next()
                calls.note("\(name) out")
                return outcome
            }
        }
        let engine = engine(Marking(name: "outer", calls: calls), Marking(name: "inner", calls: calls))
        let workflow = try Flow("w", input: Int.self).then(adding(1, "t", calls)).build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        #expect(calls.all == ["outer in", "inner in", "t", "inner out", "outer out"])
    }
}
