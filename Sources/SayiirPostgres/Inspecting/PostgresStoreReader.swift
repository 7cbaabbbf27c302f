/// A store that is only looked at, on one connection and on the caller's thread.
///
/// It changes nothing, creates nothing and migrates nothing, and the server is told to refuse if it tried. The user needs no right but
/// USAGE on the schema and SELECT on its tables.
package final class PostgresStoreReader {
    /// The schema that holds the tables.
    package let schema: String
    /// The version of the tables.
    package let version: Int
    let connection: PostgresConnection
    private var isAtOneMoment = false

    /// How long one statement may take: a fleet may be large, and nobody waits for it but a person.
    private static let statementTimeout = Duration.seconds(300)

    /// Connects.
    ///
    /// - Parameters:
    ///   - url: The database, as ``PostgresBackend/connect(to:options:)`` takes it.
    ///   - schema: The schema that holds the store.
    /// - Throws: ``PostgresError``; ``NoStore`` if the schema holds none.
    package init(_ url: String, schema: String) throws {
        var options = PostgresOptions()
        options.schema = schema
        options.statementTimeout = Self.statementTimeout
        self.schema = schema
        connection = try PostgresConnection(ServerAddress(url: url), options)
        // Whoever reads page by page into a pager may stop for a while; not for ever, since the server can clean up nothing meanwhile.
        try connection.runScript(
            """
            SET default_transaction_read_only TO on;
            SET idle_in_transaction_session_timeout TO '15min';
            SET plan_cache_mode TO auto;
            """)
        guard let version = try SchemaMigrator(connection: connection, schema: schema).readableVersion() else {
            let others = try connection.run(Self.stores).map { row throws(PostgresError) in try row.text(0) }
            throw NoStore(schema: schema, server: connection.address.name, others: others)
        }
        self.version = version
    }

    /// The store, as it can be shown: the server, the database and the user, and the schema.
    package var name: String { connection.address.name(ofSchema: schema) }

    /// How a store can be shown whose URL may hold a password.
    ///
    /// - Throws: ``PostgresError/Kind/invalidURL``.
    package static func name(of url: String, schema: String) throws(PostgresError) -> String {
        try ServerAddress(url: url).name(ofSchema: schema)
    }

    /// Has everything in `body` see the store as it was at one moment.
    package func atOneMoment<Value>(_ body: () throws -> Value) throws -> Value {
        guard !isAtOneMoment else { return try body() }
        try connection.runScript("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        isAtOneMoment = true
        defer { isAtOneMoment = false }
        do {
            let value = try body()
            try connection.runScript("COMMIT")
            return value
        } catch {
            // If that fails too, the connection is done for, and so is the transaction.
            try? connection.runScript("ROLLBACK")
            throw error
        }
    }

    private static let stores = Statement(
        "stores",
        """
        SELECT nspname::text FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE relname = 'schema_version' AND relkind = 'r' ORDER BY nspname LIMIT 10
        """)
}

extension ServerAddress {
    fileprivate func name(ofSchema schema: String) -> String { "\(name), schema \(schema)" }
}

/// There is no store where one was looked for.
package struct NoStore: Error {
    /// The schema that was looked into.
    package let schema: String
    /// The server, the database and the user.
    package let server: String
    /// Schemas of the database that seem to hold stores.
    package let others: [String]
}
