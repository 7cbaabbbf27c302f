/// A log open for writing: appends records, durably, in one order for all.
///
/// ```swift
/// let log = try await LogWriter.open(directory: "events")
/// var batch = RecordBatch()
/// try batch.append(kind: .event, key: "order-42", timestamp: now, payload: bytes)
/// let sequence = try await log.append(batch)     // on stable storage from here on
/// try await log.close()
/// ```
///
/// Any number of tasks may append at once; what waits together is committed together, with one write and one sync.
/// One process writes a log at a time; any number may read it meanwhile, see ``LogReader``.
/// A writer that is released without ``close()`` goes on with what was appended, then ends.
public final class LogWriter: Sendable {
    /// The log's directory.
    public let directory: String
    /// What opening found and did.
    public let recovery: RecoveryReport

    /// Runs tasks on the threads that commit: one that appends, and appends again, seldom changes threads.
    ///
    /// ```swift
    /// Task(executorPreference: log.executor) { ... }
    /// ```
    ///
    /// When a task there computes or blocks for longer than about a millisecond, another thread takes over; as many threads
    /// as there are processors run tasks, and one more commits. Tasks that are left when the log is closed go on on Swift's
    /// own executor. The first use starts a thread that sleeps while there is no work.
    public var executor: any TaskExecutor {
        committer.startWatch()
        return committer
    }

    private let committer: GroupCommitter
    private let options: LogOptions
    /// The length of the last snapshot; 0 if there is none.
    private let lastSnapshotBytes: Monitor<Int>
    private let blocking = BlockingQueue()

    private init(
        directory: String, _ opened: LogRecovery.Opened, options: LogOptions, committer: GroupCommitter
    ) {
        self.directory = directory
        recovery = opened.report
        self.options = options
        lastSnapshotBytes = Monitor(opened.snapshotBytes)
        self.committer = committer
    }

    deinit { committer.close { _ in } }

    /// Opens the log in `directory`, creating it if the directory is missing or empty.
    ///
    /// What the newest snapshot does not cover is read and verified; without a snapshot, every record: about 1 GB/s from memory. A
    /// torn end is repaired and reported in ``recovery``.
    ///
    /// - Throws: ``LogError`` if another writer has the directory, if it is not a log, if it is damaged or newer than this
    ///   library, or if the system fails.
    public static func open(
        directory: String, options: LogOptions = LogOptions(), fileSystem: any FileSystem = LocalFileSystem()
    ) async throws -> LogWriter {
        try await open(directory, options, fileSystem, folding: (), contentVersion: nil, { _, _ in }, { _, _ in })
            .writer
    }

    /// Opens the log in `directory` and folds all that it holds, without the help of snapshots.
    ///
    /// `fold` is called with each commit in order, on a thread of the log's own, and may change the state it is given;
    /// that state is returned beside the writer.
    ///
    /// - Throws: what ``open(directory:options:fileSystem:)`` throws, or whatever `fold` throws. The log is closed then.
    public static func open<State: Sendable>(
        directory: String, options: LogOptions = LogOptions(), fileSystem: any FileSystem = LocalFileSystem(),
        folding initial: State, _ fold: @escaping @Sendable (inout State, Frame) throws -> Void
    ) async throws -> (writer: LogWriter, state: State) {
        // No snapshot has this version.
        try await open(directory, options, fileSystem, folding: initial, contentVersion: .max, { _, _ in }, fold)
    }

    /// Opens the log in `directory`, takes in the newest whole snapshot, and folds what the log holds behind it.
    ///
    /// `restore` is called with each entry of a snapshot, then `fold` with each commit that the snapshot does not cover, on a thread of
    /// the log's own; both change the state that is returned beside the writer. If a snapshot turns out to be damaged, what
    /// it had restored is dropped, and the one before or all of the log takes its place.
    ///
    /// - Parameters:
    ///   - directory: The log's directory.
    ///   - options: How the log is written.
    ///   - fileSystem: Where the directory is.
    ///   - initial: The state to begin with.
    ///   - contentVersion: The encoding of entries that `restore` knows; snapshots of others are not used.
    ///   - restore: Takes in an entry.
    ///   - fold: Takes in a commit, or several of a sealed segment at once.
    /// - Throws: what ``open(directory:options:fileSystem:)`` throws, or whatever `restore` or `fold` throws. The log is closed then.
    public static func open<State: Sendable>(
        directory: String, options: LogOptions = LogOptions(), fileSystem: any FileSystem = LocalFileSystem(),
        folding initial: State, contentVersion: UInt32,
        restore: @escaping @Sendable (inout State, LogRecord) throws -> Void,
        fold: @escaping @Sendable (inout State, Frame) throws -> Void
    ) async throws -> (writer: LogWriter, state: State) {
        try await open(directory, options, fileSystem, folding: initial, contentVersion: contentVersion, restore, fold)
    }

    /// Like ``open(directory:options:fileSystem:folding:contentVersion:restore:fold:)``, and calls `settle` once all is folded, before
    /// anything in the directory is changed. It is given a function that reads the records of a key.
    package static func open<State: Sendable>(
        directory: String, options: LogOptions, fileSystem: any FileSystem, folding initial: State,
        contentVersion: UInt32, restore: @escaping @Sendable (inout State, LogRecord) throws -> Void,
        fold: @escaping @Sendable (inout State, Frame) throws -> Void,
        settle: @escaping @Sendable (inout State, (String) throws -> [LogRecord]) throws -> Void
    ) async throws -> (writer: LogWriter, state: State) {
        try await open(
            directory, options, fileSystem, folding: initial, contentVersion: contentVersion, restore, fold, settle)
    }

    private static func open<State: Sendable>(
        _ directory: String, _ options: LogOptions, _ fileSystem: any FileSystem, folding initial: State,
        contentVersion: UInt32?, _ restore: @escaping @Sendable (inout State, LogRecord) throws -> Void,
        _ fold: @escaping @Sendable (inout State, Frame) throws -> Void,
        _ settle: @escaping @Sendable (inout State, (String) throws -> [LogRecord]) throws -> Void = { _, _ in }
    ) async throws -> (writer: LogWriter, state: State) {
        let blocking = BlockingQueue()
        return try await blocking.run {
            do {
                var state = initial
                let recovery = LogRecovery(directory: directory, fileSystem: fileSystem, options: options)
                let restoration = contentVersion.map { version in
                    SnapshotRestoration(
                        contentVersion: version, reset: { state = initial }, restore: { try restore(&state, $0) })
                }
                let opened = try recovery.open(restoration: restoration) {
                    try fold(&state, $0)
                } settle: {
                    try settle(&state, $0)
                }
                let committer = try GroupCommitter(opened, directory: directory, options: options)
                let writer = LogWriter(
                    directory: directory, opened, options: options, committer: committer)
                return (writer, state)
            } catch let error as FileSystemError {
                throw LogError.fileSystem(error)
            } catch let defect as Removals.Defect {
                throw defect.error(in: directory)
            }
        }
    }

    /// Appends a batch and returns the sequence of its first record once all of it is durable.
    ///
    /// The records of a batch stand next to each other, and a crash keeps all of them or none. Cancelling the calling task
    /// does not take the batch back. An empty batch returns the last sequence and writes nothing.
    ///
    /// - Throws: ``LogError/outcomeUnknown(_:)`` if the system failed in between, ``LogError/noSpace(directory:neededBytes:cause:)``
    ///   if there is no room (nothing was written), ``LogError/batchTooLarge(byteCount:limit:)`` above 16 MiB,
    ///   ``LogError/closed``.
    @discardableResult
    public nonisolated(nonsending) func append(_ batch: RecordBatch) async throws(LogError) -> UInt64 {
        guard batch.byteCount <= LogOptions.batchLimit else {
            throw .batchTooLarge(byteCount: batch.byteCount, limit: LogOptions.batchLimit)
        }
        guard !batch.isEmpty else { return lastSequence }
        let result = await withCheckedContinuation { continuation in
            committer.submit(batch) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Makes durable what was appended before with ``Durability/buffered``, and returns if the log can be written. Costs one sync at most.
    ///
    /// - Throws: ``LogError/outcomeUnknown(_:)`` if the writer has failed, ``LogError/closed``.
    public func makeDurable() async throws(LogError) {
        let result = await withCheckedContinuation { continuation in
            committer.makeDurable { continuation.resume(returning: $0) }
        }
        _ = try result.get()
    }

    /// The sequence of the last durable record; 0 in an empty log.
    public var lastSequence: UInt64 { committer.head.sequence }

    /// The chain digest after the last durable record.
    public var head: ChainDigest { committer.head.digest }

    /// Where the durable log ends.
    public var position: LogPosition { committer.head }

    /// Why background work (sealing, retention, snapshots) failed that was not made good since; `nil` if there is none. It loses nothing,
    /// but the log takes more room, or longer to open. What failed is tried again with each full segment and each snapshot, and when the
    /// log is opened.
    public var upkeepFailure: LogError? { committer.upkeep.failure }

    /// Has `report` called, on a thread of the log's own, with ``upkeepFailure`` whenever that changes.
    package func watchUpkeep(_ report: @escaping @Sendable (LogError?) -> Void) { committer.upkeep.watch(report) }

    /// Whether the log may hold records of a key: false is certain. `nil` if only reading tells, as ``records(withKey:after:)`` does.
    /// Does not block; costs one look at memory for each sealed segment.
    public func mayContain(_ key: String) -> Bool? { committer.index.mayContain(key) }

    /// The durable records of one key behind a sequence, in order. Reads only the frames that hold them, without holding up the
    /// caller's thread. Of records that retention removed, nothing is returned.
    ///
    /// - Throws: ``LogError`` if the system fails, or if a frame is damaged by now.
    public func records(withKey key: String, after sequence: UInt64 = 0) async throws(LogError) -> [LogRecord] {
        let index = committer.index
        do {
            return try await blocking.run { try index.records(withKey: key, after: sequence) }
        } catch let error as LogError {
            throw error
        } catch let error as FileSystemError {
            throw .fileSystem(error)
        } catch {
            // Looking up throws nothing else.
            throw .closed
        }
    }

    /// Runs work that blocks for long on a thread of its own, so that look-ups need not wait for it.
    package func runBlocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await BlockingQueue().run(work)
    }

    /// Has `report` called on a thread of the log when a job on one of its threads has held that for `limit`; each job once. It gets what
    /// the job said of itself with ``ThreadNote``, or 0.
    package func watchThreads(after limit: Duration, _ report: @escaping @Sendable (_ note: Int) -> Void) {
        committer.heldThreadWatcher.withLock { $0 = HeldThreads.Watcher(limit: limit, report: report) }
    }

    // MARK: Snapshots

    /// Whether the log has grown so much since the last snapshot that another one pays: by ``LogOptions/snapshotBytes`` or twice
    /// the last one's length. Cheap enough to ask after each append.
    public var isSnapshotDue: Bool { committer.isSnapshotDue }

    /// Whether opening the log again would read more behind the last snapshot than a new one has to write.
    public var isSnapshotWorthwhile: Bool {
        committer.bytesSinceSnapshot > max(min(options.snapshotBytes, 1024 * 1024), lastSnapshotBytes.withLock { $0 })
    }

    /// Writes a snapshot: what the log amounts to up to a position, or more, as its reader can skip what it knows. Two are kept.
    ///
    /// It counts from when this returns; a crash before leaves the log as it was. Runs in the background; appends go on. With
    /// buffered durability, what was appended before is made durable first.
    ///
    /// - Parameters:
    ///   - position: A value that ``position`` had: what opening will read comes behind it.
    ///   - contentVersion: The encoding of the entries, for ``open(directory:options:fileSystem:folding:contentVersion:restore:fold:)``.
    ///   - neededFrom: The lowest sequence whose record is needed beside the snapshot, which holds retention back.
    ///   - entries: Adds the entries, on a thread of the log's own.
    /// - Throws: ``LogError`` if the disk fails or is full, or what `entries` throws.
    public func writeSnapshot(
        at position: LogPosition, contentVersion: UInt32, neededFrom: UInt64,
        entries: @escaping @Sendable (inout SnapshotEntries) throws(LogError) -> Void
    ) async throws(LogError) {
        // A snapshot is durable. It must not speak of records that a crash can take back.
        if options.durability == .buffered {
            let result = await withCheckedContinuation { continuation in
                committer.makeDurable { continuation.resume(returning: $0) }
            }
            _ = try result.get()
        }
        committer.beginSnapshot()
        let byteCount = try await committer.upkeep.writeSnapshot(
            at: position, contentVersion: contentVersion, neededFrom: neededFrom, entries: entries)
        lastSnapshotBytes.withLock { $0 = byteCount }
        committer.endSnapshot(nextAfter: options.snapshotInterval(afterSnapshotOf: byteCount))
    }

    /// Commits what is still waiting, records that all of it is durable, and gives up the directory.
    ///
    /// - Throws: ``LogError/closed`` if it was closed before, ``LogError/outcomeUnknown(_:)`` if the writer had failed.
    public func close() async throws(LogError) {
        let result = await withCheckedContinuation { continuation in
            committer.close { continuation.resume(returning: $0) }
        }
        _ = try result.get()
    }

    /// Closes the log for good: what is in it goes on in another store. It can still be read, and no writer opens it any more.
    ///
    /// - Parameters:
    ///   - destination: The other store, for people. Up to 1,024 bytes; no secrets.
    ///   - fileSystem: Where the directory is.
    /// - Throws: ``LogError/fileSystem(_:)`` if the mark cannot be set; the log is open then, and as it was. What ``close()`` throws.
    public func close(
        movedTo destination: String, fileSystem: any FileSystem = LocalFileSystem()
    ) async throws(LogError) {
        do {
            try await blocking.run { [directory] in
                try MovedMark.set(on: directory, destination: destination, fileSystem: fileSystem)
            }
        } catch let error as FileSystemError {
            throw .fileSystem(error)
        } catch {
            // Setting the mark throws nothing else.
            throw .closed
        }
        try await close()
    }
}
