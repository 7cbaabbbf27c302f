internal import DequeModule
internal import SayiirEvents
internal import SayiirLog

/// Threads for code that may hold them: made as they are needed, up to a limit, and ended when they have had nothing to do for a
/// while.
final class TaskThreads: TaskExecutor {
    private struct State {
        var jobs: Deque<UnownedJob> = []
        var threadCount = 0
        /// Threads that wait for a job.
        var idleCount = 0
    }

    private let state = Monitor(State())
    private let limit: Int

    /// How long a thread stays without a job.
    private static let idleNanoseconds = 5_000_000_000

    /// Makes an executor without threads.
    ///
    /// - Parameter limit: The most threads; what is more waits for one of them.
    init(limit: Int) { self.limit = min(max(limit, 1), 4096) }

    /// Runs a job on one of the threads.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let starts = state.update { state in
            state.jobs.append(job)
            guard state.jobs.count > state.idleCount, state.threadCount < limit else { return false }
            state.threadCount += 1
            return true
        }
        guard starts else { return }
        do throws(FileSystemError) {
            try startThread { [self] in run() }
        } catch {
            // The others do it. If there is none, Swift's threads have to.
            let stranded = state.withLock { state -> Deque<UnownedJob> in
                state.threadCount -= 1
                return state.threadCount == 0 ? state.jobs.takeAll() : []
            }
            for job in stranded { globalConcurrentExecutor.enqueue(job) }
        }
    }

    private func run() {
        while let job = nextJob() { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    private func nextJob() -> UnownedJob? {
        state.withLock { $0.idleCount += 1 }
        let job = state.wait(nanoseconds: Self.idleNanoseconds) { state -> UnownedJob? in
            guard let job = state.jobs.popFirst() else { return nil }
            state.idleCount -= 1
            return job
        }
        if let job { return job }
        return state.withLock { state in
            state.idleCount -= 1
            if let job = state.jobs.popFirst() { return job }
            state.threadCount -= 1
            return nil
        }
    }
}

extension Deque {
    fileprivate mutating func takeAll() -> Deque {
        defer { removeAll() }
        return self
    }
}

/// Where an engine's tasks run that do not run where their instance does.
struct TaskExecutors: Sendable {
    /// For tasks that are declared to block.
    let blocking: TaskThreads
    /// For tasks with a time-out: one that blocks must not hold up who is to give it up.
    let timed: TaskThreads

    /// Makes both without threads.
    init(limit: Int) {
        blocking = TaskThreads(limit: limit)
        timed = TaskThreads(limit: limit)
    }
}
