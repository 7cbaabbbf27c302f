internal import CSayiir

/// What a thread of a ``GroupCommitter`` keeps to itself. Found by its thread alone, and touched nowhere else.
final class CommitterWorker {
    private let committer: ObjectIdentifier
    /// What the thread is doing, which the watch sees too.
    let activity = WorkerActivity()
    /// Jobs of tasks that a commit has acknowledged, to be queued all at once; `nil` while each is queued as it comes.
    private var acknowledged: [UnownedJob]?

    private init(of committer: GroupCommitter) { self.committer = ObjectIdentifier(committer) }

    /// Makes the calling thread a worker while `body` runs.
    static func run(of committer: GroupCommitter, _ body: (CommitterWorker) -> Void) {
        let worker = CommitterWorker(of: committer)
        // The mark is gone before the worker is, and no other thread sees it.
        csayiir_set_thread_mark(Unmanaged.passUnretained(worker).toOpaque())
        withExtendedLifetime(worker) { body(worker) }
        csayiir_set_thread_mark(nil)
    }

    /// The worker of a committer that the calling thread is; `nil` if it is none.
    static func current(of committer: GroupCommitter) -> CommitterWorker? {
        guard let mark = csayiir_thread_mark() else { return nil }
        let worker = Unmanaged<CommitterWorker>.fromOpaque(mark).takeUnretainedValue()
        return worker.committer == ObjectIdentifier(committer) ? worker : nil
    }

    /// Holds back the jobs that `body` makes ready.
    func gatherJobs(_ body: () -> Void) -> [UnownedJob] {
        acknowledged = []
        body()
        defer { acknowledged = nil }
        return acknowledged ?? []
    }

    /// Takes a job that is to be held back; false if none are.
    func holdBack(_ job: UnownedJob) -> Bool { acknowledged?.append(job) != nil }
}
