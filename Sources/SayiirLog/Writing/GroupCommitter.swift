/// Commits what many tasks append, on a thread of its own.
///
/// Whatever arrives during one sync becomes the next commit; nothing waits for a timer. Waiting tasks hold no thread.
///
/// The thread runs tasks too, those that prefer it as their executor: whoever was acknowledged goes on there and appends
/// again without a change of threads. When one of them holds it up, another thread takes over; see ``Watch``.
final class GroupCommitter: Sendable {
    typealias Completion = @Sendable (Result<UInt64, LogError>) -> Void

    private struct Submission: Sendable {
        var batch: RecordBatch
        var completion: Completion
    }

    private struct State: Sendable {
        var submissions: [Submission] = []
        /// Who waits for all that is committed to be durable.
        var durabilityRequests: [Completion] = []
        var jobs = JobQueue()
        var isClosed = false
        var closing: [Completion] = []
        /// Where the log ends.
        var head: LogPosition
        /// The bytes of frames since the last snapshot.
        var bytesSinceSnapshot: Int
        /// The thread that commits, by its number. Others that are at work run jobs until none is left.
        var leader = 0
        var threadCount = 1
        var lastThread = 0
        var runningJobs = 0
        /// Whether a thread has the journal.
        var isCommitting = false
        /// Whether something was committed since the last promise.
        var isPromiseDue = true
        /// How many submissions were ever taken, for the watch.
        var takenSubmissions = 0
        var watch = Watch.none
        var isEnded = false
    }

    /// Whether a thread looks for work that waits too long.
    private enum Watch {
        case none, looking, dozing
    }

    private enum Turn: Sendable {
        case run(UnownedJob)
        case commit([Submission])
        case promise([Completion])
        case close([Completion])
        case leave
    }

    private let state: Monitor<State>
    let index: LogIndex
    let upkeep: Upkeep
    /// Nobody waits for this lock: a thread takes it in its turn only, which `state` gives out.
    private let journal: Monitor<Journal>
    private let lock: WriterLock
    private let preparer = SegmentPreparer()
    private let idle: Int
    private let wake = Monitor(false)

    /// Starts the thread. It holds the log's lock until the committer is closed and done.
    init(
        _ opened: LogRecovery.Opened, directory: String, fileSystem: any FileSystem, options: LogOptions
    ) throws(FileSystemError) {
        let position = opened.start.position
        let journal = Journal(from: opened.start, directory: directory, fileSystem: fileSystem, options: options)
        state = Monitor(
            State(
                head: LogPosition(position),
                bytesSinceSnapshot: Int(truncatingIfNeeded: opened.report.assessment.recordBytes)))
        index = LogIndex(
            opened.index, sealed: opened.segments.filter(\.isSealed), isComplete: opened.readFrom == nil, in: directory,
            fileSystem: fileSystem)
        upkeep = Upkeep(
            directory: directory, fileSystem: fileSystem, options: options, log: opened.start.header.log,
            index: index)
        self.journal = Monitor(journal)
        lock = opened.lock
        idle = options.idleDelay.nanoseconds(atMost: 1_000_000)
        try startThread { [self] in work(as: 0) }
        upkeep.begin(opened)
    }

    /// Queues a batch; `completion` is called on the committing thread once the batch is durable, with its first
    /// sequence, or once it has failed.
    func submit(_ batch: RecordBatch, completion: @escaping Completion) {
        let isAccepted = state.update { state in
            guard !state.isClosed else { return false }
            state.submissions.append(Submission(batch: batch, completion: completion))
            return true
        }
        if !isAccepted { completion(.failure(.closed)) }
    }

    /// Makes durable what was committed before; `completion` is called on the committing thread.
    func makeDurable(completion: @escaping Completion) {
        let isAccepted = state.update { state in
            guard !state.isClosed else { return false }
            state.durabilityRequests.append(completion)
            return true
        }
        if !isAccepted { completion(.failure(.closed)) }
    }

    /// Commits what is queued, promises, and ends the threads.
    func close(completion: @escaping Completion) {
        let isFirst = state.update { state in
            guard !state.isClosed else { return false }
            state.isClosed = true
            state.closing.append(completion)
            return true
        }
        if !isFirst { completion(.failure(.closed)) }
    }

    /// Where the durable log ends.
    var head: LogPosition { state.withLock { $0.head } }

    /// How many bytes were committed since the last snapshot.
    var bytesSinceSnapshot: Int { state.withLock { $0.bytesSinceSnapshot } }

    /// A snapshot is being taken: those that follow count from here.
    func beginSnapshot() { state.withLock { $0.bytesSinceSnapshot = 0 } }

    // MARK: The threads

    /// Takes turns until the committer is closed, or until another thread leads and no job is left.
    private func work(as thread: Int) {
        while true {
            switch nextTurn(of: thread) {
            case .run(let job):
                job.runSynchronously(on: asUnownedTaskExecutor())
                state.withLock { $0.runningJobs -= 1 }
            case .commit(let submissions):
                journal.withLock { journal in
                    var rest = submissions[...]
                    while !rest.isEmpty { commitNext(&rest, &journal) }
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

    /// Waits for work; the leader promises once if none comes for a while.
    private func nextTurn(of thread: Int) -> Turn {
        while true {
            if state.withLock({ $0.isPromiseDue }) {
                if let turn = state.wait(nanoseconds: idle, { Self.takeTurn(of: thread, &$0) }) { return turn }
                if state.withLock({ Self.takePromise(&$0) }) { return .promise([]) }
            } else {
                let turn = state.wait { state -> Turn?? in
                    if let turn = Self.takeTurn(of: thread, &state) { return turn }
                    return state.isPromiseDue ? .some(nil) : nil
                }
                if let turn { return turn }
            }
        }
    }

    private static func takeTurn(of thread: Int, _ state: inout State) -> Turn? {
        // Jobs first: what they append goes into the same commit.
        if state.runningJobs < jobLimit, let job = state.jobs.next() {
            state.runningJobs += 1
            return .run(job)
        }
        guard state.leader == thread, !state.isEnded else {
            state.threadCount -= 1
            return .leave
        }
        guard !state.isCommitting else { return nil }
        if !state.submissions.isEmpty {
            state.isCommitting = true
            state.takenSubmissions += state.submissions.count
            defer { state.submissions.removeAll(keepingCapacity: true) }
            return .commit(state.submissions)
        }
        if !state.durabilityRequests.isEmpty {
            state.isCommitting = true
            defer { state.durabilityRequests.removeAll() }
            return .promise(state.durabilityRequests)
        }
        guard state.isClosed else { return nil }
        state.isCommitting = true
        return .close(state.closing)
    }

    private static func takePromise(_ state: inout State) -> Bool {
        guard state.isPromiseDue, !state.isCommitting, state.submissions.isEmpty, state.jobs.count == 0 else {
            return false
        }
        state.isCommitting = true
        return true
    }

    private func giveBackJournal(isPromiseDue: Bool) {
        state.update { state in
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
        wake.update { $0 = true }
        for completion in completions { completion(result) }
        for job in left { globalConcurrentExecutor.enqueue(job) }
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
            let segment = journal.header.name
            let commit = try journal.commit(group.lazy.map(\.batch))
            index.add(group.lazy.map(\.batch), at: commit.location)
            let head = journal.position
            state.withLock { state in
                state.head = head
                state.bytesSinceSnapshot += group.reduce(0) { $0 + $1.batch.byteCount }
            }
            if journal.header.name != segment { upkeep.segmentIsFull(segment) }
            var sequence = commit.firstSequence
            for submission in group {
                submission.completion(.success(sequence))
                sequence += UInt64(submission.batch.count)
            }
        } catch {
            for submission in group { submission.completion(.failure(error)) }
        }
    }

    private func prepareAhead(_ journal: Journal) {
        guard let size = journal.wantedSegmentSize else { return }
        preparer.begin(size: size, in: journal.directory, fileSystem: journal.fileSystem)
    }

    /// Hands a prepared segment to the journal before a roll-over.
    private func takePreparedSegment(for group: ArraySlice<Submission>, _ journal: inout Journal) {
        let rawLength = group.reduce(0) { $0 + $1.batch.byteCount }
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

// MARK: Tasks

extension GroupCommitter: TaskExecutor {
    /// How many threads may run jobs at once. One more is there to commit.
    private static let jobLimit = max(1, processorCount())
    private static let lookMicroseconds: UInt32 = 1000
    private static let looksBeforeDozing = 100

    /// Queues a job of a task that prefers this executor. After the end it runs on Swift's own.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        var wakesWatch = false
        let isAccepted = state.update { state in
            guard !state.isEnded else { return false }
            state.jobs.append(job)
            wakesWatch = state.watch == .dozing
            if wakesWatch { state.watch = .looking }
            return true
        }
        if wakesWatch { wake.update { $0 = true } }
        if !isAccepted { globalConcurrentExecutor.enqueue(job) }
    }

    /// Starts the watch, if it is not there yet. Without one, a task that computes holds up everything.
    func startWatch() {
        let starts = state.withLock { state in
            guard state.watch == .none, !state.isEnded else { return false }
            state.watch = .looking
            return true
        }
        guard starts else { return }
        do throws(FileSystemError) {
            try startThread { [self] in watch() }
        } catch {
            state.withLock { $0.watch = .none }
        }
    }

    /// Lets another thread take over when what waited at one look still waits at the next: a job has the leader's thread, or
    /// there is more to do than one thread can.
    private func watch() {
        var seen = (jobs: 0, submissions: 0)
        var quietLooks = 0
        while true {
            suspendThread(microseconds: Self.lookMicroseconds)
            let newThread = state.withLock { state -> Int? in
                let isBehind =
                    state.jobs.takenCount < seen.jobs
                    || (state.takenSubmissions < seen.submissions && !state.isCommitting)
                let next = (state.jobs.takenCount + state.jobs.count, state.takenSubmissions + state.submissions.count)
                quietLooks = next == seen && state.runningJobs == 0 ? quietLooks + 1 : 0
                seen = next
                if quietLooks > Self.looksBeforeDozing { state.watch = .dozing }
                guard isBehind, !state.isEnded, state.threadCount <= Self.jobLimit else { return nil }
                state.threadCount += 1
                state.lastThread += 1
                return state.lastThread
            }
            if let newThread {
                do throws(FileSystemError) {
                    try startThread { [self] in
                        state.update { $0.leader = newThread }
                        work(as: newThread)
                    }
                } catch {
                    // Work waits for the leader, as it would without a watch.
                    state.withLock { $0.threadCount -= 1 }
                }
            }
            let (isEnded, dozes) = state.withLock { ($0.isEnded, $0.watch == .dozing) }
            if isEnded { return }
            if dozes {
                quietLooks = 0
                wake.wait { wakes in
                    defer { wakes = false }
                    return wakes ? () : nil
                }
            }
        }
    }
}
