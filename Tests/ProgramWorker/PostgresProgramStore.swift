import CrashEquivalence
import Sayiir
import SayiirPostgres

/// A schema of a PostgreSQL server, used by two processes in turn: what one leaves, the other takes over.
actor PostgresProgramStore: ProgramStore {
    nonisolated let name = "PostgreSQL"
    /// What is due there is due by the server's clock.
    nonisolated let canServe = false
    private let backends: [PostgresBackend]
    private var openCount = 0

    init(url: String, schema: String) async throws {
        var options = PostgresOptions()
        options.schema = schema
        options.maximumConnections = 2
        var backends: [PostgresBackend] = []
        for _ in 0..<2 { backends.append(try await PostgresBackend.connect(to: url, options: options)) }
        self.backends = backends
    }

    func open() -> any Backend {
        openCount += 1
        return backends[openCount % backends.count]
    }

    func close(_ backend: any Backend, isCrash: Bool) {}
}
