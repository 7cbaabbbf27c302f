/// What a log's writer does beside committing: it indexes what opening passed over, seals full segments, writes snapshots and
/// applies retention. One thing at a time, on a thread of its own.
final class Upkeep: Sendable {
    private struct State: Sendable {
        var isStopping = false
        /// Pieces of work that were begun or wait.
        var pieces = 0
        /// Full segments that are not sealed yet, oldest first: retention goes no further than the first of them.
        var unsealed: [SegmentName] = []
        var failures: [Work: LogError] = [:]
        var watcher: (@Sendable (LogError?) -> Void)?

        var failure: LogError? { failures[.indexing] ?? failures[.filing] ?? failures[.snapshot] }
    }

    /// What can fail and be made good later.
    private enum Work: Hashable {
        case indexing
        /// Sealing and retention.
        case filing
        case snapshot
    }

    private let directory: String
    private let fileSystem: any FileSystem
    private let options: LogOptions
    private let log: LogID
    private let index: LogIndex
    private let queue = BlockingQueue()
    private let state = Monitor(State())

    init(
        directory: String, fileSystem: any FileSystem, options: LogOptions, log: LogID, index: LogIndex
    ) {
        self.directory = directory
        self.fileSystem = fileSystem
        self.options = options
        self.log = log
        self.index = index
    }

    /// Why work failed that was not made good since; `nil` if there is none. It is tried again with each full segment, each snapshot, and at
    /// the next opening.
    var failure: LogError? { state.withLock { $0.failure } }

    /// Has `report` called, on a thread of the log's own, when work fails, and with `nil` once it was made good.
    func watch(_ report: @escaping @Sendable (LogError?) -> Void) {
        let failure = state.withLock { state in
            state.watcher = report
            return state.failure
        }
        if let failure { report(failure) }
    }

    private func note(_ failure: LogError?, of work: Work) {
        let change = state.withLock { state -> (watcher: @Sendable (LogError?) -> Void, failure: LogError?)? in
            let before = state.failure.map { "\($0)" }
            state.failures[work] = failure
            let now = state.failure
            guard let watcher = state.watcher, now.map({ "\($0)" }) != before else { return nil }
            return (watcher, now)
        }
        if let change { change.watcher(change.failure) }
    }

    /// Starts with what opening left to do.
    func begin(_ opened: LogRecovery.Opened) {
        let journals = opened.segments.filter { !$0.isSealed }
        if let end = opened.readFrom {
            submit(.indexing) { [self] in
                do {
                    let earlier = try Self.readIndex(
                        of: journals, until: end, in: directory, fileSystem: fileSystem
                    ) { [state] in state.withLock { $0.isStopping } }
                    index.complete(with: earlier)
                } catch {
                    index.fail(Self.logError(error))
                    throw error
                }
            }
        }
        for journal in journals.dropLast() { segmentIsFull(journal) }
    }

    /// Seals a segment that has its seal, and what an earlier failure left unsealed.
    func segmentIsFull(_ name: SegmentName) {
        guard options.sealsSegments else { return }
        state.withLock { $0.unsealed.append(name) }
        submit { [self] in
            if try sealAll() { try applyRetention() }
        }
    }

    /// Seals what waits to be sealed. Returns whether there was anything.
    private func sealAll() throws -> Bool {
        let names = state.withLock { $0.unsealed }
        let sealer = SegmentSealer(directory: directory, fileSystem: fileSystem) { [state] in
            state.withLock { $0.isStopping }
        }
        for name in names {
            try sealer.seal(name)
            index.replace(name)
            try sealer.removeJournal(name)
            state.withLock { $0.unsealed.removeAll { $0 == name } }
        }
        return !names.isEmpty
    }

    /// Writes a snapshot; returns its length in bytes.
    func writeSnapshot(
        at position: LogPosition, contentVersion: UInt32, neededFrom: UInt64,
        entries: @escaping @Sendable (inout SnapshotEntries) throws(LogError) -> Void
    ) async throws(LogError) -> Int {
        let content = SnapshotWriting.Content(
            position: position, log: log, createdAt: options.now(), contentVersion: contentVersion,
            neededFrom: neededFrom)
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Int, LogError>, Never>) in
            let isAccepted = submit { [self] in
                let result = Result {
                    try SnapshotWriting(directory: directory, fileSystem: fileSystem).write(content, entries: entries)
                }.mapError { Self.logError($0) }
                switch result {
                case .success: note(nil, of: .snapshot)
                case .failure(let error): note(error, of: .snapshot)
                }
                continuation.resume(returning: result)
                _ = try sealAll()
                if case .success = result { try applyRetention() }
            } orElse: {
                continuation.resume(returning: .failure(.closed))
            }
            if !isAccepted { continuation.resume(returning: .failure(.closed)) }
        }
        return try result.get()
    }

    /// Waits for the piece of work that is being done, and lets go of the others.
    func stop() {
        state.update { $0.isStopping = true }
        state.wait { $0.pieces == 0 ? () : nil }
    }

    /// Queues a piece of work; `orElse` is called in its place if there is a stop before its turn.
    @discardableResult
    private func submit(
        _ kind: Work = .filing, _ work: @escaping @Sendable () throws -> Void,
        orElse: @escaping @Sendable () -> Void = {}
    ) -> Bool {
        let isAccepted = state.withLock { state in
            guard !state.isStopping else { return false }
            state.pieces += 1
            return true
        }
        guard isAccepted else { return false }
        queue.submit { [self] in
            if state.withLock({ $0.isStopping }) {
                orElse()
            } else {
                do {
                    try work()
                    note(nil, of: kind)
                } catch is SegmentSealer.Stopped {
                    // The next opening seals it.
                } catch {
                    note(Self.logError(error), of: kind)
                }
            }
            state.update { $0.pieces -= 1 }
        }
        return true
    }

    private func applyRetention() throws {
        guard !options.retention.keepsAll else { return }
        let run = RetentionRun(directory: directory, fileSystem: fileSystem)
        let now = options.now()
        let plan = try run.plan(options.retention, now: now)
        try run.apply(plan, archive: options.retention.archive, now: now) { index.remove(Set($0)) }
    }

    /// The keys of what a snapshot covers and no sealed segment has.
    static func readIndex(
        of journals: [SegmentName], until end: LogPosition, in directory: String, fileSystem: any FileSystem,
        isStopped: () -> Bool = { false }
    ) throws -> KeyIndex {
        var index = KeyIndex()
        for name in journals where name.number <= end.segment {
            let reader = try SegmentReader(opening: name, in: directory, fileSystem: fileSystem)
            while name.number < end.segment || reader.position.offset < end.offset {
                if isStopped() { throw SegmentSealer.Stopped() }
                switch try reader.next() {
                case .frame(let frame): if frame.kind == .records { index.add(frame) }
                case .end(let defect):
                    throw LogError.damage(
                        defect, at: reader.position, in: directory, isNewest: name == journals.last)
                case .sealed: break
                }
                if reader.isSealed { break }
            }
        }
        return index
    }

    private static func logError(_ error: any Error) -> LogError {
        switch error {
        case let error as LogError: error
        case let error as FileSystemError: .fileSystem(error)
        default: .closed
        }
    }
}
