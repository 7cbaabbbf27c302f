internal import SayiirLog

/// Counts the heartbeats of one attempt at a task.
final class Heartbeat: Sendable {
    private let beats = Monitor<UInt64>(0)

    /// How many there were so far.
    var count: UInt64 { beats.withLock { $0 } }

    func beat() { beats.withLock { $0 &+= 1 } }

    /// Returns once there was no heartbeat for `limit`, or up to an eighth longer.
    ///
    /// It counts waits rather than read the time of day, which people may change.
    ///
    /// - Throws: `CancellationError` if the calling task is cancelled.
    func waitUntilMissing(for limit: Duration, on clock: any EngineClock) async throws {
        let wait = limit < .milliseconds(8) ? limit : limit / 8
        var (last, quiet) = (count, Duration.zero)
        while quiet < limit {
            try await clock.sleep(for: wait)
            let now = count
            quiet = now == last ? quiet + wait : .zero
            last = now
        }
    }
}

extension TaskContext {
    /// Tells the engine that the attempt makes progress: its ``TaskOptions/heartbeatTimeout`` begins again.
    ///
    /// ```swift
    /// for page in pages {
    ///     try await index(page)
    ///     TaskContext.current?.heartbeat()
    /// }
    /// ```
    ///
    /// It stores nothing and takes a fraction of a microsecond. Without a time-out it does nothing, nor once the attempt has ended.
    public func heartbeat() { pulse?.beat() }
}

extension TaskExecution {
    /// Runs an attempt, and gives it up if there was no heartbeat for `limit`.
    nonisolated(nonsending) func outcome(
        ofTaskWithHeartbeat pulse: Heartbeat, missingFor limit: Duration,
        _ attempt: @escaping @Sendable () async -> Outcome
    ) async -> Outcome {
        guard limit > .zero else { return .stalled(limit) }
        let first = FirstResult<Outcome>()
        // On threads that no other code blocks, so that the watch keeps its time.
        let work = Task(executorPreference: environment.executors.timed) { first.finish(await attempt()) }
        let watch = Task(executorPreference: environment.executors.timed) { [clock = environment.clock] in
            do {
                try await pulse.waitUntilMissing(for: limit, on: clock)
                first.finish(.stalled(limit))
            } catch {
                // The attempt has ended.
            }
        }
        let outcome = await withTaskCancellationHandler {
            await first.value()
        } onCancel: {
            work.cancel()
        }
        // As with a time-out: code that ignores cancellation continues by itself, and what it returns is dropped.
        work.cancel()
        watch.cancel()
        return outcome
    }
}
