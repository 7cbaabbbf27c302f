public import SayiirEvents

/// Sees what an engine does, and may act around it: for logs, metrics, traces, and what else a program wants to know.
///
/// ```swift
/// var options = EngineOptions()
/// options.middleware = [LoggingMiddleware(logger), MetricsMiddleware(), TracingMiddleware()]
/// ```
///
/// The first one is the outermost. All methods have an implementation that only goes on. What a middleware does holds up the
/// instance, and what it throws away is lost: it must call `next` exactly once.
public protocol EngineMiddleware: Sendable {
    /// Called around a run of an instance: from its being taken up until it ends, waits, or cannot go on.
    func aroundRun(_ run: RunDescription, _ next: @Sendable () async -> RunOutcome) async -> RunOutcome

    /// Called around each attempt at a task; the task-local values that are set here are there for the task's code.
    func aroundTask(_ context: TaskContext, _ next: @Sendable () async -> TaskOutcome) async -> TaskOutcome

    /// Called when events of an instance have become durable.
    func didStore(_ events: [Event], of run: RunDescription)

    /// Called by a service soon after its start, and whenever the numbers have changed.
    func didCount(_ counts: ServiceCounts)
}

extension EngineMiddleware {
    /// Goes on.
    public func aroundRun(_ run: RunDescription, _ next: @Sendable () async -> RunOutcome) async -> RunOutcome {
        await next()
    }

    /// Goes on.
    public func aroundTask(_ context: TaskContext, _ next: @Sendable () async -> TaskOutcome) async -> TaskOutcome {
        await next()
    }

    /// Does nothing.
    public func didStore(_ events: [Event], of run: RunDescription) {}

    /// Does nothing.
    public func didCount(_ counts: ServiceCounts) {}
}

/// Which instance is being run.
public struct RunDescription: Hashable, Sendable {
    /// The instance.
    public let instance: InstanceID
    /// Its workflow's name.
    public let workflow: String
    /// Who runs it.
    public let executor: String
    /// The trace that the instance's submission belongs to; `nil` if it was submitted outside any.
    public let traceContext: TraceContext?
    /// For ``EngineMiddleware/didStore(_:of:)``, the traces that the signals belong to which the stored events consume; otherwise empty.
    public let consumedSignals: [TraceContext]

    init(
        instance: InstanceID, workflow: String, executor: String, traceContext: TraceContext?,
        consumedSignals: [TraceContext] = []
    ) {
        self.instance = instance
        self.workflow = workflow
        self.executor = executor
        self.traceContext = traceContext
        self.consumedSignals = consumedSignals
    }
}

/// How a run of an instance ended.
public enum RunOutcome: String, Hashable, Sendable, CaseIterable {
    /// The workflow completed.
    case completed
    /// The workflow failed.
    case failed
    /// The workflow was cancelled.
    case cancelled
    /// The instance waits: for a moment, a signal, the end of a pause, a decision.
    case parked
    /// The run could not go on: it was interrupted or taken over, or storage failed.
    case stopped
}

/// How an attempt at a task ended.
public enum TaskOutcome: Hashable, Sendable {
    /// It returned.
    case returned
    /// It threw, or its output could not be stored.
    case failed(Failure)
    /// It did not return in time, or gave no heartbeat for so long.
    case timedOut(Duration)
    /// The engine stopped the run before the attempt's end. The attempt is repeated.
    case interrupted
    /// A stored value could not be decoded, so that the step is stuck.
    case undecodable(UndecodableValue)

    /// The outcome in a word: `returned`, `failed`, `timed_out`, `interrupted`, `undecodable`.
    public var name: String {
        switch self {
        case .returned: "returned"
        case .failed: "failed"
        case .timedOut: "timed_out"
        case .interrupted: "interrupted"
        case .undecodable: "undecodable"
        }
    }
}
