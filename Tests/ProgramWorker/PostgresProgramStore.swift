import CrashEquivalence
import Sayiir
import SayiirEvents
import SayiirPostgres

/// A schema of a PostgreSQL server, used by two processes in turn: what one leaves, the other takes over.
///
/// Its time of day is the programs': a service there is handed what is due by that.
actor PostgresProgramStore: ProgramStore {
    nonisolated let name = "PostgreSQL"
    nonisolated let pollInterval: Duration? = options.pollInterval
    nonisolated let lookInterval = Duration.milliseconds(1)
    private let backends: [PostgresBackend]
    private let time: SchemaTime
    private var openCount = 0

    private static let options = {
        var options = PostgresOptions()
        options.maximumConnections = 2
        // A length that nothing else of a program has, so that its clock knows it.
        options.pollInterval = .milliseconds(200) + .nanoseconds(1)
        // Time leaps to the next moment that something waits for. A lease is not to end by that.
        options.leaseDuration = .seconds(9 * 365 * 86_400)
        return options
    }()

    /// The last time by which a lease can begin that ends before the last moment there is.
    private static let lastTime = Timestamp(
        nanosecondsSinceEpoch: .max - 20 * 365 * 86_400 * 1_000_000_000)

    init(url: String, schema: String) async throws {
        var options = Self.options
        options.schema = schema
        var backends: [PostgresBackend] = []
        for _ in 0..<2 { backends.append(try await PostgresBackend.connect(to: url, options: options)) }
        self.backends = backends
        time = try SchemaTime(url: url, schema: schema)
    }

    func open() -> any Backend {
        openCount += 1
        return backends[openCount % backends.count]
    }

    func close(_ backend: any Backend, isCrash: Bool) {}

    func setTime(_ time: Timestamp) throws {
        guard time <= Self.lastTime else { throw TimeOutOfBounds() }
        try self.time.set(time)
    }
}
