internal import Logging
internal import SayiirEvents

/// Tells the log and the middleware of what needs an operator's attention: the middleware whenever it changes; the log after the start,
/// when it has doubled, and hourly while it lasts.
struct ServiceMonitor: Sendable {
    let report: ServiceReport
    let environment: RunEnvironment
    let executor: String
    let logger: Logger
    /// Whether all live instances have been looked at since the start.
    let hasLookedAtAll: @Sendable () async -> Bool

    /// How often changes are looked for.
    private static let interval = Duration.milliseconds(500)
    /// After how many looks the log is told again.
    private static let looksInAnHour = 7200
    /// For how many looks the first summary waits for all instances to be looked at.
    private static let longestStart = 60

    /// After how many looks some of the noted instances are looked at again, and what other services serve.
    private static let looksBetweenReviews = 10
    /// How many of them, at most.
    private static let reviewedInstances = 64
    /// How long after a count of all live instances the next one comes, at least; and how many times as long as it took.
    private static let countInterval = (least: Duration.seconds(60), factor: 100)

    /// Watches until the calling task is cancelled.
    func run() async {
        var counted: ServiceCounts?
        // The number that the log was told of in this hour. Instances that come one after another must not give a line each.
        var told = 0
        var look = 0
        var count = SharedCount()
        while (try? await Task.sleep(for: Self.interval)) != nil {
            look += 1
            if counted == nil, look < Self.longestStart, await !hasLookedAtAll() { continue }
            let isReview = look % Self.looksBetweenReviews == 0
            if isReview { await reviewSome() }
            if counted == nil || isReview { await countUnserved(&count) }
            let counts = report.counts
            if counts != counted { environment.observer.didCount(counts) }
            counted = counts
            if look % Self.looksInAnHour == 0 { told = 0 }
            guard counts.unserved > 0, counts.unserved >= 2 * told else { continue }
            tellOfUnserved()
            told = counts.unserved
        }
    }

    /// Looks at some instances that are noted: other programs may have ended or moved them, and nothing tells a service of that. A request
    /// to stop that the lease of a dead worker held up is applied.
    private func reviewSome() async {
        let noted = report.someNoted(limit: Self.reviewedInstances)
        guard !noted.isEmpty, let served = try? await environment.backend.servedWorkflows() else { return }
        for id in noted {
            guard let state = try? await environment.state(of: id) else { continue }
            let isServed = state.served.map { served.contains($0) } ?? true
            let settled = isServed ? state : (try? await environment.settle(state, by: executor)) ?? state
            report.review(id, settled, isServed: isServed)
        }
    }

    /// When all live instances were counted last, and what was served then.
    private struct SharedCount {
        var served: Set<ServedWorkflow>?
        var next = ContinuousClock.now
    }

    /// A backend that hands out work hands out only what is served: all live instances have to be looked at. That is done when another
    /// service has begun or ended, and now and then.
    private func countUnserved(_ count: inout SharedCount) async {
        guard environment.backend is any SharedBackend, let served = try? await environment.backend.servedWorkflows()
        else { return }
        let begin = ContinuousClock.now
        guard served != count.served || begin >= count.next else { return }
        guard let live = try? await environment.backend.liveInstances() else { return }
        report.setUnserved(live.filter { instance in instance.served.map { !served.contains($0) } ?? false })
        let pause = (ContinuousClock.now - begin) * Self.countInterval.factor
        count = SharedCount(served: served, next: .now + max(Self.countInterval.least, pause))
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
