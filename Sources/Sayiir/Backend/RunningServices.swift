internal import SayiirLog

/// The services of this process on one backend, and what they serve.
final class RunningServices: Sendable {
    private let served = Monitor<[String: [ServedWorkflow]]>([:])

    /// Notes what a service serves; it has ended if that is nothing.
    func announce(_ workflows: [ServedWorkflow], by executor: String) {
        served.withLock { $0[executor] = workflows.isEmpty ? nil : workflows }
    }

    /// All that is served; `nil` if no service runs.
    var workflows: Set<ServedWorkflow>? {
        served.withLock { $0.isEmpty ? nil : Set($0.values.joined()) }
    }
}
