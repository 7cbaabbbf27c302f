public import Sayiir
public import SayiirEvents
internal import SayiirLog
public import SayiirProjection

/// A backend on a PostgreSQL database, which any number of processes on any number of machines may share.
///
/// ```swift
/// let backend = try await PostgresBackend.connect(to: "postgresql://sayiir@db.example.org/jobs")
/// let engine = Engine(backend: backend)
/// try engine.register(welcome)
/// try await engine.run()      // a worker: claims instances that are due, and runs them
/// ```
///
/// Events are the truth: appended once, never changed. Events and what follows from them in the table of instances are one
/// transaction. Who runs an instance has a lease, and each of its appends carries the lease's epoch: an executor that was
/// paused, cut off or taken for dead cannot write any more once another one goes on.
///
/// The first connection makes the tables. The user needs the right to create a schema in the database then.
public final class PostgresBackend: SharedBackend {
    /// How often executors ask for work if nothing tells them that there is some.
    public var pollInterval: Duration { pool.options.pollInterval }
    /// The server's clock.
    public var clock: (any EngineClock)? { serverClock }

    let pool: ConnectionPool
    let store: InstanceStore
    let leases: LeaseKeeper
    private let services: ServiceAnnouncements
    let watchers = ChangeWatchers()
    let serverClock: PostgresClock
    let channel: String
    private let listener: NotificationListener
    private let background = Monitor<[Task<Void, Never>]>([])
    /// The definitions that are known to be in the store.
    private let definitions = Monitor<Set<DefinitionHash>>([])

    /// Connects to a server, and makes the tables or brings them to this version if need be.
    ///
    /// - Parameters:
    ///   - url: As libpq takes it: `postgresql://user:password@host:5432/database?sslmode=verify-full`, or `host=… dbname=…`. What it
    ///     leaves out comes from the environment (`PGPASSWORD`, `PGSSLROOTCERT`) and from `~/.pgpass`, as with psql.
    ///   - options: How to work.
    /// - Throws: ``PostgresError``, whose text says what to do: no server answers, a wrong password, no right to make tables, tables
    ///   of a newer version.
    public static func connect(
        to url: String, options: PostgresOptions = PostgresOptions()
    ) async throws(PostgresError) -> PostgresBackend {
        let address = try ServerAddress(url: url)
        guard (1...48).contains(options.schema.utf8.count), !options.schema.utf8.contains(0) else {
            throw PostgresError(
                .invalidURL, server: address.name, message: "the schema's name has \(options.schema.utf8.count) bytes")
        }
        let pool = ConnectionPool(address, options)
        do throws(PostgresError) {
            let offset = try await pool.run { connection throws(PostgresError) in
                let migrator = SchemaMigrator(connection: connection, schema: options.schema)
                try migrator.migrate()
                try migrator.refuseMoved()
                return try PostgresClock.offset(on: connection)
            }
            let backend = PostgresBackend(pool, PostgresClock(offset: offset))
            try await backend.start()
            return backend
        } catch {
            pool.close()
            throw error
        }
    }

    private init(_ pool: ConnectionPool, _ clock: PostgresClock) {
        self.pool = pool
        serverClock = clock
        channel = "sayiir_\(pool.options.schema)"
        store = InstanceStore(pool, AppendQueue(pool, channel: channel))
        leases = LeaseKeeper(pool)
        services = ServiceAnnouncements(pool)
        listener = NotificationListener(pool.address, pool.options, channel: channel)
    }

    private func start() async throws(PostgresError) {
        try await listener.start()
        let tasks = [
            Task { [messages = listener.messages, leases, watchers, pool] in
                for await message in messages { await Self.take(message, leases, watchers, pool) }
            },
            Task { [pool, leases, services, serverClock] in
                await Self.repeating(every: pool.options.heartbeatInterval) {
                    await leases.renew()
                    await services.renew()
                    // While it fails the clock goes on as it was.
                    if let offset = try? await pool.run(isUrgent: true, PostgresClock.offset) {
                        serverClock.set(offset: offset)
                    }
                }
            },
            Task { [pool, watchers] in
                await Self.repeating(every: pool.options.pollInterval) { await watchers.wakeAll() }
            },
            Task { [pool] in await Self.repeating(every: .seconds(1)) { pool.expireWaiting() } },
        ]
        background.withLock { $0 = tasks }
    }

    private static func repeating(every interval: Duration, _ body: () async -> Void) async {
        while (try? await Task.sleep(for: interval)) != nil { await body() }
    }

    private static func take(
        _ message: NotificationListener.Message, _ leases: LeaseKeeper, _ watchers: ChangeWatchers,
        _ pool: ConnectionPool
    ) async {
        switch message {
        case .work(let id):
            let instance = InstanceID(id)
            await watchers.wakeAll(of: instance)
            await leases.noteChange(of: instance)
            await watchers.announce(instance)
        case .change(let id): await watchers.wakeAll(of: InstanceID(id))
        case .reconnected:
            await watchers.wakeAll()
            await leases.expectForgotten()
            // Those who were told meanwhile were not heard. Some names are enough: who listens looks for more.
            let due = try? await pool.run { connection throws(PostgresError) in
                try connection.run(LeaseStatements.due).map { row throws(PostgresError) in try row.text(0) }
            }
            for id in due ?? [] { await watchers.announce(InstanceID(id)) }
        }
    }

    /// Closes all connections. What is under way comes to its end; later calls throw. Who holds a lease is told that it is lost; on the
    /// server it ends by itself.
    public func close() {
        for task in background.withLock({ $0 }) { task.cancel() }
        listener.close()
        pool.close()
        Task { [leases] in await leases.loseAll() }
    }

    deinit { close() }

    // MARK: Leases

    /// Gives `executor` the right to run an instance. It is renewed for as long as this process can reach the server.
    public func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        try instance.checkStorable()
        return try await leases.acquire(on: instance, by: executor, takingOver: takingOver)
    }

    /// Gives a lease back.
    public func release(_ lease: Lease, leaving rest: InstanceRest?) async {
        await leases.release(lease, leaving: rest)
    }

    /// Takes the most urgent instances that are due. Costs one statement, whatever the number of instances.
    public func claim(_ claim: WorkClaim) async throws(BackendError) -> [Lease] { try await leases.claim(claim) }

    /// What the holder of a lease has to know.
    public func notices(of lease: Lease) async -> AsyncStream<LeaseNotice> { await leases.notices(of: lease) }

    // MARK: Services

    /// Announces the workflows that a service in this process serves, to all that share the database.
    public func announceService(of workflows: [ServedWorkflow]?, by executor: String) async {
        await services.announce(workflows, by: executor)
    }

    /// The workflows that the services on this database serve, in whatever process. Remembered for five seconds.
    public func servedWorkflows() async throws(BackendError) -> Set<ServedWorkflow>? {
        try await services.workflows()
    }

    /// Returns if the server answers. Costs one round trip.
    public func checkHealth() async throws(BackendError) {
        do throws(PostgresError) {
            _ = try await pool.run(isUrgent: true, PostgresClock.offset)
        } catch {
            throw .store(error)
        }
    }

    // MARK: Events

    /// Appends events of one instance. Costs one share in one transaction.
    public func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        guard let first = events.first else { return }
        try events.checkForm()
        try first.instance.checkStorable()
        do throws(BackendError) {
            try await store.append(events, first, lease: lease)
        } catch {
            if case .fenced = error, let lease { await leases.noteFenced(lease) }
            throw error
        }
        if let lease { await leases.noteAppend(upTo: first.revision + UInt64(events.count) - 1, under: lease) }
        await watchers.wakeAll(of: first.instance, mayHaveEnded: events.contains { $0.body.mayEndRun })
    }

    /// Keeps the text of a definition, unless it is there already.
    public func keep(definition text: String, _ hash: DefinitionHash, at time: Timestamp) async throws(BackendError) {
        guard !definitions.withLock({ $0.contains(hash) }) else { return }
        var parameters = StatementParameters()
        parameters.append(hash.bytes)
        parameters.append(text.storable)
        parameters.append(time.nanosecondsSinceEpoch)
        _ = try await pool.persistently { [parameters] connection throws(PostgresError) in
            _ = try connection.run(Self.keepDefinition, parameters)
        }
        definitions.withLock { _ = $0.insert(hash) }
    }

    /// The text of a definition that was kept.
    public func definition(_ hash: DefinitionHash) async throws(BackendError) -> String? {
        var parameters = StatementParameters()
        parameters.append(hash.bytes)
        return try await pool.persistently { [parameters] connection throws(PostgresError) in
            try connection.run(Self.definition, parameters).first?.text(0)
        }
    }

    private static let definition = Statement("definition", "SELECT text FROM definitions WHERE hash = $1::bytea")

    static let keepDefinition = Statement(
        "keep_definition",
        """
        INSERT INTO definitions (hash, text, kept_at) VALUES ($1::bytea, $2::text, $3::bigint)
        ON CONFLICT (hash) DO NOTHING
        """)

    /// The state of an instance; `nil` if it has no events. Costs one round trip, and reads what is new since this process looked last.
    public func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        guard !instance.rawValue.utf8.contains(0) else { return nil }
        return try await store.state(of: instance)
    }

    /// The events of an instance, oldest first.
    public func history(
        of instance: InstanceID, after sequence: UInt64
    ) async throws(BackendError) -> [RecordedEvent] {
        guard !instance.rawValue.utf8.contains(0) else { return [] }
        return try await pool.persistently { connection throws(PostgresError) in
            try InstanceReader(connection: connection).history(of: instance, afterSequence: sequence)
        }.get()
    }

    // MARK: Watching

    /// Returns once an instance has a durable revision above the given one. Other processes' changes are told within milliseconds.
    public func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        await waitForChange(of: instance, after: revision, untilEnd: false)
    }

    /// The state of an instance once its run has ended. If this process runs it, it looks for nothing meanwhile.
    public func stateAtEnd(
        of instance: InstanceID, orWhen isFinal: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> InstanceState? {
        while true {
            let state = try await state(of: instance)
            guard let state, state.phase.isUnderWay, !isFinal(state), !Task.isCancelled else { return state }
            await waitForChange(of: instance, after: state.revision, untilEnd: true)
        }
    }

    private func waitForChange(of instance: InstanceID, after revision: UInt64, untilEnd: Bool) async {
        let watcher = await watchers.newNumber()
        await watchers.wait(for: instance, as: watcher, untilEnd: untilEnd) { [leases, watchers, store, pool] in
            // Who has the lease makes all changes that are not told anyway.
            let isOwn = await leases.holds(instance)
            if isOwn, untilEnd {
                let state = try? await store.state(of: instance)
                // Steps are of no interest, and there may have been some since.
                if state?.phase.isUnderWay != true { await watchers.wake(watcher, of: instance) }
                return
            }
            let limit = pool.options.pollInterval * 4
            let known = try? await pool.run { connection throws(PostgresError) in
                let watch = InstanceWatch(connection: connection)
                return isOwn ? try watch.revision(of: instance) : try watch.watch(instance, for: limit)
            }
            // What cannot be looked at is for the watcher to find out.
            if known.map({ $0 > revision }) ?? true { await watchers.wake(watcher, of: instance) }
        }
    }

    /// The instances that may have work for an executor.
    public func wakeUps() async -> AsyncStream<InstanceID> { await watchers.wakeUps() }

    /// Tells those who listen, in all processes, that an instance may have work for them.
    public func announce(_ instance: InstanceID) async {
        var parameters = StatementParameters()
        parameters.append(channel)
        parameters.append("+\(instance)".storable)
        // Should it fail, they find out when they look the next time.
        _ = try? await pool.run { [parameters] connection throws(PostgresError) in
            _ = try connection.run(Self.notify, parameters)
        }
    }

    private static let notify = Statement("notify", "SELECT pg_notify($1::text, $2::text)::text")
}

extension ConnectionPool {
    /// Runs what may be run again, and throws what a backend throws.
    func persistently<Value: Sendable>(
        _ work: @escaping @Sendable (PostgresConnection) throws(PostgresError) -> Value
    ) async throws(BackendError) -> Value {
        do throws(PostgresError) {
            return try await runPersistently { connection, _ throws(PostgresError) in try work(connection) }
        } catch {
            throw .store(error)
        }
    }
}

extension InstanceID {
    /// Refuses an id that PostgreSQL cannot hold.
    func checkStorable() throws(BackendError) {
        if rawValue.utf8.contains(0) {
            throw .malformedAppend("PostgreSQL holds no text with a character of value 0, as the instance's id has")
        }
    }
}
