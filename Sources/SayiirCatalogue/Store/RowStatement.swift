internal import GRDB
internal import GRDBSQLite
internal import SayiirEvents

/// A prepared statement that is run for many rows: values are bound one after the other, straight to SQLite's own statement.
///
/// GRDB's arguments cost an allocation for each value, which is most of the time that taking in an event takes.
struct RowStatement {
    private let statement: Statement
    private let handle: SQLiteStatement
    private var column: CInt = 0
    private var code: CInt = SQLITE_OK

    /// The connection's statement for this SQL, prepared once.
    init(_ database: Database, _ sql: String) throws {
        statement = try database.cachedStatement(sql: sql)
        handle = statement.sqliteStatement
        sqlite3_reset(handle)
    }

    /// Binds the next value.
    mutating func bind(_ value: Int64?) {
        column += 1
        note(value.map { sqlite3_bind_int64(handle, column, $0) } ?? sqlite3_bind_null(handle, column))
    }

    /// Binds the next value. What does not fit is bound as the largest number.
    mutating func bind(_ value: UInt64) { bind(Int64(clamping: value)) }

    /// Binds the next value.
    mutating func bind(_ time: Timestamp?) { bind(time?.nanosecondsSinceEpoch) }

    /// Binds the next value.
    mutating func bind(_ text: String?) {
        column += 1
        guard var text else { return note(sqlite3_bind_null(handle, column)) }
        // SQLite copies the text: it is gone before the statement runs.
        note(
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    sqlite3_bind_text(handle, column, characters.baseAddress, CInt(clamping: bytes.count), copying)
                }
            })
    }

    /// Binds the next value.
    mutating func bind(_ bytes: [UInt8]) {
        column += 1
        note(
            bytes.withUnsafeBytes {
                sqlite3_bind_blob(handle, column, $0.baseAddress, CInt(clamping: $0.count), copying)
            })
    }

    /// Runs the statement with the values that were bound, and begins anew.
    mutating func run() throws {
        if code == SQLITE_OK {
            let result = sqlite3_step(handle)
            if result != SQLITE_DONE && result != SQLITE_ROW { code = result }
        }
        sqlite3_reset(handle)
        defer { (column, code) = (0, SQLITE_OK) }
        guard code == SQLITE_OK else { throw failure }
    }

    /// Runs the statement with the values that were bound, and gives what `read` makes of its first row.
    mutating func first<Result>(_ read: (Columns) throws -> Result) throws -> Result? {
        defer {
            sqlite3_reset(handle)
            (column, code) = (0, SQLITE_OK)
        }
        guard code == SQLITE_OK else { throw failure }
        code = sqlite3_step(handle)
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw failure }
        return try read(Columns(handle: handle))
    }

    /// What a row has, as long as it is the statement's row.
    struct Columns {
        fileprivate let handle: SQLiteStatement

        /// A number; 0 if the column has none.
        func integer(_ column: CInt) -> Int64 { sqlite3_column_int64(handle, column) }

        /// Bytes; none if the column has none.
        func bytes(_ column: CInt) -> [UInt8] {
            let start = sqlite3_column_blob(handle, column)
            return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
        }
    }

    private var failure: DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errstr(code)), sql: statement.sql)
    }

    private mutating func note(_ result: CInt) { if result != SQLITE_OK { code = result } }
}

/// Tells SQLite to copy what is bound. The macro is a cast of −1 to a pointer, which Swift does not import.
private var copying: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
