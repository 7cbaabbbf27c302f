import Foundation
import PostgresCluster
import Sayiir
import SayiirPostgres
import SayiirTesting
import Testing

@Suite("What keeps a program from connecting to PostgreSQL is said in a typed error", .serialized)
struct ConnectionErrorTests {
    private static let password = "hunter2 'quoted\" +%"
    private static let cluster = Task {
        try await PostgresCluster.start(
            settings: ["max_connections": "12", "superuser_reserved_connections": "2"], overTCP: true,
            password: password)
    }

    @Test("a wrong password, and none")
    func wrongPassword() async throws {
        let cluster = try await Self.cluster.value
        let url = "postgresql://sayiir:geheim-123@127.0.0.1:\(cluster.port)/postgres"
        let wrong = try await error(url)
        #expect(wrong.kind == .notAuthenticated && !wrong.isPassing && wrong.sqlState == "28P01")
        expectNoSecret(in: wrong, "geheim-123", url)
        let none = try await error("postgresql://sayiir@127.0.0.1:\(cluster.port)/postgres?passfile=/nowhere")
        #expect(none.kind == .notAuthenticated)
    }

    @Test("a closed port")
    func closedPort() async throws {
        let start = ContinuousClock.now
        let error = try await error("postgresql://sayiir:geheim-123@127.0.0.1:1/postgres")
        #expect(error.kind == .unreachable && error.isPassing)
        #expect(error.description.contains("127.0.0.1:1"))
        #expect(ContinuousClock.now - start < .seconds(5))
        expectNoSecret(in: error, "geheim-123")
    }

    @Test("a server that does not answer: not for longer than connecting may take")
    func silentServer() async throws {
        let cluster = try await Self.cluster.value
        let proxy = try TCPProxy(to: cluster.port)
        proxy.freeze(true)
        var options = PostgresOptions()
        options.connectTimeout = .milliseconds(700)
        let start = ContinuousClock.now
        let error = try await error(cluster.tcpURL(port: proxy.port), options)
        #expect(error.kind == .unreachable)
        #expect((.milliseconds(650)..<(.seconds(5))).contains(ContinuousClock.now - start))
        expectNoSecret(in: error, Self.password)
    }

    @Test("a host that is not there: not for longer than connecting may take")
    func missingHost() async throws {
        var options = PostgresOptions()
        options.connectTimeout = .milliseconds(700)
        let start = ContinuousClock.now
        // An address that is kept for examples. Where there is no way to it, that is said at once.
        let error = try await error("postgresql://sayiir:geheim-123@192.0.2.1/postgres", options)
        #expect(error.kind == .unreachable)
        #expect(ContinuousClock.now - start < .seconds(5))
        expectNoSecret(in: error, "geheim-123")
    }

    @Test("no database of that name")
    func noDatabase() async throws {
        let cluster = try await Self.cluster.value
        let error = try await error(cluster.tcpURL(database: "nowhere"))
        #expect(error.kind == .noDatabase && !error.isPassing && error.sqlState == "3D000")
        expectNoSecret(in: error, Self.password)
    }

    @Test("a database that is not in UTF-8")
    func otherEncoding() async throws {
        let cluster = try await Self.cluster.value
        try await cluster.psql("CREATE DATABASE bytes ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
        let error = try await error(cluster.url(database: "bytes"))
        #expect(error.kind == .unsupportedServer)
        #expect(error.description.contains("SQL_ASCII"))
    }

    @Test("no right to make the schema, then none to use it")
    func noRights() async throws {
        let cluster = try await Self.cluster.value
        try await cluster.psql(
            "CREATE ROLE guest LOGIN PASSWORD 'guest-pw-7'; CREATE SCHEMA others; CREATE TABLE others.t ()")
        let url = "postgresql://guest:guest-pw-7@127.0.0.1:\(cluster.port)/postgres"
        let missing = try await error(url)
        #expect(missing.kind == .notPermitted && missing.sqlState == "42501")
        expectNoSecret(in: missing, "guest-pw-7")
        var options = PostgresOptions()
        options.schema = "others"
        #expect(try await error(url, options).kind == .notPermitted)
        options.schema = "made"
        try await PostgresBackend.connect(to: cluster.url, options: options).close()
        #expect(try await error(url, options).kind == .notPermitted)
    }

    @Test("tables of a newer version")
    func newerSchema() async throws {
        let cluster = try await Self.cluster.value
        var options = PostgresOptions()
        options.schema = "newer"
        try await PostgresBackend.connect(to: cluster.url, options: options).close()
        try await cluster.psql("INSERT INTO newer.schema_version (version) VALUES (4711)")
        let error = try await error(cluster.url, options)
        guard case .newerSchema(found: 4711, let supported) = error.kind else {
            Issue.record("\(error)")
            return
        }
        #expect(supported < 4711 && !error.isPassing)
        #expect(error.description.contains("4711"))
    }

    @Test("no connection left on the server, neither for the first connection nor for the one that listens")
    func tooManyConnections() async throws {
        let cluster = try await Self.cluster.value
        try await cluster.psql(
            "CREATE ROLE few LOGIN PASSWORD 'few-pw-7' CONNECTION LIMIT 1; GRANT CREATE ON DATABASE postgres TO few")
        let url = "postgresql://few:few-pw-7@127.0.0.1:\(cluster.port)/postgres"
        var options = PostgresOptions()
        options.schema = "few"
        options.reconnectTimeout = .seconds(1)
        // The pool takes the only one.
        let forListening = try await error(url, options)
        #expect(forListening.kind == .tooManyConnections && forListening.isPassing)
        try await cluster.psql("ALTER ROLE few CONNECTION LIMIT 0")
        let forFirst = try await error(url, options)
        #expect(forFirst.kind == .tooManyConnections && forFirst.isPassing && forFirst.sqlState == "53300")
        expectNoSecret(in: forFirst, "few-pw-7")
    }

    @Test("a URL that makes no sense, without quoting it")
    func invalidURL() async throws {
        for url in [
            "postgresql://sayiir:geheim-123@[::1/jobs", "postgresql://sayiir:geheim-123@host/db?pasword=geheim-123",
            "postgresql://sayiir:geheim-123%zz@host/db", "host=h password='geheim-123", "geheim-123",
            "postgresql://sayiir:geheim-123@host:port/db", "postgresql://u:geheim-123@127.0.0.1:1/db?sslmode=no",
        ] {
            let error = try await error(url)
            if url != "geheim-123" { #expect(error.kind == .invalidURL && !error.isPassing, "\(url)") }
            expectNoSecret(in: error, "geheim-123", url)
        }
    }

    // MARK: Helpers

    private func error(_ url: String, _ options: PostgresOptions = PostgresOptions()) async throws -> PostgresError {
        do throws(PostgresError) {
            try await PostgresBackend.connect(to: url, options: options).close()
        } catch {
            return error
        }
        throw TestFailure("it connected")
    }

    private func expectNoSecret(in error: PostgresError, _ secrets: String...) {
        var dumped = ""
        dump(error, to: &dumped)
        for text in [
            error.description, "\(error)", error.message, error.server, dumped, "\(BackendError.store(error))",
        ] {
            for secret in secrets { #expect(!text.contains(secret), "\(text)") }
        }
    }
}
