internal import CPostgres

/// The rows that a statement gave, in PostgreSQL's binary form. Not to leave its thread.
final class PostgresResult {
    private let result: OpaquePointer
    let rowCount: Int

    /// Takes the result over.
    init(_ result: OpaquePointer) {
        self.result = result
        rowCount = Int(PQntuples(result))
    }

    deinit { PQclear(result) }

    /// Goes through the rows.
    func map<Value>(_ body: (Row) throws(PostgresError) -> Value) throws(PostgresError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(rowCount)
        for row in rows { values.append(try body(row)) }
        return values
    }

    /// The first row; `nil` if there is none.
    var first: Row? { rowCount > 0 ? Row(result: self, number: 0) : nil }

    /// All rows.
    var rows: some Sequence<Row> { (0..<rowCount).lazy.map { Row(result: self, number: $0) } }

    /// One row. Columns count from 0.
    struct Row {
        fileprivate let result: PostgresResult
        fileprivate let number: Int

        func isNull(_ column: Int) -> Bool { PQgetisnull(result.result, Int32(number), Int32(column)) == 1 }

        func bytes(_ column: Int) throws(PostgresError) -> [UInt8] { Array(try raw(column)) }

        func text(_ column: Int) throws(PostgresError) -> String { String(decoding: try raw(column), as: UTF8.self) }

        func integer(_ column: Int) throws(PostgresError) -> Int64 {
            let bytes = try raw(column)
            let number = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            switch bytes.count {
            case 8: return Int64(bitPattern: number)
            case 4: return Int64(Int32(truncatingIfNeeded: number))
            case 2: return Int64(Int16(truncatingIfNeeded: number))
            default: throw unreadable(column, "an integer of \(bytes.count) bytes")
            }
        }

        /// A number that is never negative.
        func count(_ column: Int) throws(PostgresError) -> UInt64 {
            let number = try integer(column)
            guard let count = UInt64(exactly: number) else { throw unreadable(column, "\(number)") }
            return count
        }

        func bool(_ column: Int) throws(PostgresError) -> Bool { try raw(column).first == 1 }

        /// `body` of the column, or `nil` if that is NULL.
        func optional<Value>(
            _ column: Int, _ body: (Int) throws(PostgresError) -> Value
        ) throws(PostgresError) -> Value? {
            isNull(column) ? nil : try body(column)
        }

        /// Good for as long as the result is.
        private func raw(_ column: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
            guard column < Int(PQnfields(result.result)), !isNull(column) else { throw unreadable(column, "nothing") }
            let length = PQgetlength(result.result, Int32(number), Int32(column))
            return UnsafeRawBufferPointer(
                start: PQgetvalue(result.result, Int32(number), Int32(column)), count: Int(length))
        }

        private func unreadable(_ column: Int, _ found: String) -> PostgresError {
            let name = PQfname(result.result, Int32(column)).map { String(cString: $0) } ?? "\(column)"
            return PostgresError(.unreadable, server: "", message: "column '\(name)' of an answer holds \(found)")
        }
    }
}
