internal import SayiirEvents
internal import SayiirLog
internal import ServiceContextModule
public import Tracing

/// Makes a span of each run of an instance, and one below it of each attempt at a task.
///
/// An instance that waits has several runs. The span of each is linked to that of the run before it, as long as the process lives
/// and remembers it: of the last ten thousand instances that it left waiting.
public struct TracingMiddleware: EngineMiddleware {
    private let tracer: (any Tracer)?
    private let left = Monitor<[InstanceID: ServiceContext]>([:])

    private static let rememberedInstances = 10_000

    /// Traces with `tracer`, or with the program's if it is `nil`.
    public init(_ tracer: (any Tracer)? = nil) { self.tracer = tracer }

    /// Makes a span of the run.
    public func aroundRun(_ run: RunDescription, _ next: @Sendable () async -> RunOutcome) async -> RunOutcome {
        await withSpan("workflow \(run.workflow)", kind: .internal) { span in
            span.attributes["sayiir.instance"] = run.instance.rawValue
            span.attributes["sayiir.workflow"] = run.workflow
            span.attributes["sayiir.executor"] = run.executor
            if let before = left.withLock({ $0.removeValue(forKey: run.instance) }) {
                span.addLink(SpanLink(context: before, attributes: [:]))
            }
            let outcome = await next()
            span.attributes["sayiir.outcome"] = outcome.rawValue
            switch outcome {
            case .failed, .stopped: span.setStatus(SpanStatus(code: .error, message: outcome.rawValue))
            case .parked: remember(span.context, of: run.instance)
            case .completed, .cancelled: break
            }
            return outcome
        }
    }

    /// Makes a span of the attempt.
    public func aroundTask(_ context: TaskContext, _ next: @Sendable () async -> TaskOutcome) async -> TaskOutcome {
        await withSpan("task \(context.task)", kind: .internal) { span in
            span.attributes["sayiir.instance"] = context.instance.rawValue
            span.attributes["sayiir.step"] = "\(context.step)"
            span.attributes["sayiir.attempt"] = Int(context.attempt)
            let outcome = await next()
            span.attributes["sayiir.outcome"] = outcome.name
            if case .failed(let failure) = outcome {
                span.setStatus(SpanStatus(code: .error, message: "\(failure)"))
            }
            return outcome
        }
    }

    private func withSpan<Result>(
        _ name: String, kind: SpanKind, _ body: (any Span) async -> Result
    ) async -> Result {
        if let tracer { return await tracer.withAnySpan(name, ofKind: kind, body) }
        return await InstrumentationSystem.tracer.withAnySpan(name, ofKind: kind, body)
    }

    private func remember(_ context: ServiceContext, of instance: InstanceID) {
        left.withLock { left in
            if left.count >= Self.rememberedInstances { left.removeAll(keepingCapacity: true) }
            left[instance] = context
        }
    }
}
