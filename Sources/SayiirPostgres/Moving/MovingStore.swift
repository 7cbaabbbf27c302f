/// A store in PostgreSQL that is being moved in or out: connections, and no background work.
struct MovingStore: Sendable {
    let pool: ConnectionPool

    /// The server, as it can be shown.
    var name: String { pool.address.name }

    /// Which way events go.
    enum Direction {
        /// Into the store, which is made if need be, and must not have been moved away.
        case into
        /// Out of the store, which must be there; if it was being moved away before, it is again.
        case outOf
    }

    static func open(_ url: String, _ options: PostgresOptions, _ direction: Direction) async throws -> MovingStore {
        var options = options
        options.maximumConnections = 1
        let pool = ConnectionPool(try ServerAddress(url: url), options)
        do throws(PostgresError) {
            let isThere = try await pool.run { [schema = options.schema] connection throws(PostgresError) in
                let migrator = SchemaMigrator(connection: connection, schema: schema)
                if direction == .outOf, try migrator.readableVersion() == nil { return false }
                try migrator.migrate()
                try migrator.refuseMoved(unlessInterrupted: direction == .outOf)
                return true
            }
            if isThere { return MovingStore(pool: pool) }
        } catch {
            pool.close()
            throw error
        }
        pool.close()
        throw StoreMoveError.noStore(schema: options.schema, server: pool.address.name)
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
