internal import SayiirEvents
internal import SayiirLog
internal import ServiceContextModule
public import Tracing

/// Makes a span of each run of an instance, and one below it of each attempt at a task.
///
/// An instance that waits has several runs. All of them are children of the span in which the instance was submitted, in this process
/// or another: ``WorkflowClient`` and ``Engine`` store that span's context with the submission, and every signal's with the
/// signal. Without a span at submission, each run is a child of the span in which the engine runs it, if there is one.
///
/// A run is linked
/// - to the contexts of the signals that it consumes;
/// - to the span in which the engine runs it, if that is not its parent: a request that resumes an instance;
/// - to the run before it, as long as the process lives and remembers that: it does so for the last ten thousand instances that it
///   left waiting.
///
/// | attribute | on | value |
/// |---|---|---|
/// | `sayiir.instance` | run, task | the instance's id |
/// | `sayiir.workflow` | run, task | the workflow's name |
/// | `sayiir.executor` | run | ``EngineOptions/executor`` |
/// | `sayiir.step` | task | the step |
/// | `sayiir.attempt` | task | the attempt's number, from 1 |
/// | `sayiir.outcome` | run, task | a ``RunOutcome``; the name of a ``TaskOutcome`` |
/// | `error.type` | both | the type of the error, `timeout`, `undecodable`, or `_OTHER` if there is no type |
///
/// `error.type`, and the event `exception` with `exception.type` and `exception.message`, are those of OpenTelemetry's semantic
/// conventions. A span of a task whose attempt failed or timed out, and of a run that failed or was stopped, has the status `error`.
public struct TracingMiddleware: EngineMiddleware {
    /// The tracer that was given; `nil` for the program's.
    let tracer: (any Tracer)?
    private let left = Monitor<[InstanceID: ServiceContext]>([:])

    private static let rememberedInstances = 10_000

    /// The run that the calling task executes.
    @TaskLocal private static var currentRun: (any Span)?

    /// Traces with `tracer`, or with the program's if it is `nil`.
    public init(_ tracer: (any Tracer)? = nil) { self.tracer = tracer }

    /// Makes a span of the run.
    public func aroundRun(_ run: RunDescription, _ next: @Sendable () async -> RunOutcome) async -> RunOutcome {
        let tracer = usedTracer
        let here = ServiceContext.current
        var parent = here ?? .topLevel
        run.traceContext?.add(to: &parent, by: tracer)
        return await tracer.withAnySpan("workflow \(run.workflow)", context: parent, ofKind: .internal) { span in
            span.attributes["sayiir.instance"] = run.instance.rawValue
            span.attributes["sayiir.workflow"] = run.workflow
            span.attributes["sayiir.executor"] = run.executor
            if let before = left.withLock({ $0.removeValue(forKey: run.instance) }) {
                span.addLink(SpanLink(context: before, attributes: [:]))
            }
            if let here, let submission = run.traceContext, let trace = TraceContext(of: here, by: tracer),
                trace != submission
            {
                span.addLink(SpanLink(context: here, attributes: [:]))
            }
            let outcome = await Self.$currentRun.withValue(span) { await next() }
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
        await usedTracer.withAnySpan("task \(context.task)", ofKind: .internal) { span in
            span.attributes["sayiir.instance"] = context.instance.rawValue
            span.attributes["sayiir.workflow"] = context.workflow
            span.attributes["sayiir.step"] = "\(context.step)"
            span.attributes["sayiir.attempt"] = Int(context.attempt)
            let outcome = await next()
            span.attributes["sayiir.outcome"] = outcome.name
            switch outcome {
            case .failed(let failure):
                span.record(failure)
                span.setStatus(SpanStatus(code: .error, message: "\(failure)"))
            case .timedOut(let limit):
                span.attributes["error.type"] = "timeout"
                span.setStatus(SpanStatus(code: .error, message: "timed out after \(limit)"))
            case .undecodable:
                span.attributes["error.type"] = outcome.name
                span.setStatus(SpanStatus(code: .error, message: outcome.name))
            case .returned, .interrupted: break
            }
            return outcome
        }
    }

    /// Links the run's span to the signals that it consumed, and notes the error that ended it.
    public func didStore(_ events: [Event], of run: RunDescription) {
        guard let span = Self.currentRun else { return }
        for signal in run.consumedSignals {
            var context = ServiceContext.topLevel
            signal.add(to: &context, by: usedTracer)
            span.addLink(SpanLink(context: context, attributes: [:]))
        }
        if case .failed(let body) = events.last?.body { span.record(body.failure) }
    }

    private var usedTracer: any Tracer { tracer ?? InstrumentationSystem.tracer }

    private func remember(_ context: ServiceContext, of instance: InstanceID) {
        left.withLock { left in
            if left.count >= Self.rememberedInstances { left.removeAll(keepingCapacity: true) }
            left[instance] = context
        }
    }
}

extension Span {
    /// Notes an error as OpenTelemetry's semantic conventions have it.
    fileprivate func record(_ failure: Failure) {
        let type = failure.type.isEmpty ? "_OTHER" : failure.type
        attributes["error.type"] = type
        let details: SpanAttributes = ["exception.type": .string(type), "exception.message": .string(failure.message)]
        addEvent(SpanEvent(name: "exception", attributes: details))
    }
}
