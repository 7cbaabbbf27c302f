// Runs tasks on the threads that commit.
extension GroupCommitter: TaskExecutor {
    private static let lookMicroseconds: UInt32 = 1000
    private static let looksBeforeDozing = 100
    private static let looksBetweenWarnings = 50

    /// Queues a job of a task that prefers this executor. After the end it runs on Swift's own.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let worker = CommitterWorker.current(of: self)
        if worker?.holdBack(job) != true { queue(CollectionOfOne(job), fromWorker: worker != nil) }
    }

    /// Queues jobs, all at once.
    func queue(_ jobs: some Collection<UnownedJob>, fromWorker: Bool) {
        var (isAccepted, wakesWatch, startsWorker) = (false, false, false)
        state.updateWakingOne { state, sleepers in
            guard !state.isEnded else { return false }
            isAccepted = true
            state.jobs.append(contentsOf: jobs)
            wakesWatch = state.watch == .dozing
            if wakesWatch { state.watch = .looking }
            startsWorker = state.takeNewWorker()
            return state.needsHelp(sleepers: sleepers, fromWorker: fromWorker)
        }
        guard isAccepted else {
            for job in jobs { globalConcurrentExecutor.enqueue(job) }
            return
        }
        if wakesWatch { watchBell.update { $0 = true } }
        if startsWorker { startCountedWorker() }
    }

    /// Starts a worker that the state counts already. Without a thread for it, work waits for the others.
    private func startCountedWorker() {
        do throws(FileSystemError) {
            try startWorker()
        } catch {
            state.withLock { $0.workerCount -= 1 }
        }
    }

    // MARK: The watch

    /// Starts the watch, if it is not there yet. Without one, tasks that compute hold up everything.
    func startWatch() {
        let starts = state.withLock { state in
            guard state.watch == .none, !state.isEnded else { return false }
            state.watch = .looking
            return true
        }
        guard starts else { return }
        do throws(FileSystemError) {
            try startThread { [self] in lookAfterWork() }
        } catch {
            state.withLock { $0.watch = .none }
        }
    }

    /// Sees to it that what waited at one look does not wait at the next but one: wakes a worker for it, or starts one.
    private func lookAfterWork() {
        var seen = CommitterState.Look()
        var quietLooks = 0
        var held = HeldThreads()
        var looks = 0
        while true {
            suspendThread(microseconds: Self.lookMicroseconds)
            looks &+= 1
            if looks % Self.looksBetweenWarnings == 0, let watcher = heldThreadWatcher.withLock({ $0 }) {
                held.look(at: activities.withLock { $0 }, watcher)
            }
            var startsWorker = false
            state.updateWakingOne { state, sleepers in
                state.noteStall()
                let isBehind = state.isBehind(seen)
                quietLooks = state.look == seen && state.runningJobs == 0 ? quietLooks + 1 : 0
                seen = state.look
                if quietLooks > Self.looksBeforeDozing { state.watch = .dozing }
                guard isBehind, !state.isEnded else { return false }
                state.isOverdue = !state.submissions.isEmpty
                startsWorker = sleepers == 0 && state.workerCount <= state.jobLimit + state.extraJobs
                if startsWorker { state.workerCount += 1 }
                return true
            }
            if startsWorker { startCountedWorker() }
            let (isEnded, dozes) = state.withLock { ($0.isEnded, $0.watch == .dozing) }
            if isEnded { return }
            if dozes {
                quietLooks = 0
                watchBell.wait { rings in
                    defer { rings = false }
                    return rings ? () : nil
                }
            }
        }
    }
}
