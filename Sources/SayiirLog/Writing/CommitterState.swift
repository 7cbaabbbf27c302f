/// What a ``GroupCommitter``'s threads share, and what each of them does next: decided from this alone.
///
/// A *worker* runs jobs of tasks and commits what they and others append, in turns. All workers are alike; one at a time commits.
struct CommitterState: Sendable {
    typealias Completion = @Sendable (Result<UInt64, LogError>) -> Void

    /// What is to be committed, in the order of its coming, and whom to tell.
    struct Submissions: Sendable {
        private(set) var batches: [RecordBatch] = []
        private(set) var completions: [Completion] = []

        var count: Int { batches.count }
        var isEmpty: Bool { batches.isEmpty }

        mutating func append(_ batch: RecordBatch, _ completion: @escaping Completion) {
            batches.append(batch)
            completions.append(completion)
        }

        /// Gives up what it has, and makes room for as much.
        mutating func takeAll() -> Submissions {
            var taken = Submissions()
            swap(&taken, &self)
            batches.reserveCapacity(taken.count)
            completions.reserveCapacity(taken.count)
            return taken
        }
    }

    /// What a worker does next.
    enum Turn: Sendable {
        case run(UnownedJob)
        case commit(Submissions)
        /// Makes durable what was committed, and says so.
        case promise([Completion])
        case close([Completion])
        case leave
    }

    /// What a worker without a turn waits for, at most.
    enum Patience: Sendable {
        /// Jobs that run on other workers will most likely append something for the same commit.
        case untilOverdue
        /// Nobody has appended for a while: time to promise.
        case untilIdle
        case forever
    }

    /// Whether a thread looks for work that waits too long.
    enum Watch {
        case none, looking, dozing
    }

    var submissions = Submissions()
    /// Who waits for all that is committed to be durable.
    var durabilityRequests: [Completion] = []
    var jobs = JobQueue()
    var isClosed = false
    var closing: [Completion] = []
    /// Where the log ends.
    var head: LogPosition
    /// The bytes of records since the last snapshot.
    var bytesSinceSnapshot: Int
    /// After how many of them the next one is due.
    var snapshotInterval: Int
    /// How many workers there are, or are about to be.
    var workerCount = 0
    var runningJobs = 0
    /// Whether a worker has the journal.
    var isCommitting = false
    /// Whether submissions have waited long enough for those of running jobs.
    var isOverdue = false
    /// Whether something was committed since the last promise.
    var isPromiseDue = true
    /// How many submissions were ever taken, for the watch.
    private(set) var takenSubmissions = 0
    /// The number of requests for durability and for the end that were ever taken, for the watch.
    private(set) var takenRequests = 0
    var watch = Watch.none
    var isEnded = false
    /// How many workers may run jobs at once, as long as none of those is held for long. One more may be there to commit.
    let jobLimit: Int
    /// How many more may do so, since as many are held by jobs that block.
    private(set) var extraJobs = 0
    /// For how many looks of the watch in a row no job was taken though some wait.
    private var stalledLooks = 0
    private var takenAtLastLook = 0

    /// So many submissions are a commit of their own, though jobs wait that would add to it: other workers run those meanwhile.
    static let fullCommit = 128
    /// So many jobs that wait are worth waking another worker, which costs about as much as one of them.
    static let jobsWorthAWake = 8
    /// So many are worth starting one.
    static let jobsWorthAWorker = 16

    init(head: LogPosition, bytesSinceSnapshot: Int, snapshotInterval: Int, jobLimit: Int) {
        self.head = head
        self.bytesSinceSnapshot = bytesSinceSnapshot
        self.snapshotInterval = snapshotInterval
        self.jobLimit = jobLimit
    }

    // MARK: Turns

    /// Takes what is to be done next; `nil` if that is nothing.
    mutating func takeTurn() -> Turn? {
        if isEnded { return .leave }
        // Jobs first: what they append goes into the same commit.
        let isDue = submissions.count >= Self.fullCommit || (isOverdue && !submissions.isEmpty)
        if isCommitting || !isDue, runningJobs < jobLimit + extraJobs, let job = jobs.next() {
            runningJobs += 1
            return .run(job)
        }
        guard !isCommitting else { return nil }
        if !submissions.isEmpty {
            guard isDue || runningJobs == 0 else { return nil }
            isCommitting = true
            isOverdue = false
            takenSubmissions += submissions.count
            return .commit(submissions.takeAll())
        }
        if !durabilityRequests.isEmpty {
            isCommitting = true
            takenRequests += durabilityRequests.count
            defer { durabilityRequests = [] }
            return .promise(durabilityRequests)
        }
        guard isClosed else { return nil }
        isCommitting = true
        takenRequests += closing.count
        defer { closing = [] }
        return .close(closing)
    }

    /// How long a worker to which ``takeTurn()`` gave nothing may wait before it looks again.
    var patience: Patience {
        if isCommitting { return .forever }
        if !submissions.isEmpty { return .untilOverdue }
        return isPromiseDue ? .untilIdle : .forever
    }

    /// Takes what is to be done by a worker whose patience is at its end; `nil` if that is nothing.
    mutating func takeTurn(after patience: Patience) -> Turn? {
        if patience == .untilOverdue { isOverdue = !submissions.isEmpty }
        if let turn = takeTurn() { return turn }
        guard patience == .untilIdle, isPromiseDue, !isCommitting, submissions.isEmpty, jobs.count == 0 else {
            return nil
        }
        isCommitting = true
        return .promise([])
    }

    // MARK: Wakes

    /// Whether a worker has to be woken for something new that is to be committed.
    ///
    /// Workers that are awake look at everything before they sleep. If all of those run jobs, which may take long, it depends on who
    /// asks: what a job on a worker's thread appends is seen when that job is over.
    func needsWake(sleepers: Int, fromWorker: Bool) -> Bool {
        sleepers > 0 && !isCommitting && !fromWorker && runningJobs >= workerCount - sleepers
    }

    /// Whether a worker has to be woken for a new job: to run it, or to help with those that wait.
    func needsHelp(sleepers: Int, fromWorker: Bool) -> Bool {
        guard sleepers > 0, runningJobs < jobLimit + extraJobs else { return false }
        return jobs.count >= Self.jobsWorthAWake || needsWake(sleepers: sleepers, fromWorker: fromWorker)
    }

    /// Takes note that one more worker is started, if there are jobs enough for it.
    mutating func takeNewWorker() -> Bool {
        guard workerCount < jobLimit, jobs.count >= Self.jobsWorthAWorker else { return false }
        workerCount += 1
        return true
    }

    // MARK: The watch

    /// What the watch saw.
    struct Look: Equatable {
        /// All jobs, submissions and requests that had come until then.
        var jobs = 0
        var submissions = 0
        var requests = 0
    }

    var look: Look {
        Look(
            jobs: jobs.takenCount + jobs.count, submissions: takenSubmissions + submissions.count,
            requests: takenRequests + durabilityRequests.count + closing.count)
    }

    /// Lets one more worker run jobs if all that may are held, and no more than usual once they are not. To be called at each look.
    mutating func noteStall() {
        let isStalled = jobs.count > 0 && runningJobs >= jobLimit + extraJobs && jobs.takenCount == takenAtLastLook
        takenAtLastLook = jobs.takenCount
        stalledLooks = isStalled ? stalledLooks + 1 : 0
        if stalledLooks >= Self.looksOfAStall, extraJobs < Self.mostExtraJobs {
            extraJobs += 1
            stalledLooks = 0
        } else if runningJobs < jobLimit {
            extraJobs = 0
        }
    }

    /// After so many looks, a millisecond each, jobs that let no other one begin are taken to block.
    static let looksOfAStall = 20
    /// A limit for the threads of a program that blocks all that it gets.
    static let mostExtraJobs = 64

    /// Whether something waits that waited at an earlier look: jobs have all workers, or there is more to do than they can.
    func isBehind(_ earlier: Look) -> Bool {
        let isBehindWithJournal = takenSubmissions < earlier.submissions || takenRequests < earlier.requests
        return jobs.takenCount < earlier.jobs || (isBehindWithJournal && !isCommitting)
    }
}
