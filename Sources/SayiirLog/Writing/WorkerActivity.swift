internal import CSayiir
internal import Synchronization

/// What a worker's thread is doing, for the watch to see.
final class WorkerActivity: Sendable {
    /// The number of the job that runs, among those of this worker; 0 if none does.
    let job = Atomic<Int>(0)
    /// What the job said of itself; 0 if it said nothing.
    let note = Atomic<Int>(0)
}

/// What a job says of itself to whoever watches the threads of a log.
package enum ThreadNote {
    /// Notes, until the job on the calling thread ends or is suspended, that it does what `number` stands for. Does nothing on threads
    /// that are no log's. Costs a few nanoseconds.
    package static func set(_ number: Int) {
        guard let mark = csayiir_thread_mark() else { return }
        Unmanaged<CommitterWorker>.fromOpaque(mark).takeUnretainedValue().activity.note.store(
            number, ordering: .relaxed)
    }
}

/// Notices jobs that hold a thread of the log for long. For the watch alone.
struct HeldThreads {
    /// Who is told of it, and after what time.
    struct Watcher: Sendable {
        var limit: Duration
        /// Called on the watch's thread, with what the job said of itself.
        var report: @Sendable (_ note: Int) -> Void
    }

    private struct Seen {
        var job: Int
        var since: ContinuousClock.Instant
        var isReported = false
    }

    private var seen: [ObjectIdentifier: Seen] = [:]

    /// Looks at all workers.
    mutating func look(at activities: [WorkerActivity], _ watcher: Watcher, now: ContinuousClock.Instant = .now) {
        for activity in activities {
            let (key, job) = (ObjectIdentifier(activity), activity.job.load(ordering: .relaxed))
            guard job != 0, let known = seen[key], known.job == job else {
                seen[key] = Seen(job: job, since: now)
                continue
            }
            guard !known.isReported, now - known.since >= watcher.limit else { continue }
            seen[key]?.isReported = true
            watcher.report(activity.note.load(ordering: .relaxed))
        }
        if seen.count > 2 * activities.count {
            let current = Set(activities.map(ObjectIdentifier.init))
            seen = seen.filter { current.contains($0.key) }
        }
    }
}
