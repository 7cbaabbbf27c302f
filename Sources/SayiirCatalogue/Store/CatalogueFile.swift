internal import GRDB
internal import SayiirEvents
internal import SayiirProjection

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The catalogue's SQLite database.
struct CatalogueFile: Sendable {
    let path: String
    let database: DatabaseQueue
    /// What the system knows the file by; 0 if it does not say.
    private let identity: UInt64

    /// Opens a catalogue that is there.
    ///
    /// - Throws: ``CatalogueError/unusable(file:reason:)`` if it is none of this version, ``CatalogueError/database(file:reason:)``.
    init(opening path: String, isReadOnly: Bool = false) throws {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(5)
        let database = try Self.wrapping(path) {
            let database = try DatabaseQueue(path: path, configuration: configuration)
            try database.writeWithoutTransaction { database in
                try Self.requireCatalogue(database, path)
                guard !isReadOnly else { return }
                // What a crash of the machine takes is taken in again. Pages that change again and again are copied from the write-ahead
                // log once in 16 MiB of it: each time syncs two files, on the disk that may be the engine's.
                try database.execute(
                    sql: "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -8192")
            }
            return database
        }
        self.database = database
        identity = fileIdentity(of: path)
    }

    /// Whether the file is still the one that stands at its path: it may have been replaced or removed.
    var isCurrent: Bool { fileIdentity(of: path) == identity }

    /// Makes an empty one, to be filled and then put in its place: without a journal, since a crash only means to begin again.
    init(creating path: String) throws {
        self.path = path
        database = try Self.wrapping(path) {
            let database = try DatabaseQueue(path: path)
            try database.writeWithoutTransaction { database in
                try database.execute(
                    sql: """
                        PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
                        PRAGMA cache_size = -65536; PRAGMA application_id = \(CatalogueSchema.applicationID);
                        PRAGMA user_version = \(CatalogueSchema.version);
                        \(CatalogueSchema.tables)
                        \(CatalogueSchema.views)
                        """)
                for kind in Event.Kind.allCases {
                    try database.execute(
                        sql: "INSERT INTO event_type VALUES (?, ?)", arguments: [Int64(kind.rawValue), kind.name])
                }
            }
            return database
        }
        identity = fileIdentity(of: path)
    }

    /// Makes the file ready to be used by many, and closes it.
    func finish() throws {
        try database.writeWithoutTransaction { database in
            // SQLite sorts an index in as much memory as its cache has: in runs in temporary files, which it merges. The cache itself is
            // of no use any more, as each index reads its table once from one end to the other.
            try database.execute(sql: "PRAGMA cache_size = -16384; PRAGMA shrink_memory")
            // With a write-ahead log, readers go on while a batch is written.
            try database.execute(
                sql: "\(CatalogueSchema.indexes) PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL")
        }
        try database.close()
    }

    private static func requireCatalogue(_ database: Database, _ path: String) throws {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id")
        guard application == CatalogueSchema.applicationID else {
            throw CatalogueError.unusable(file: path, reason: "it is another kind of database")
        }
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == CatalogueSchema.version else {
            throw CatalogueError.unusable(
                file: path, reason: "it has version \(version) of the schema, this program \(CatalogueSchema.version)")
        }
    }

    /// Runs `body`, and says of the database's errors which file they are about.
    static func wrapping<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as StateDecodingError {
            throw CatalogueError.unusable(file: path, reason: "a state in it cannot be read: \(error)")
        } catch let error as DatabaseError {
            let reason = error.message ?? "\(error.resultCode)"
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT, .SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_FORMAT:
                throw CatalogueError.unusable(file: path, reason: reason)
            default: throw CatalogueError.database(file: path, reason: reason)
            }
        }
    }

    func wrapping<Result>(_ body: () throws -> Result) throws -> Result { try Self.wrapping(path, body) }
}

/// The number of the file that stands at a path; 0 if there is none.
private func fileIdentity(of path: String) -> UInt64 {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
}
