internal import SayiirLog

/// The services of this process on one backend, and what they serve.
final class RunningServices: Sendable {
    private struct Contents {
        var byExecutor: [String: [ServedWorkflow]] = [:]
        /// All that is served, gathered once for every change.
        var all: Set<ServedWorkflow>?
    }

    private let contents = Monitor(Contents())

    /// Notes what a service serves; it has ended if that is `nil`.
    func announce(_ workflows: [ServedWorkflow]?, by executor: String) {
        contents.withLock { contents in
            contents.byExecutor[executor] = workflows
            contents.all = contents.byExecutor.isEmpty ? nil : Set(contents.byExecutor.values.joined())
        }
    }

    /// All that is served; `nil` if no service runs.
    var workflows: Set<ServedWorkflow>? { contents.withLock { $0.all } }
}
