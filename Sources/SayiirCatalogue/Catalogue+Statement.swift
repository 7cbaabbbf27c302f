internal import GRDB
internal import GRDBSQLite

/// The rows that a person's own SQL gave.
package struct CatalogueTable: Sendable {
    /// A value of SQLite.
    package enum Value: Hashable, Sendable {
        case null
        case integer(Int64)
        case real(Double)
        case text(String)
        case blob([UInt8])
    }

    /// The columns' names, in order.
    package var columns: [String] = []
    /// The rows, each with a value for each column.
    package var rows: [[Value]] = []
}

extension Catalogue {
    /// Runs one statement that only reads. Takes nothing in: see ``update(progress:)``.
    ///
    /// - Throws: ``CatalogueError/statement(reason:)`` if it is wrong, is more than one, or might change something; other
    ///   ``CatalogueError`` if the catalogue cannot be read.
    package func run(_ sql: String) throws -> CatalogueTable {
        let file = try CatalogueFile(opening: try approvedPath(.read), isReadOnly: true)
        do {
            return try file.database.read { database in
                if let connection = database.sqliteConnection { sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0) }
                let statement = try Self.statement(sql, database)
                var table = CatalogueTable(columns: statement.columnNames)
                let rows = try Row.fetchCursor(statement)
                while let row = try rows.next() { table.rows.append(row.databaseValues.map(CatalogueTable.Value.init)) }
                return table
            }
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_IOERR, .SQLITE_BUSY, .SQLITE_CANTOPEN:
                return try file.wrapping { throw error }
            case .SQLITE_ERROR where error.message?.contains("too many attached databases") == true:
                throw CatalogueError.statement(reason: "no other database can be attached")
            default: throw CatalogueError.statement(reason: error.message ?? "\(error.resultCode)")
            }
        }
    }

    private static func statement(_ sql: String, _ database: Database) throws -> Statement {
        let statements = try database.allStatements(sql: sql)
        guard let statement = try statements.next() else { throw CatalogueError.statement(reason: "it is empty") }
        guard try statements.next() == nil else {
            throw CatalogueError.statement(reason: "there is more than one statement")
        }
        guard statement.isReadonly else { throw CatalogueError.statement(reason: "it might change the catalogue") }
        return statement
    }
}

extension CatalogueTable.Value {
    fileprivate init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let number): .integer(number)
            case .double(let number): .real(number)
            case .string(let text): .text(text)
            case .blob(let data): .blob([UInt8](data))
            }
    }
}
