internal import Instrumentation
internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// An engine's middleware as one: the first of the list is the outermost.
struct Observer: Sendable {
    private let middleware: [any EngineMiddleware]

    /// Whether nobody looks on.
    var isAbsent: Bool { middleware.isEmpty }

    init(_ middleware: [any EngineMiddleware]) { self.middleware = middleware }

    /// What carries traces from process to process: the tracer of the first ``TracingMiddleware`` that has its own, or the program's.
    var instrument: any Instrument {
        for case let tracing as TracingMiddleware in middleware {
            if let tracer = tracing.tracer { return tracer }
        }
        return InstrumentationSystem.instrument
    }

    func didStore(_ events: [Event], of run: @autoclosure () -> RunDescription) {
        if middleware.isEmpty { return }
        let run = run()
        for observer in middleware { observer.didStore(events, of: run) }
    }

    func didCount(_ counts: ServiceCounts) {
        for observer in middleware { observer.didCount(counts) }
    }

    /// Runs an attempt with the middleware around it.
    func aroundTask(
        _ context: TaskContext, _ body: @escaping @Sendable () async -> TaskExecution.Outcome
    ) async -> TaskExecution.Outcome {
        if middleware.isEmpty { return await body() }
        // Middleware sees what it may know of the outcome; the outcome itself goes past it.
        let outcome = Monitor<TaskExecution.Outcome>(.interrupted)
        var next: @Sendable () async -> TaskOutcome = {
            let result = await body()
            outcome.withLock { $0 = result }
            return TaskOutcome(result)
        }
        for observer in middleware.reversed() {
            next = { [next] in await observer.aroundTask(context, next) }
        }
        _ = await next()
        return outcome.withLock { $0 }
    }

    /// Runs an instance with the middleware around it.
    func aroundRun(
        _ run: @autoclosure () -> RunDescription,
        _ body: @escaping @Sendable () async throws(WorkflowError) -> LeftInstance
    ) async throws(WorkflowError) -> LeftInstance {
        if middleware.isEmpty { return try await body() }
        let run = run()
        let result = Monitor<Result<LeftInstance, WorkflowError>>(.failure(.interrupted(run.instance)))
        var next: @Sendable () async -> RunOutcome = {
            do throws(WorkflowError) {
                let left = try await body()
                result.withLock { $0 = .success(left) }
                return RunOutcome(left.state.phase)
            } catch {
                result.withLock { $0 = .failure(error) }
                return .stopped
            }
        }
        for observer in middleware.reversed() {
            next = { [next] in await observer.aroundRun(run, next) }
        }
        _ = await next()
        return try result.withLock { $0 }.get()
    }
}

extension TaskOutcome {
    fileprivate init(_ outcome: TaskExecution.Outcome) {
        switch outcome {
        case .returned: self = .returned
        case .threw(let failure, _): self = .failed(failure.bounded)
        case .timedOut(let limit), .stalled(let limit): self = .timedOut(limit)
        case .interrupted: self = .interrupted
        case .stuck(let value): self = .undecodable(value)
        }
    }
}

extension RunOutcome {
    fileprivate init(_ phase: InstancePhase) {
        switch phase {
        case .completed: self = .completed
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        default: self = .parked
        }
    }
}
