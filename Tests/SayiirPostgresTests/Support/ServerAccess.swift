@testable import SayiirPostgres

extension TestStore {
    /// The URL with another parameter, as libpq takes it.
    static func url(adding parameter: String) async throws -> String {
        let url = try await url()
        return url + (url.contains("?") ? "&" : "?") + parameter
    }
}

/// Runs statements beside a backend, as an operator with psql would.
struct ServerAccess: Sendable {
    private let pool: ConnectionPool

    init(_ options: PostgresOptions = TestStore.options()) async throws {
        pool = ConnectionPool(try ServerAddress(url: try await TestStore.url()), options)
    }

    /// Runs statements without parameters.
    func run(_ sql: String) async throws {
        try await pool.run { connection throws(PostgresError) in try connection.runScript(sql) }
    }

    /// The first column of a query's rows, as texts.
    func texts(_ sql: String, _ parameters: StatementParameters = StatementParameters()) async throws -> [String?] {
        try await pool.run { connection throws(PostgresError) in
            try connection.run(Statement("query \(sql.hashValue)", sql), parameters).map { row throws(PostgresError) in
                try row.optional(0, row.text)
            }
        }
    }

    func close() { pool.close() }
}

/// Ends connections of an application, as a server that restarts or a broken line would.
struct ConnectionTerminator: Sendable {
    private let access: ServerAccess
    private let application: String

    init(of application: String) async throws {
        access = try await ServerAccess()
        self.application = application
    }

    /// Ends all connections, and returns how many there were.
    func terminate() async throws -> Int {
        let ended = try await access.texts(
            """
            SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
            WHERE application_name = '\(application)' AND pid <> pg_backend_pid()
            """)
        return ended.count
    }
}
