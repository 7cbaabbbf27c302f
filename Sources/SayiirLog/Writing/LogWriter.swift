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

    /// Runs tasks on the thread that commits: one that appends, and appends again, never changes threads.
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
    private let fileSystem: any FileSystem
    private let blocking = BlockingQueue()

    private init(
        directory: String, recovery: RecoveryReport, committer: GroupCommitter, fileSystem: any FileSystem
    ) {
        self.directory = directory
        self.recovery = recovery
        self.committer = committer
        self.fileSystem = fileSystem
    }

    deinit { committer.close { _ in } }

    /// Opens the log in `directory`, creating it if the directory is missing or empty.
    ///
    /// Every record is read once and verified: about 1 GB/s from memory. A torn end is repaired and reported in ``recovery``.
    ///
    /// - Throws: ``LogError`` if another writer has the directory, if it is not a log, if it is damaged or newer than this
    ///   library, or if the system fails.
    public static func open(
        directory: String, options: LogOptions = LogOptions(), fileSystem: any FileSystem = LocalFileSystem()
    ) async throws -> LogWriter {
        try await open(directory: directory, options: options, fileSystem: fileSystem, folding: ()) { _, _ in }.writer
    }

    /// Opens the log in `directory` and folds what it holds.
    ///
    /// `fold` is called with each commit in order, on a thread of the log's own, and may change the state it is given;
    /// that state is returned beside the writer.
    ///
    /// - Throws: what ``open(directory:options:fileSystem:)`` throws, or whatever `fold` throws. The log is closed then.
    public static func open<State: Sendable>(
        directory: String, options: LogOptions = LogOptions(), fileSystem: any FileSystem = LocalFileSystem(),
        folding initial: State, _ fold: @escaping @Sendable (inout State, Frame) throws -> Void
    ) async throws -> (writer: LogWriter, state: State) {
        let blocking = BlockingQueue()
        return try await blocking.run {
            do {
                var state = initial
                let recovery = LogRecovery(directory: directory, fileSystem: fileSystem, options: options)
                let opened = try recovery.open { try fold(&state, $0) }
                let committer = try GroupCommitter(
                    opened, directory: directory, fileSystem: fileSystem, options: options)
                let writer = LogWriter(
                    directory: directory, recovery: opened.report, committer: committer, fileSystem: fileSystem)
                return (writer, state)
            } catch let error as FileSystemError {
                throw LogError.fileSystem(error)
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
    public func append(_ batch: RecordBatch) async throws(LogError) -> UInt64 {
        guard batch.byteCount <= LogOptions.batchLimit else {
            throw .batchTooLarge(byteCount: batch.byteCount, limit: LogOptions.batchLimit)
        }
        guard !batch.isEmpty else { return lastSequence }
        let result = await withCheckedContinuation { continuation in
            committer.submit(batch) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// The sequence of the last durable record; 0 in an empty log.
    public var lastSequence: UInt64 { committer.head.sequence }

    /// The chain digest after the last durable record.
    public var head: ChainDigest { committer.head.digest }

    /// The durable records of one key behind a sequence, in order. Reads only the frames that hold them, without holding up the caller's thread.
    ///
    /// - Throws: ``LogError`` if the system fails, or if a frame is damaged by now.
    public func records(withKey key: String, after sequence: UInt64 = 0) async throws(LogError) -> [LogRecord] {
        let all = committer.frames(withKey: key)
        // A frame may hold the sequence itself and what follows it.
        let frames = Array(all.suffix(from: all.lastIndex { $0.firstSequence <= sequence } ?? 0))
        guard !frames.isEmpty else { return [] }
        let reader = LogReader(directory: directory, fileSystem: fileSystem)
        do {
            return try await blocking.run {
                try reader.records(withKey: key, in: frames).filter { $0.sequence > sequence }
            }
        } catch let error as LogError {
            throw error
        } catch let error as FileSystemError {
            throw .fileSystem(error)
        } catch {
            // `records(withKey:in:)` throws nothing else.
            throw .closed
        }
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
}
