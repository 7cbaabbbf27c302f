/// A store in PostgreSQL that is being moved in or out: connections, and no background work.
struct MovingStore: Sendable {
    let pool: ConnectionPool

    /// The server, as it can be shown.
    var name: String { pool.address.name }

    static func open(_ url: String, _ options: PostgresOptions, refusesMoved: Bool) async throws -> MovingStore {
        var options = options
        options.maximumConnections = 1
        let pool = ConnectionPool(try ServerAddress(url: url), options)
        do throws(PostgresError) {
            try await pool.run { [schema = options.schema] connection throws(PostgresError) in
                let migrator = SchemaMigrator(connection: connection, schema: schema)
                try migrator.migrate()
                if refusesMoved { try migrator.refuseMoved() }
            }
        } catch {
            pool.close()
            throw error
        }
        return MovingStore(pool: pool)
    }

    /// Runs work on a connection, whatever it throws.
    func run<Value: Sendable>(_ work: @escaping @Sendable (PostgresConnection) throws -> Value) async throws -> Value {
        let result = try await pool.run { connection throws(PostgresError) in
            Result { try work(connection) }
        }
        return try result.get()
    }
}

extension PostgresConnection {
    /// Runs work in a transaction, which is undone if it throws.
    func inTransaction<Value>(_ work: () throws -> Value) throws -> Value {
        try runScript("BEGIN")
        do {
            let value = try work()
            try runScript("COMMIT")
            return value
        } catch {
            // If that fails too, the connection is done for, and the server rolls back.
            try? runScript("ROLLBACK")
            throw error
        }
    }
}
