/// Commits what many tasks append, on a thread of its own.
///
/// Whatever arrives during one sync becomes the next commit; nothing waits for a timer. Waiting tasks hold no thread.
final class GroupCommitter: Sendable {
    typealias Completion = @Sendable (Result<UInt64, LogError>) -> Void

    private struct Submission: Sendable {
        var batch: RecordBatch
        var completion: Completion
    }

    private struct State: Sendable {
        var submissions: [Submission] = []
        /// Jobs of the tasks that prefer this executor.
        var jobs: [UnownedJob] = []
        var isClosed = false
        var isEnded = false
        var preparation = Preparation.none
        var closing: [Completion] = []
        var head: (sequence: UInt64, digest: ChainDigest)
    }

    /// The next segment, made ahead by another thread.
    private enum Preparation {
        case none, running
        case done(PreparedSegment)
    }

    private enum Turn: Sendable {
        case run([UnownedJob])
        case commit([Submission])
        case close([Completion])
    }

    private let state: Monitor<State>
    private let index: Monitor<KeyIndex>
    private let preparer = BlockingQueue()

    /// Starts the thread. It holds the log's lock until the committer is closed and done.
    init(
        _ opened: LogRecovery.Opened, directory: String, fileSystem: any FileSystem, options: LogOptions
    ) throws(FileSystemError) {
        let position = opened.start.position
        state = Monitor(State(head: (position.nextSequence - 1, position.digest)))
        index = Monitor(opened.index)
        try startThread { [self] in
            var journal = Journal(from: opened.start, directory: directory, fileSystem: fileSystem, options: options)
            let (result, completions) = run(&journal)
            opened.lock.release()
            let left = state.withLock { state in
                state.isEnded = true
                defer { state.jobs.removeAll() }
                return state.jobs
            }
            for completion in completions { completion(result) }
            for job in left { globalConcurrentExecutor.enqueue(job) }
        }
    }

    /// Queues a batch; `completion` is called on the committer's thread once the batch is durable, with its first
    /// sequence, or once it has failed.
    func submit(_ batch: RecordBatch, completion: @escaping Completion) {
        let isAccepted = state.update { state in
            guard !state.isClosed else { return false }
            state.submissions.append(Submission(batch: batch, completion: completion))
            return true
        }
        if !isAccepted { completion(.failure(.closed)) }
    }

    /// Commits what is queued, promises, and ends the thread.
    func close(completion: @escaping Completion) {
        let isFirst = state.update { state in
            guard !state.isClosed else { return false }
            state.isClosed = true
            state.closing.append(completion)
            return true
        }
        if !isFirst { completion(.failure(.closed)) }
    }

    /// The last durable sequence and the chain digest after it.
    var head: (sequence: UInt64, digest: ChainDigest) { state.withLock { $0.head } }

    func frames(withKey key: String) -> [FrameLocation] { index.withLock { $0.frames(withKey: key) } }

    // MARK: The thread

    /// Works until closed; returns the outcome of closing and who waits for it.
    private func run(_ journal: inout Journal) -> (Result<UInt64, LogError>, [Completion]) {
        let idle = journal.options.idleDelay.wholeNanoseconds
        while true {
            switch nextTurn(idle: idle, &journal) {
            case .run(let jobs):
                for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            case .commit(let submissions):
                var rest = submissions[...]
                while !rest.isEmpty { commitNext(&rest, &journal) }
                prepareAhead(&journal)
            case .close(let completions):
                waitForPreparation()
                let result = Result { () throws(LogError) in try journal.promise() }
                return (result.map { journal.nextSequence - 1 }, completions)
            }
        }
    }

    /// Waits for work; promises once if none comes for a while.
    private func nextTurn(idle: Int, _ journal: inout Journal) -> Turn {
        if !journal.isPromised {
            if let turn = state.wait(nanoseconds: idle, { Self.takeTurn(&$0) }) { return turn }
            // A failure poisons the journal; the next append is told.
            try? journal.promise()
        }
        return state.wait { Self.takeTurn(&$0) }
    }

    private static func takeTurn(_ state: inout State) -> Turn? {
        // Jobs first: what they append goes into the same commit.
        if !state.jobs.isEmpty {
            defer { state.jobs.removeAll(keepingCapacity: true) }
            return .run(state.jobs)
        }
        if !state.submissions.isEmpty {
            defer { state.submissions.removeAll(keepingCapacity: true) }
            return .commit(state.submissions)
        }
        guard state.isClosed else { return nil }
        return .close(state.closing)
    }

    /// Commits as many of the waiting batches as one frame takes.
    private func commitNext(_ rest: inout ArraySlice<Submission>, _ journal: inout Journal) {
        var byteCount = 0
        let count =
            rest.prefix { submission in
                byteCount += submission.batch.byteCount
                return byteCount <= journal.options.commitBytes
            }.count
        let group = rest.prefix(max(count, 1))
        rest = rest.dropFirst(group.count)
        takePreparedSegment(for: group, &journal)
        do throws(LogError) {
            let commit = try journal.commit(group.lazy.map(\.batch))
            addToIndex(group, at: commit.location)
            let head = (journal.nextSequence - 1, journal.digest)
            state.withLock { $0.head = head }
            var sequence = commit.firstSequence
            for submission in group {
                submission.completion(.success(sequence))
                sequence += UInt64(submission.batch.count)
            }
        } catch {
            for submission in group { submission.completion(.failure(error)) }
        }
    }

    private func addToIndex(_ group: ArraySlice<Submission>, at location: FrameLocation) {
        index.withLock { index in
            for submission in group {
                for key in submission.batch.keys { index.add(key: key, at: location) }
            }
        }
    }

    // MARK: Preparing ahead

    private func prepareAhead(_ journal: inout Journal) {
        guard let size = journal.wantedSegmentSize else { return }
        let starts = state.withLock { state in
            guard case .none = state.preparation else { return false }
            state.preparation = .running
            return true
        }
        guard starts else { return }
        preparer.submit { [state, directory = journal.directory, fileSystem = journal.fileSystem] in
            // A failure here is not yet anybody's: the roll-over tries again and reports it.
            let segment = try? PreparedSegment.prepare(size: size, in: directory, fileSystem: fileSystem)
            state.update { $0.preparation = segment.map { .done($0) } ?? .none }
        }
    }

    /// Waits until the other thread is done with its file: whoever opens the log next may make one of the same name.
    private func waitForPreparation() {
        state.wait { state -> Void? in
            if case .running = state.preparation { return nil }
            return ()
        }
    }

    /// Hands a prepared segment to the journal. Before a roll-over it waits for one that is being made: two must not
    /// write the same file.
    private func takePreparedSegment(for group: ArraySlice<Submission>, _ journal: inout Journal) {
        let rawLength = group.reduce(0) { $0 + $1.batch.byteCount }
        guard journal.prepared == nil, journal.needsRollOver(forRawLength: rawLength) else { return }
        journal.prepared = state.wait { state -> PreparedSegment?? in
            switch state.preparation {
            case .running: return nil
            case .none: return .some(nil)
            case .done(let segment):
                state.preparation = .none
                return .some(segment)
            }
        }
    }
}

/// The committer's thread as an executor: tasks that prefer it run between the commits, so that whoever was acknowledged
/// goes on, and appends again, without a change of threads.
extension GroupCommitter: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isAccepted = state.update { state in
            if !state.isEnded { state.jobs.append(job) }
            return !state.isEnded
        }
        if !isAccepted { globalConcurrentExecutor.enqueue(job) }
    }
}
