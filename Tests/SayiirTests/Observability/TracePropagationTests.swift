import InMemoryTracing
import Instrumentation
import SayiirEvents
import SayiirTesting
import ServiceContextModule
import TestSupport
import Testing
import Tracing

@testable import Sayiir

/// The spans of runs belong to the requests that caused them.
@Suite struct TracePropagationTests {
    private let tracer = InMemoryTracer()

    private func engine(on disk: InMemoryFileSystem = InMemoryFileSystem()) async throws -> Engine {
        var options = EngineOptions()
        options.middleware = [TracingMiddleware(tracer)]
        return Engine(backend: try await openLog(disk), options: options)
    }

    private func workflow() throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then(adding(1, "first")).waitForSignal("go", of: Int.self)
            .then(adding(1, "last")).build()
    }

    /// Does something in a span of its own, as the handler of a request does.
    private func request<Result>(_ name: String, _ body: () async throws -> Result) async throws -> Result {
        try await tracer.withAnySpan(name, ofKind: .server) { _ in try await body() }
    }

    private func span(_ name: String, _ number: Int = 0) throws -> FinishedInMemorySpan {
        let spans = tracer.finishedSpans.filter { $0.operationName == name }
        return try #require(spans.indices.contains(number) ? spans[number] : nil, "\(name) \(number)")
    }

    private func links(_ span: FinishedInMemorySpan) -> [String] {
        span.links.compactMap { $0.context.inMemorySpanContext?.spanID }
    }

    @Test("A run of a service is a child of the span in which its instance was submitted, and is in its trace")
    func submission() async throws {
        let (engine, workflow) = (try await engine(), try workflow())
        try engine.register(workflow)
        let service = Task { try await engine.run() }
        try await request("POST /orders") { _ = try await engine.client.submit(workflow, id: "i", input: 1) }
        try await request("POST /orders/i/go") { _ = try await engine.client.signal("go", to: "i", payload: 2) }
        #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == 3)
        let completed = SpanAttribute.string("completed")
        try await waitUntil { tracer.finishedSpans.contains { $0.attributes.get("sayiir.outcome") == completed } }
        service.cancel()
        try? await service.value
        let posted = try span("POST /orders")
        let runs = tracer.finishedSpans.filter { $0.operationName == "workflow w" }
        #expect(runs.allSatisfy { $0.parentSpanID == posted.spanID && $0.traceID == posted.traceID })
        let last = try #require(runs.last)
        #expect(try span("task last").parentSpanID == last.spanID)
        #expect(try links(last).contains(span("POST /orders/i/go").spanID))
    }

    @Test("After a restart an instance's runs still belong to the trace of its submission")
    func restart() async throws {
        let disk = InMemoryFileSystem()
        let workflow = try workflow()
        let first = try await engine(on: disk)
        try await request("POST") { _ = try await first.run(workflow, id: "i", input: 1) }
        try await first.client.signal("go", to: "i", payload: 2)
        let second = try await engine(on: disk.crash(keeping: .nothing))
        #expect(try await second.resume(workflow, id: "i").isCompleted)
        let posted = try span("POST")
        for number in 0...1 {
            let run = try span("workflow w", number)
            #expect(run.parentSpanID == posted.spanID && run.traceID == posted.traceID)
        }
    }

    @Test("A run is linked to the spans of the signals that it consumes, whether they came early, meanwhile or late")
    func signals() async throws {
        let engine = try await engine()
        let workflow = try Flow("w", input: Int.self)
            .then("t") { (value: Int) in
                try await request("during") { _ = try await engine.client.signal("two", to: "i", payload: 2) }
                return value
            }
            .waitForSignal("one", of: Int.self).waitForSignal("two", of: Int.self)
            .waitForSignal("three", of: Int.self).build()
        try await request("early") { _ = try await engine.client.signal("one", to: "i", payload: 1) }
        _ = try await engine.run(workflow, id: "i", input: 1)
        try await request("late") { _ = try await engine.client.signal("three", to: "i", payload: 3) }
        #expect(try await engine.resume(workflow, id: "i").output == 3)
        let first = try span("workflow w")
        #expect(try links(first) == [span("early").spanID, span("during").spanID])
        let second = try span("workflow w", 1)
        #expect(try links(second) == [first.spanID, span("late").spanID])
    }

    @Test("A run that a request resumes stays in the submission's trace, and is linked to that request")
    func resumption() async throws {
        let (engine, workflow) = (try await engine(), try workflow())
        try await request("POST") { _ = try await engine.run(workflow, id: "i", input: 1) }
        try await request("retry") { _ = try await engine.resume(workflow, id: "i") }
        let run = try span("workflow w", 1)
        #expect(try run.parentSpanID == span("POST").spanID)
        #expect(try links(run).contains(span("retry").spanID))
        #expect(try links(span("workflow w", 0)).isEmpty)
    }

    @Test("A new run of an id belongs to the trace of its own submission")
    func newRun() async throws {
        let engine = try await engine()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "t")).build()
        try await request("one") { _ = try await engine.run(workflow, id: "i", input: 1) }
        try await request("two") {
            _ = try await engine.run(workflow, id: "i", input: 1, onConflict: .terminateExisting)
        }
        _ = try await engine.run(workflow, id: "i", input: 1, onConflict: .terminateExisting)
        #expect(try span("workflow w", 1).traceID == span("two").traceID)
        #expect(try await engine.client.state(of: "i").traceContext == nil)
    }

    @Test("Without tracing nothing is stored, and with a span but without a tracer neither")
    func absence() async throws {
        let engine = try await openEngine()
        let workflow = try workflow()
        var context = ServiceContext.topLevel
        context.inMemorySpanContext = InMemorySpanContext(traceID: "t", spanID: "s", parentSpanID: nil)
        try await ServiceContext.withValue(context) {
            _ = try await engine.run(workflow, id: "i", input: 1)
            try await engine.client.signal("go", to: "i", payload: 2)
        }
        for event in try await engine.client.history(of: "i").map(\.event) {
            switch event.body {
            case .submitted(let body): #expect(body.traceContext == nil)
            case .signalReceived(let body): #expect(body.traceContext == nil)
            default: break
            }
        }
    }

    @Test("What a tracing system injects beyond the bounds is dropped, and the submission is stored all the same")
    func hostileInstrument() {
        struct Hostile: Instrument {
            func inject<Carrier, Inject: Injector>(
                _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
            ) where Inject.Carrier == Carrier {
                injector.inject(String(repeating: "x", count: 1_000_000), forKey: "huge", into: &carrier)
                injector.inject("a\0b", forKey: "control", into: &carrier)
                for number in 0..<10_000 { injector.inject("v", forKey: "k\(number)", into: &carrier) }
            }

            func extract<Carrier, Extract: Extractor>(
                _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
            ) where Extract.Carrier == Carrier {}
        }
        let context = TraceContext(of: .topLevel, by: Hostile())
        #expect(context?.fields.count == 8)
        #expect(context?.fields.allSatisfy { $0.value == "v" } == true)
    }

    @Test("A span of a failure has its type and an exception event, as OpenTelemetry names them")
    func failures() async throws {
        let engine = try await engine()
        let failing = try Flow("w", input: Int.self).then("t") { (_: Int) -> Int in throw TestError("boom") }.build()
        _ = try await engine.run(failing, id: "i", input: 1)
        for name in ["workflow w", "task t"] {
            let span = try span(name)
            #expect(span.status?.code == .error)
            #expect(span.attributes.get("error.type") == .string("TestError"))
            let exception = try #require(span.events.first { $0.name == "exception" })
            #expect(exception.attributes.get("exception.type") == .string("TestError"))
            #expect(exception.attributes.get("exception.message") == .string("boom"))
        }
        let slow = DurableTask("slow", timeout: .zero) { (value: Int) in value }
        _ = try await engine.run(Flow("x", input: Int.self).then(slow).build(), id: "j", input: 1)
        #expect(try span("task slow").attributes.get("error.type") == .string("timeout"))
        // A time-out has no type of its own.
        #expect(try span("workflow x").attributes.get("error.type") == .string("_OTHER"))
    }
}
