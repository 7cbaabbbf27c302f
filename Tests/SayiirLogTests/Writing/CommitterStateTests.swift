import Testing

@testable import SayiirLog

@Suite("What the threads of a log do next")
struct CommitterStateTests {
    /// Keeps the jobs of tasks until it is told to run them.
    private final class Jobs: TaskExecutor {
        private let waiting = Monitor<[UnownedJob]>([])

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            waiting.withLock { $0.append(job) }
        }

        /// Jobs of so many tasks.
        func make(_ count: Int) -> [UnownedJob] {
            let before = waiting.withLock { $0.count }
            for _ in 0..<count { Task(executorPreference: self) {} }
            return Array(waiting.withLock { $0 }[before...])
        }

        deinit { for job in waiting.withLock({ $0 }) { job.runSynchronously(on: asUnownedTaskExecutor()) } }
    }

    /// A turn without what it brings with it.
    private enum Kind { case run, commit, promise, close, leave }

    private let jobs = Jobs()

    private func state(workers: Int = 1) -> CommitterState {
        var generator = SystemRandomNumberGenerator()
        let head = LogPosition(
            segment: 1, offset: SegmentHeader.byteCount, sequence: 0,
            digest: ChainDigest(genesisOf: LogID(using: &generator)))
        var state = CommitterState(head: head, bytesSinceSnapshot: 0, snapshotInterval: .max, jobLimit: 2)
        state.workerCount = workers
        return state
    }

    private func take(_ state: inout CommitterState) -> Kind? {
        switch state.takeTurn() {
        case .run: .run
        case .commit: .commit
        case .promise: .promise
        case .close: .close
        case .leave: .leave
        case nil: nil
        }
    }

    private func submit(_ count: Int, to state: inout CommitterState) {
        for _ in 0..<count { state.submissions.append(RecordBatch()) { _ in } }
    }

    @Test("jobs come before commits, so that what they append goes into the same one")
    func jobsFirst() {
        var state = state()
        submit(1, to: &state)
        state.jobs.append(contentsOf: jobs.make(1))
        #expect(take(&state) == .run)
        // Another worker may not commit meanwhile.
        #expect(take(&state) == nil)
        #expect(state.patience == .untilOverdue)
        submit(1, to: &state)
        state.runningJobs -= 1
        guard case .commit(let submissions) = state.takeTurn() else { return #expect(Bool(false), "no commit") }
        #expect(submissions.count == 2)
        #expect(state.isCommitting && state.submissions.isEmpty)
    }

    @Test("what has waited too long for a running job is committed without it")
    func overdue() {
        var state = state(workers: 2)
        state.jobs.append(contentsOf: jobs.make(2))
        #expect(take(&state) == .run)
        submit(1, to: &state)
        // Even before the job that waits.
        guard case .commit = state.takeTurn(after: .untilOverdue) else { return #expect(Bool(false), "no commit") }
        #expect(!state.isOverdue)
        #expect(take(&state) == .run)
    }

    @Test("a full commit is not held up by jobs that wait, and others run those meanwhile")
    func full() {
        var state = state(workers: 2)
        state.jobs.append(contentsOf: jobs.make(3))
        submit(CommitterState.fullCommit - 1, to: &state)
        #expect(take(&state) == .run)
        submit(1, to: &state)
        #expect(take(&state) == .commit)
        submit(CommitterState.fullCommit, to: &state)
        #expect(take(&state) == .run)
        // All that may run jobs do, and one commits already.
        #expect(take(&state) == nil)
        #expect(state.patience == .forever)
    }

    @Test("a promise is made once nobody has appended for a while, and not twice")
    func promises() {
        var state = state()
        #expect(take(&state) == nil)
        #expect(state.patience == .untilIdle)
        guard case .promise = state.takeTurn(after: .untilIdle) else { return #expect(Bool(false), "no promise") }
        state.isCommitting = false
        state.isPromiseDue = false
        #expect(state.patience == .forever)
        let second = state.takeTurn(after: .untilIdle)
        #expect(second == nil)
    }

    @Test("closing comes after what was submitted, and then all leave")
    func closing() {
        var state = state()
        submit(1, to: &state)
        state.isClosed = true
        #expect(take(&state) == .commit)
        #expect(take(&state) == nil)
        state.isCommitting = false
        #expect(take(&state) == .close)
        state.isEnded = true
        #expect(take(&state) == .leave)
    }

    @Test(
        "a worker is woken for a submission only if no other will see it",
        arguments: [
            // Workers, those that sleep, jobs that run, who asks: whether one is woken.
            (1, 1, 0, false, true), (1, 0, 0, false, false), (2, 1, 0, false, false), (2, 1, 1, false, true),
            (2, 1, 1, true, false), (3, 1, 1, false, false),
        ])
    func wakes(workers: Int, sleepers: Int, running: Int, fromWorker: Bool, isWoken: Bool) {
        var state = state(workers: workers)
        state.runningJobs = running
        #expect(state.needsWake(sleepers: sleepers, fromWorker: fromWorker) == isWoken)
        state.isCommitting = true
        #expect(!state.needsWake(sleepers: sleepers, fromWorker: fromWorker))
    }

    @Test("a second worker is woken, or started, when there are jobs enough for it")
    func help() {
        var state = state()
        state.jobs.append(contentsOf: jobs.make(CommitterState.jobsWorthAWake - 1))
        #expect(!state.needsHelp(sleepers: 1, fromWorker: true))
        state.jobs.append(contentsOf: jobs.make(1))
        #expect(state.needsHelp(sleepers: 1, fromWorker: true))
        #expect(!state.needsHelp(sleepers: 0, fromWorker: true))
        let early = state.takeNewWorker()
        #expect(!early)
        state.jobs.append(contentsOf: jobs.make(CommitterState.jobsWorthAWorker))
        let (first, second) = (state.takeNewWorker(), state.takeNewWorker())
        #expect(first && !second)
        #expect(state.workerCount == 2)
    }

    @Test("the watch sees what has waited since its last look, and nothing else")
    func watch() {
        var state = state()
        let before = state.look
        submit(1, to: &state)
        #expect(!state.isBehind(before))
        let seen = state.look
        #expect(state.isBehind(seen))
        #expect(take(&state) == .commit)
        #expect(!state.isBehind(seen))
        state.jobs.append(contentsOf: jobs.make(1))
        let later = state.look
        #expect(state.isBehind(later))
        #expect(take(&state) == .run)
        #expect(!state.isBehind(later))
    }

    @Test("the watch sees requests for durability and for the end that wait beside a job that runs")
    func watchedRequests() {
        var state = state()
        state.jobs.append(contentsOf: jobs.make(1))
        #expect(take(&state) == .run)
        state.durabilityRequests.append { _ in }
        let seen = state.look
        #expect(state.isBehind(seen))
        #expect(take(&state) == .promise)
        #expect(!state.isBehind(seen))
        state.isCommitting = false
        state.isClosed = true
        state.closing.append { _ in }
        let later = state.look
        #expect(state.isBehind(later))
        #expect(take(&state) == .close)
        #expect(!state.isBehind(later))
    }
}
