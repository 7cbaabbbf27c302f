/// Brings a schema's tables to the version of this build, whatever version they are of, and however many processes do it at
/// the same time.
struct SchemaMigrator {
    let connection: PostgresConnection
    let schema: String

    /// Does what is to be done.
    ///
    /// - Throws: ``PostgresError/Kind/newerSchema(found:supported:)`` if the tables are of a later version than this build knows;
    ///   ``PostgresError/Kind/notPermitted`` if a right is lacking.
    func migrate() throws(PostgresError) {
        // Nothing to do is the rule, and needs neither a lock nor a right to create anything.
        let found = try version()
        if found == SchemaMigration.current { return }
        try check(found)
        try connection.runScript("BEGIN")
        do throws(PostgresError) {
            try migrateUnderLock()
            try connection.runScript("COMMIT")
        } catch {
            // If that fails too, the connection is done for, and the server rolls back.
            try? connection.runScript("ROLLBACK")
            throw error
        }
    }

    /// The version of the tables, which this build can read; `nil` if there are none.
    ///
    /// - Throws: ``PostgresError/Kind/newerSchema(found:supported:)`` if it cannot.
    func readableVersion() throws(PostgresError) -> Int? {
        let found = try version()
        try check(found)
        return found
    }

    /// Refuses a store that was moved away.
    ///
    /// - Parameter unlessInterrupted: Whether one is not refused whose move was not finished.
    func refuseMoved(unlessInterrupted: Bool = false) throws(PostgresError) {
        guard let row = try connection.run(Self.moved).first else { return }
        if unlessInterrupted, try !row.bool(1) { return }
        throw PostgresError(
            .moved, server: connection.address.name,
            message: try row.bool(1)
                ? "it was moved to \(row.text(0))"
                : "it is being moved to \(row.text(0)); if that was interrupted, move it again, into a new directory")
    }

    private func migrateUnderLock() throws(PostgresError) {
        var name = StatementParameters()
        name.append("sayiir \(schema)")
        _ = try connection.run(Self.lock, name)
        if try !schemaExists() { try connection.runScript("CREATE SCHEMA \(quotedIdentifier(schema))") }
        try connection.runScript(
            """
            CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL, migrated_at timestamptz NOT NULL DEFAULT now())
            """)
        // Another process may have been first.
        let found = try version() ?? 0
        try check(found)
        for migration in SchemaMigration.all where migration.version > found {
            try connection.runScript(migration.sql)
            try connection.runScript("INSERT INTO schema_version (version) VALUES (\(migration.version))")
        }
    }

    private func check(_ found: Int?) throws(PostgresError) {
        guard let found, found > SchemaMigration.current else { return }
        throw PostgresError(
            .newerSchema(found: found, supported: SchemaMigration.current), server: connection.address.name,
            message: "schema '\(schema)'")
    }

    /// The version of the tables; `nil` if there are none.
    private func version() throws(PostgresError) -> Int? {
        var parameters = StatementParameters()
        parameters.append("\(quotedIdentifier(schema)).schema_version")
        guard try connection.run(Self.tableExists, parameters).first?.bool(0) == true else { return nil }
        return try connection.run(Self.newestVersion).first.map { row throws(PostgresError) in Int(try row.integer(0)) }
    }

    private func schemaExists() throws(PostgresError) -> Bool {
        var parameters = StatementParameters()
        parameters.append(schema)
        return try connection.run(Self.schemaExists, parameters).first?.bool(0) ?? false
    }

    // Held until the transaction ends. The number is of this schema alone, as far as 64 bits of a digest can tell.
    private static let lock = Statement("lock_schema", "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))")
    private static let tableExists = Statement("table_exists", "SELECT to_regclass($1::text) IS NOT NULL")
    private static let schemaExists = Statement(
        "schema_exists", "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1::text)")
    private static let moved = Statement("moved", "SELECT destination, finished_at IS NOT NULL FROM moved LIMIT 1")
    private static let newestVersion = Statement(
        "newest_version", "SELECT coalesce(max(version), 0)::bigint FROM schema_version")
}
