internal import SayiirLog

/// Moves all instances of a store into another kind of store, with their histories as they are: from a log's directory into
/// PostgreSQL when one machine is not enough any more, and back.
///
/// Every event keeps its bytes, its revision and its time; only sequences, which count the events of a whole store, are given
/// anew, in the same order. Both sides are read again and compared before the old one is closed. From then on the old store can
/// still be read, and refuses everybody who wants to write, naming the new one: no instance goes on twice.
public enum StoreMove {
    /// What was moved.
    public struct Report: Hashable, Sendable {
        /// How many instances.
        public var instanceCount: Int
        /// How many events.
        public var eventCount: UInt64
        /// How many definitions of workflows.
        public var definitionCount: Int
        /// The digest of all events, which was the same on both sides: 64 hexadecimal digits.
        public var digest: String
        /// Whether all of it was there already, from a move that was interrupted, so that only the old store had to be closed.
        public var wasThere: Bool
    }

    /// Moves what is in a log's directory into a database, in one transaction.
    ///
    /// No engine may have the directory open. The database may hold other instances. If the move is interrupted, nothing has
    /// happened, or all but the last step: do it again.
    ///
    /// - Parameters:
    ///   - directory: The log's directory.
    ///   - archives: Directories to which retention has moved segments of it.
    ///   - url: The database, as ``PostgresBackend/connect(to:options:)`` takes it.
    ///   - options: How to work with it.
    ///   - progress: Told now and then how many events were taken, and of how many.
    /// - Throws: ``StoreMoveError``.
    public static func toPostgres(
        from directory: String, archives: [String] = [], to url: String, options: PostgresOptions = PostgresOptions(),
        progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) async throws(StoreMoveError) -> Report {
        try await StoreMoveError.translating {
            var logOptions = LogOptions()
            logOptions.holder = "a move to PostgreSQL"
            let writer = try await LogWriter.open(directory: directory, options: logOptions)
            if writer.recovery.isNew { throw StoreMoveError.nothingThere(directory) }
            let store = try await MovingStore.open(url, options, .into)
            defer { store.pool.close() }
            let reader = LogReader(directory: directory, archives: archives)
            let report = try await store.run { connection in
                try LogIntake(reader: reader, connection: connection, progress: progress).run()
            }
            try await writer.close(movedTo: "schema '\(options.schema)' of \(store.name)")
            return report
        }
    }

    /// Moves what is in a database's schema into a new log.
    ///
    /// No executor may hold a lease: stop the workers first. From the first moment on the database refuses every change. If the move fails,
    /// it takes them again; if it is interrupted, it goes on refusing them, and the move can be made again into another directory.
    ///
    /// - Parameters:
    ///   - url: The database, as ``PostgresBackend/connect(to:options:)`` takes it.
    ///   - options: How to work with it, and the schema.
    ///   - directory: Where the log is to be; it must be missing or empty.
    ///   - progress: Told now and then how many events were taken, and of how many.
    /// - Throws: ``StoreMoveError``.
    public static func toDirectory(
        from url: String, options: PostgresOptions = PostgresOptions(), to directory: String,
        progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) async throws(StoreMoveError) -> Report {
        try await StoreMoveError.translating {
            let store = try await MovingStore.open(url, options, .outOf)
            defer { store.pool.close() }
            // Told before anything is closed; and nothing is made before that is.
            try requireVacant(directory)
            try await store.run { connection in try StoreGate(connection: connection).close(destination: directory) }
            do {
                let report = try await write(store, to: directory, progress: progress)
                try await store.run { connection in try StoreGate(connection: connection).markMoved() }
                return report
            } catch {
                try? await store.run { connection in try StoreGate(connection: connection).open() }
                throw error
            }
        }
    }

    private static func write(
        _ store: MovingStore, to directory: String, progress: @escaping @Sendable (UInt64, UInt64) -> Void
    ) async throws -> Report {
        let writer = try await LogWriter.open(directory: directory)
        guard writer.recovery.isNew else { throw StoreMoveError.notEmpty(directory) }
        do {
            let report = try await LogOutlet(store: store, writer: writer, progress: progress).run()
            try await writer.close()
            return report
        } catch {
            try? await writer.close()
            throw error
        }
    }

    /// Refuses a directory in which there is something.
    private static func requireVacant(_ directory: String) throws {
        let entries: [String]
        do throws(FileSystemError) {
            entries = try LocalFileSystem().entries(ofDirectory: directory)
        } catch {
            if error.isMissingFile { return }
            throw LogError.fileSystem(error)
        }
        guard entries.isEmpty else { throw StoreMoveError.notEmpty(directory) }
    }
}
