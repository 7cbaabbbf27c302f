import Foundation
import Sayiir
import Testing

@testable import SayiirPostgres

/// The tables, and who may make them.
@Suite struct SchemaMigratorTests {
    @Test("of many that connect at once to a database without tables, one makes them and all can work")
    func manyAtOnce() async throws {
        var options = TestStore.options()
        options.maximumConnections = 1
        let backends = try await withThrowingTaskGroup(of: PostgresBackend.self) { [options] group in
            for _ in 0..<8 { group.addTask { try await TestStore.connect(options) } }
            return try await group.reduce(into: [PostgresBackend]()) { $0.append($1) }
        }
        for backend in backends { #expect(try await backend.instances() == []) }
        let access = try await ServerAccess(options)
        #expect(try await access.texts("SELECT version::text FROM schema_version ORDER BY version") == ["1", "2"])
    }

    @Test("tables of a newer version are refused, and left as they are")
    func newer() async throws {
        let options = TestStore.options()
        let backend = try await TestStore.connect(options)
        #expect(try await backend.instances() == [])
        let access = try await ServerAccess(options)
        try await access.run("INSERT INTO schema_version (version) VALUES (99)")
        let error = await #expect(throws: PostgresError.self) { try await TestStore.connect(options) }
        #expect(error?.kind == .newerSchema(found: 99, supported: SchemaMigration.current))
        #expect(try await access.texts("SELECT max(version)::text FROM schema_version") == ["99"])
    }

    @Test("a user who may not make a schema, or not use it, gets to know what to grant")
    func rights() async throws {
        let options = TestStore.options()
        let admin = try await ServerAccess()
        try await admin.run("CREATE ROLE \(options.schema) LOGIN")
        let url = try await TestStore.url(adding: "user=\(options.schema)")
        let creating = await #expect(throws: PostgresError.self) {
            try await PostgresBackend.connect(to: url, options: options)
        }
        #expect(creating?.kind == .notPermitted)
        #expect(creating?.sqlState == "42501")
        #expect(creating?.description.contains("CREATE on the database for the first start") == true)
        #expect(
            try await admin.texts("SELECT nspname::text FROM pg_namespace WHERE nspname = '\(options.schema)'") == [])
        // Somebody else made it, and gave no right.
        let owner = try await TestStore.connect(options)
        #expect(try await owner.instances() == [])
        let using = await #expect(throws: PostgresError.self) {
            try await PostgresBackend.connect(to: url, options: options)
        }
        #expect(using?.kind == .notPermitted)
        // With all rights on the schema, and none on the database, it works.
        try await admin.run(
            """
            GRANT ALL ON SCHEMA \(options.schema) TO \(options.schema);
            GRANT ALL ON ALL TABLES IN SCHEMA \(options.schema) TO \(options.schema);
            GRANT ALL ON ALL SEQUENCES IN SCHEMA \(options.schema) TO \(options.schema);
            """)
        let user = try await PostgresBackend.connect(to: url, options: options)
        #expect(try await user.instances() == [])
        user.close()
        try await admin.run("DROP OWNED BY \(options.schema); DROP ROLE \(options.schema)")
    }

    @Test("names of schemas are taken as they are, whatever they hold; those that do not fit are refused")
    func names() async throws {
        for name in [#"Größe "x"; DROP TABLE instances; --"#, "select"] {
            var options = TestStore.options()
            options.schema = name + String(UUID().uuidString.prefix(8))
            let backend = try await TestStore.connect(options)
            #expect(try await backend.instances() == [])
            let access = try await ServerAccess(options)
            #expect(try await access.texts("SELECT current_schema()::text") == [options.schema])
            try await access.run("DROP SCHEMA \(quotedIdentifier(options.schema)) CASCADE")
        }
        for name in ["", String(repeating: "x", count: 49), "a\0b"] {
            var options = TestStore.options()
            options.schema = name
            let error = await #expect(throws: PostgresError.self) { try await TestStore.connect(options) }
            #expect(error?.kind == .invalidURL)
        }
    }
}
