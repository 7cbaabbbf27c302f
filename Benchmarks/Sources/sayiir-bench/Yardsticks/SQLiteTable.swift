import GRDBSQLite

/// A table of records in a SQLite database: WAL, synchronous=FULL, one prepared statement. Belongs to one thread at a time.
final class SQLiteTable {
    private var database: OpaquePointer?
    private var insertion: OpaquePointer?
    private var sequence: Int64 = 0
    /// Makes SQLite copy what it is given, which Swift's header import does not name.
    private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// Makes the database with its table.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - hasIndex: Whether records can be found by their key, as in the log.
    init(path: String, hasIndex: Bool) throws {
        try check(sqlite3_open(path, &database), "open \(path)")
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = FULL")
        try execute(
            """
            CREATE TABLE records(
                sequence INTEGER PRIMARY KEY, key TEXT NOT NULL, kind INTEGER NOT NULL, timestamp INTEGER NOT NULL,
                payload BLOB NOT NULL)
            """)
        if hasIndex { try execute("CREATE INDEX records_by_key ON records(key)") }
        try check(
            sqlite3_prepare_v2(database, "INSERT INTO records VALUES (?, ?, ?, ?, ?)", -1, &insertion, nil), "prepare")
    }

    deinit {
        sqlite3_finalize(insertion)
        sqlite3_close(database)
    }

    /// The version of the library.
    static var version: String { String(cString: sqlite3_libversion()) }

    /// Adds one record: within a transaction, or as one.
    func insert(key: String, timestamp: Int64, payload: [UInt8]) throws {
        sequence += 1
        sqlite3_bind_int64(insertion, 1, sequence)
        sqlite3_bind_text(insertion, 2, key, -1, copied)
        sqlite3_bind_int(insertion, 3, 1)
        sqlite3_bind_int64(insertion, 4, timestamp)
        _ = payload.withUnsafeBytes { sqlite3_bind_blob(insertion, 5, $0.baseAddress, Int32($0.count), copied) }
        let code = sqlite3_step(insertion)
        sqlite3_reset(insertion)
        guard code == SQLITE_DONE else { throw failure("insert") }
    }

    /// Runs statements that return no rows that matter.
    func execute(_ text: String) throws { try check(sqlite3_exec(database, text, nil, nil, nil), text) }

    private func check(_ code: Int32, _ what: String) throws {
        guard code == SQLITE_OK else { throw failure(what) }
    }

    private func failure(_ what: String) -> BenchError {
        BenchError("SQLite: \(what): \(String(cString: sqlite3_errmsg(database)))")
    }
}
