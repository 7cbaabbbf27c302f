internal import Sayiir
internal import SayiirEvents

/// Keeps the table of services: what the services of this process serve, and what all of them do.
actor ServiceAnnouncements {
    private let pool: ConnectionPool
    private var own: [String: Announcement] = [:]
    /// What was read last, and until when it is good.
    private var known: (workflows: Set<ServedWorkflow>?, until: ContinuousClock.Instant)?

    private struct Announcement {
        var id = Int64.random(in: 1 ... .max)
        var workflows: [ServedWorkflow]
    }

    /// For how long what was read is good: a client that sends many signals need not ask for each of them.
    private static let memory = Duration.seconds(5)

    init(_ pool: ConnectionPool) { self.pool = pool }

    /// Notes what a service of this process serves; it has ended if that is `nil`.
    func announce(_ workflows: [ServedWorkflow]?, by executor: String) async {
        known = nil
        if let workflows {
            var announcement = own[executor] ?? Announcement(workflows: workflows)
            announcement.workflows = workflows
            own[executor] = announcement
            await store(announcement, by: executor)
        } else if let announcement = own.removeValue(forKey: executor) {
            var parameters = StatementParameters()
            parameters.append(announcement.id)
            // Should it fail, the row ends by itself.
            _ = try? await pool.run { [parameters] connection throws(PostgresError) in
                _ = try connection.run(Self.remove, parameters)
            }
        }
    }

    /// Moves on the times until which the announcements of this process are good. To be called at every heartbeat.
    func renew() async {
        for (executor, announcement) in own { await store(announcement, by: executor) }
    }

    private func store(_ announcement: Announcement, by executor: String) async {
        var parameters = StatementParameters()
        parameters.append(announcement.id)
        parameters.append(executor.storable)
        parameters.append(array: announcement.workflows.map(\.name.storable))
        parameters.append(array: announcement.workflows.map(\.definition.bytes))
        parameters.append(Int64(clamping: (pool.options.heartbeatInterval * 3).nanosecondCount))
        // Should it fail, the next heartbeat tries again.
        _ = try? await pool.run { [parameters] connection throws(PostgresError) in
            _ = try connection.run(Self.keep, parameters)
        }
    }

    /// All that is served by services that were seen lately; `nil` if there are none.
    func workflows() async throws(BackendError) -> Set<ServedWorkflow>? {
        if let known, known.until > .now { return known.workflows }
        let workflows = try await pool.persistently { connection throws(PostgresError) in
            try Self.workflows(in: try connection.run(Self.all))
        }
        known = (workflows, .now + Self.memory)
        return workflows
    }

    /// What ``all`` gives; `nil` if no service was seen lately.
    static func workflows(in result: PostgresResult) throws(PostgresError) -> Set<ServedWorkflow>? {
        var workflows: Set<ServedWorkflow> = []
        var hasService = false
        for row in result.rows {
            hasService = true
            // A service that serves nothing is one row without a definition.
            let definition = try row.bytes(1)
            if definition.isEmpty { continue }
            workflows.insert(ServedWorkflow(name: try row.text(0), definition: DefinitionHash(bytes: definition)))
        }
        return hasService ? workflows : nil
    }

    /// Id, executor, names, definitions, nanoseconds for which it is good.
    private static let keep = Statement(
        "keep_service",
        """
        INSERT INTO services (id, executor, workflows, definitions, seen_until)
        VALUES ($1::bigint, $2::text, $3::text[], $4::bytea[], now_nanoseconds() + $5::bigint)
        ON CONFLICT (id) DO UPDATE SET executor = excluded.executor, workflows = excluded.workflows,
            definitions = excluded.definitions, seen_until = excluded.seen_until
        """)

    /// Id.
    private static let remove = Statement(
        "remove_service",
        "DELETE FROM services WHERE id = $1::bigint OR seen_until < now_nanoseconds() - 86400000000000")

    static let all = Statement(
        "served_workflows",
        """
        SELECT coalesce(s.name, ''), coalesce(s.definition, ''::bytea)
        FROM services LEFT JOIN LATERAL unnest(workflows, definitions) AS s(name, definition) ON true
        WHERE seen_until > (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000
        """)
}
