internal import Logging
internal import SayiirEvents

/// Tells the log and the middleware of what needs an operator's attention: once after the start, whenever it changes, and hourly
/// while it lasts.
struct ServiceMonitor: Sendable {
    let report: ServiceReport
    let environment: RunEnvironment
    let registry: WorkflowRegistry
    let logger: Logger
    /// Whether all live instances have been looked at since the start.
    let hasLookedAtAll: @Sendable () async -> Bool

    /// How often changes are looked for.
    private static let interval = Duration.milliseconds(500)
    /// After how many looks the log is told again.
    private static let looksInAnHour = 7200
    /// For how many looks the first summary waits for all instances to be looked at.
    private static let longestStart = 60

    /// Watches until the calling task is cancelled.
    func run() async {
        var told: ServiceCounts?
        var look = 0
        while (try? await Task.sleep(for: Self.interval)) != nil {
            look += 1
            if told == nil, look < Self.longestStart, await !hasLookedAtAll() { continue }
            if environment.backend is any SharedBackend, told == nil || look % Self.looksInAnHour == 0 {
                await countUnserved()
            }
            let counts = report.counts
            if counts != told { environment.observer.didCount(counts) }
            let isNews = told == nil || counts.unserved > (told?.unserved ?? 0) || look % Self.looksInAnHour == 0
            if isNews, counts.unserved > 0 { tellOfUnserved() }
            told = counts
        }
    }

    /// A backend that hands out work hands out only what is served.
    private func countUnserved() async {
        guard let live = try? await environment.backend.liveInstances(),
            let served = try? await environment.backend.servedWorkflows()
        else { return }
        report.setUnserved(live.filter { instance in instance.served.map { !served.contains($0) } ?? false })
    }

    private func tellOfUnserved() {
        let counts = report.unservedByWorkflow
        let total = counts.values.reduce(0, +)
        let parts = counts.sorted { $0.value > $1.value }.prefix(10).map { workflow, count in
            "\(count) of workflow '\(workflow.name)' (definition \(workflow.definition.description.prefix(12)))"
        }
        let more = counts.count > parts.count ? " and \(counts.count - parts.count) more definitions" : ""
        logger.warning(
            """
            \(total) live instance\(total == 1 ? " is" : "s are") unserved: no workflow with the name and definition is \
            registered, so they wait. Register the workflow they were submitted with, or cancel them. \
            client.unserved() lists them: \(parts.joined(separator: ", "))\(more)
            """, metadata: ["unserved": "\(total)"])
    }
}
