internal import SayiirLog

/// Closes a store in PostgreSQL to all changes while it is moved away, and for good then.
struct StoreGate {
    let connection: PostgresConnection

    /// Refuses changes from here on, unless executors are at work.
    func close(destination: String) throws {
        try connection.inTransaction {
            // Waits for what is being appended, and keeps the next one waiting until the triggers are there.
            try connection.runScript("LOCK TABLE instances, events IN SHARE ROW EXCLUSIVE MODE")
            let executors = try connection.run(Self.executors).map { row throws(PostgresError) in try row.text(0) }
            guard executors.isEmpty else { throw StoreMoveError.atWork(executors: executors) }
            try dropTriggers()
            var parameters = StatementParameters()
            parameters.append(destination.storable)
            _ = try connection.run(Self.note, parameters)
            for table in Self.tables {
                try connection.runScript(
                    """
                    CREATE TRIGGER \(table)_moved BEFORE INSERT OR UPDATE ON \(table)
                    FOR EACH STATEMENT EXECUTE FUNCTION refuse_moved(\(Self.literal(destination.storable)))
                    """)
            }
        }
    }

    /// Takes changes again.
    func open() throws {
        try connection.inTransaction {
            try dropTriggers()
            try connection.runScript("DELETE FROM moved")
        }
    }

    /// The move is done.
    func markMoved() throws(PostgresError) {
        try connection.runScript("UPDATE moved SET finished_at = now_nanoseconds()")
    }

    private func dropTriggers() throws(PostgresError) {
        try connection.runScript("DELETE FROM moved")
        for table in Self.tables { try connection.runScript("DROP TRIGGER IF EXISTS \(table)_moved ON \(table)") }
    }

    private static let tables = ["events", "instances"]

    private static func literal(_ text: String) -> String {
        "E'" + text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
    }

    private static let executors = Statement(
        "executors_at_work",
        """
        SELECT DISTINCT lease_executor FROM instances
        WHERE lease_executor IS NOT NULL AND lease_until > (SELECT now_nanoseconds()) LIMIT 10
        """)
    private static let note = Statement(
        "note_move", "INSERT INTO moved (destination, begun_at) VALUES ($1::text, now_nanoseconds())")
}
