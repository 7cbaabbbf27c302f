internal import SayiirLog

/// The runs of a service that are under way.
final class RunTable: Sendable {
    private struct Contents {
        var runs: [ObjectIdentifier: RunControl] = [:]
        var isStopped = false
        var failure: WorkflowError?
        /// Who waits until no run is under way.
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let contents = Monitor(Contents())

    /// How many runs are under way.
    var count: Int { contents.withLock { $0.runs.count } }

    /// Adds a run, which is stopped at once if all are.
    func add(_ run: RunControl) {
        let isStopped = contents.withLock { contents in
            contents.runs[ObjectIdentifier(run)] = run
            return contents.isStopped
        }
        if isStopped { run.stop(.shutdown) }
    }

    /// Removes a run that has ended.
    func remove(_ run: RunControl) {
        let waiter = contents.withLock { contents in
            contents.runs[ObjectIdentifier(run)] = nil
            return contents.runs.isEmpty ? contents.waiter.take() : nil
        }
        waiter?.resume()
    }

    /// Notes that storage has failed for good. The first failure counts.
    func fail(_ error: WorkflowError) { contents.withLock { $0.failure = $0.failure ?? error } }

    /// Stops all runs, and those that are added from here on.
    func stopAll() {
        let runs = contents.withLock { contents in
            contents.isStopped = true
            return contents.runs
        }
        for run in runs.values { run.stop(.shutdown) }
    }

    /// Ends the wait for those runs whose code has not given up.
    func abandonAll() {
        for run in contents.withLock({ $0.runs }).values { run.abandon() }
    }

    /// Returns once no run is under way. For one caller, after the last run was added.
    ///
    /// - Throws: What a run failed with.
    func waitForAll() async throws(WorkflowError) {
        await withCheckedContinuation { continuation in
            let isEmpty = contents.withLock { contents in
                if !contents.runs.isEmpty { contents.waiter = continuation }
                return contents.runs.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
        if let failure = contents.withLock({ $0.failure }) { throw failure }
    }
}
