public import Metrics

/// Counts and times what an engine does.
///
/// | name | kind | labels |
/// |---|---|---|
/// | `sayiir_task_duration` | timer | `workflow`, `task`, `outcome` |
/// | `sayiir_run_duration` | timer | `workflow`, `outcome` |
/// | `sayiir_runs_active` | gauge | |
/// | `sayiir_instances_unserved` | gauge | |
/// | `sayiir_instances_stuck` | gauge | |
///
/// Labels come from definitions, never from instances, so their number is bounded. Timers count too.
public struct MetricsMiddleware: EngineMiddleware {
    private let factory: any MetricsFactory
    private let active: Meter
    private let unserved: Gauge
    private let stuck: Gauge

    /// Reports to `factory`, or to the metrics system of the program if it is `nil`.
    public init(factory: (any MetricsFactory)? = nil) {
        self.factory = factory ?? MetricsSystem.factory
        active = Meter(label: "sayiir_runs_active", factory: self.factory)
        unserved = Gauge(label: "sayiir_instances_unserved", factory: self.factory)
        stuck = Gauge(label: "sayiir_instances_stuck", factory: self.factory)
    }

    /// Reports the numbers.
    public func didCount(_ counts: ServiceCounts) {
        unserved.record(counts.unserved)
        stuck.record(counts.stuck)
    }

    /// Times the run.
    public func aroundRun(_ run: RunDescription, _ next: @Sendable () async -> RunOutcome) async -> RunOutcome {
        active.increment()
        defer { active.decrement() }
        let start = ContinuousClock.now
        let outcome = await next()
        Timer(
            label: "sayiir_run_duration", dimensions: [("workflow", run.workflow), ("outcome", outcome.rawValue)],
            factory: factory
        ).record(duration: ContinuousClock.now - start)
        return outcome
    }

    /// Times the attempt.
    public func aroundTask(_ context: TaskContext, _ next: @Sendable () async -> TaskOutcome) async -> TaskOutcome {
        let start = ContinuousClock.now
        let outcome = await next()
        Timer(
            label: "sayiir_task_duration",
            dimensions: [
                ("workflow", context.workflow), ("task", context.task.rawValue), ("outcome", outcome.name),
            ], factory: factory
        ).record(duration: ContinuousClock.now - start)
        return outcome
    }
}
