internal import Synchronization

/// Commits what many tasks append, on threads of its own.
///
/// Whatever arrives during one sync becomes the next commit; nothing waits for a timer. Waiting tasks hold no thread.
///
/// Its threads run tasks too, those that prefer it as their executor: whoever was acknowledged goes on there and appends
/// again without a change of threads. ``CommitterState`` decides what a thread does next.
final class GroupCommitter: Sendable {
    typealias Completion = CommitterState.Completion
    typealias Submissions = CommitterState.Submissions

    let state: Monitor<CommitterState>
    /// Wakes the watch, see `CommitterState/watch`.
    let watchBell = Monitor(false)
    /// What each worker does; see ``HeldThreads``.
    let activities = Monitor<[WorkerActivity]>([])
    let heldThreadWatcher = Monitor<HeldThreads.Watcher?>(nil)
    let index: LogIndex
    let upkeep: Upkeep
    /// Nobody waits for this lock: a thread takes it in its turn only, which `state` gives out.
    private let journal: Monitor<Journal>
    private let lock: WriterLock
    private let preparer = SegmentPreparer()
    private let idle: Int
    private let snapshotIsDue = Atomic(false)

    /// How long submissions wait for those of running jobs.
    private static let overdueNanoseconds = 50_000

    /// Starts a thread. It holds the log's lock until the committer is closed and done.
    init(
        _ opened: LogRecovery.Opened, directory: String, options: LogOptions
    ) throws(FileSystemError) {
        let fileSystem = opened.fileSystem
        let position = opened.start.position
        let journal = Journal(from: opened.start, directory: directory, fileSystem: fileSystem, options: options)
        state = Monitor(
            CommitterState(
                head: LogPosition(position),
                bytesSinceSnapshot: Int(truncatingIfNeeded: opened.report.assessment.recordBytes),
                snapshotInterval: options.snapshotInterval(afterSnapshotOf: opened.snapshotBytes),
                jobLimit: max(1, processorCount())))
        index = LogIndex(
            opened.index, sealed: opened.segments.filter(\.isSealed), isComplete: opened.readFrom == nil, in: directory,
            fileSystem: fileSystem)
        upkeep = Upkeep(
            directory: directory, fileSystem: fileSystem, options: options, log: opened.start.header.log,
            index: index)
        self.journal = Monitor(journal)
        lock = opened.lock
        idle = options.idleDelay.nanoseconds(atMost: 1_000_000)
        state.withLock { $0.workerCount = 1 }
        try startWorker()
        upkeep.begin(opened)
    }

    /// Queues a batch; `completion` is called on the committing thread once the batch is durable, with its first
    /// sequence, or once it has failed.
    func submit(_ batch: RecordBatch, completion: @escaping Completion) {
        queue(completion) { $0.submissions.append(batch, completion) }
    }

    /// Makes durable what was committed before; `completion` is called on the committing thread.
    func makeDurable(completion: @escaping Completion) {
        queue(completion) { $0.durabilityRequests.append(completion) }
    }

    /// Commits what is queued, promises, and ends the threads.
    func close(completion: @escaping Completion) {
        queue(completion) { state in
            state.isClosed = true
            state.closing.append(completion)
        }
    }

    /// Gives the committer something to do, unless it is closed.
    private func queue(_ completion: @escaping Completion, _ add: (inout CommitterState) -> Void) {
        var isAccepted = false
        let fromWorker = CommitterWorker.current(of: self) != nil
        state.updateWakingOne { state, sleepers in
            guard !state.isClosed else { return false }
            isAccepted = true
            add(&state)
            return state.needsWake(sleepers: sleepers, fromWorker: fromWorker)
        }
        if !isAccepted { completion(.failure(.closed)) }
    }

    /// Where the durable log ends.
    var head: LogPosition { state.withLock { $0.head } }

    /// How many bytes of records were committed since the last snapshot.
    var bytesSinceSnapshot: Int { state.withLock { $0.bytesSinceSnapshot } }

    /// Whether those are enough for another one. Takes no lock: everybody who appends asks.
    var isSnapshotDue: Bool { snapshotIsDue.load(ordering: .relaxed) }

    /// A snapshot is being taken: bytes that follow count from here.
    func beginSnapshot() {
        state.withLock { $0.bytesSinceSnapshot = 0 }
        snapshotIsDue.store(false, ordering: .relaxed)
    }

    /// A snapshot was taken; the next one is due after so many bytes.
    func endSnapshot(nextAfter interval: Int) { state.withLock { $0.snapshotInterval = interval } }

    // MARK: Workers

    /// Starts a worker, of which the state knows already.
    func startWorker() throws(FileSystemError) {
        try startThread { [self] in CommitterWorker.run(of: self) { work(as: $0) } }
    }

    /// Takes turns until the committer is closed.
    private func work(as worker: CommitterWorker) {
        let activity = worker.activity
        activities.withLock { $0.append(activity) }
        defer { activities.withLock { $0.removeAll { $0 === activity } } }
        var finishedJob = false
        var jobNumber = 0
        while true {
            let turn = nextTurn(afterJob: finishedJob)
            finishedJob = false
            switch turn {
            case .run(let job):
                jobNumber &+= 1
                activity.note.store(0, ordering: .relaxed)
                activity.job.store(jobNumber, ordering: .relaxed)
                job.runSynchronously(on: asUnownedTaskExecutor())
                activity.job.store(0, ordering: .relaxed)
                finishedJob = true
            case .commit(let submissions):
                journal.withLock { journal in
                    var start = 0
                    while start < submissions.count {
                        start = commitNext(of: submissions, from: start, &journal, worker)
                    }
                    prepareAhead(journal)
                }
                giveBackJournal(isPromiseDue: true)
            case .promise(let completions):
                // A failure poisons the journal; the next append is told too.
                let result = journal.withLock { $0.promiseAll() }
                giveBackJournal(isPromiseDue: false)
                for completion in completions { completion(result) }
            case .close(let completions):
                return end(completions)
            case .leave:
                return
            }
        }
    }

    /// Waits for something to do.
    private func nextTurn(afterJob: Bool) -> CommitterState.Turn {
        var (turn, patience) = state.withLock { state in
            if afterJob { state.runningJobs -= 1 }
            return (state.takeTurn(), state.patience)
        }
        while true {
            if let turn { return turn }
            let waited = state.wait(nanoseconds: nanoseconds(of: patience)) { state -> CommitterState.Turn?? in
                if let turn = state.takeTurn() { return .some(turn) }
                // It waits for something else by now.
                return state.patience == patience ? nil : .some(nil)
            }
            (turn, patience) = state.withLock { state in
                (waited ?? state.takeTurn(after: patience), state.patience)
            }
        }
    }

    private func nanoseconds(of patience: CommitterState.Patience) -> Int {
        switch patience {
        case .untilOverdue: Self.overdueNanoseconds
        case .untilIdle: idle
        // Some days, and then again.
        case .forever: 1 << 50
        }
    }

    private func giveBackJournal(isPromiseDue: Bool) {
        state.withLock { state in
            state.isCommitting = false
            state.isPromiseDue = isPromiseDue
        }
    }

    private func end(_ completions: [Completion]) {
        // Whoever opens the log next may make files of the same names.
        _ = preparer.take()
        upkeep.stop()
        let result = journal.withLock { $0.promiseAll() }
        lock.release()
        let left = state.update { state in
            state.isEnded = true
            return state.jobs.removeAll()
        }
        watchBell.update { $0 = true }
        for completion in completions { completion(result) }
        for job in left { globalConcurrentExecutor.enqueue(job) }
    }

    /// Commits as many of the batches from `start` on as one frame takes.
    ///
    /// - Returns: Where to go on.
    private func commitNext(
        of submissions: Submissions, from start: Int, _ journal: inout Journal, _ worker: CommitterWorker
    ) -> Int {
        var (end, byteCount) = (start, 0)
        while end < submissions.count {
            let length = submissions.batches[end].byteCount
            if end > start, byteCount + length > journal.options.commitLimit { break }
            byteCount += length
            end += 1
        }
        let batches = submissions.batches[start..<end]
        takePreparedSegment(forRawLength: byteCount, &journal)
        do throws(LogError) {
            let segment = journal.header.name
            let commit = try journal.commit(batches)
            index.add(batches, at: commit.location)
            let head = journal.position
            let isDue = state.withLock { state in
                state.head = head
                state.bytesSinceSnapshot += byteCount
                return state.bytesSinceSnapshot > state.snapshotInterval
            }
            if isDue { snapshotIsDue.store(true, ordering: .relaxed) }
            if journal.header.name != segment { upkeep.segmentIsFull(segment) }
            let jobs = worker.gatherJobs {
                var sequence = commit.firstSequence
                for place in start..<end {
                    submissions.completions[place](.success(sequence))
                    sequence += UInt64(submissions.batches[place].count)
                }
            }
            if !jobs.isEmpty { queue(jobs, fromWorker: true) }
        } catch {
            for place in start..<end { submissions.completions[place](.failure(error)) }
        }
        return end
    }

    private func prepareAhead(_ journal: Journal) {
        guard let size = journal.wantedSegmentSize else { return }
        preparer.begin(size: size, in: journal.directory, fileSystem: journal.fileSystem)
    }

    /// Hands a prepared segment to the journal before a roll-over.
    private func takePreparedSegment(forRawLength rawLength: Int, _ journal: inout Journal) {
        guard journal.prepared == nil, journal.needsRollOver(forRawLength: rawLength) else { return }
        journal.prepared = preparer.take()
    }
}

extension Journal {
    /// Promises, and returns the last sequence.
    fileprivate mutating func promiseAll() -> Result<UInt64, LogError> {
        Result { () throws(LogError) in try promise() }.map { nextSequence - 1 }
    }
}
