import Testing

@testable import SayiirPostgres

/// Opening connections.
@Suite struct PostgresConnectionTests {
    @Test("a database in another encoding than UTF-8 is refused, and the process goes on")
    func encoding() async throws {
        let options = TestStore.options()
        let admin = try await ServerAccess()
        try await admin.run(
            "CREATE DATABASE \(options.schema) ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
        let url = try await TestStore.url(adding: "dbname=\(options.schema)")
        for _ in 0..<5 {
            let error = await #expect(throws: PostgresError.self) {
                try await PostgresBackend.connect(to: url, options: options)
            }
            #expect(error?.kind == .unsupportedServer)
            #expect(error?.message == "its database's encoding is SQL_ASCII")
        }
        try await admin.run("DROP DATABASE \(options.schema) WITH (FORCE)")
    }

    @Test("a database that does not exist, and a server that does not answer, are told apart")
    func nothingThere() async throws {
        let missing = try await TestStore.url(adding: "dbname=no_such_database")
        let database = await #expect(throws: PostgresError.self) { try await PostgresBackend.connect(to: missing) }
        #expect(database?.kind == .noDatabase)
        let nowhere = await #expect(throws: PostgresError.self) {
            try await PostgresBackend.connect(to: "postgresql://me:secret@/jobs?host=/nowhere/at/all")
        }
        #expect(nowhere?.kind == .unreachable)
        #expect(nowhere?.description.contains("secret") == false)
    }
}
