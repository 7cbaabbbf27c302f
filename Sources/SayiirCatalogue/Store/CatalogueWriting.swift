internal import GRDB
internal import SayiirEvents
internal import SayiirProjection

/// Writes a batch into the catalogue's tables, inside the caller's transaction.
struct CatalogueWriting {
    let database: Database
    /// The digits of the definition that was met last: many instances in a row go by the same one.
    private var definition: (hash: DefinitionHash?, digits: String?) = (nil, nil)

    init(_ database: Database) { self.database = database }

    /// Writes everything that the batch changed. `instances` has each of those that changed, as it is now.
    mutating func write(_ batch: CatalogueBatch, _ instances: [InstanceID: InstanceCache.Entry]) throws {
        for number in batch.purged { try purge(number) }
        try writeInstances(batch.changed.lazy.compactMap { instances[$0]?.instance })
        try writeAttempts(batch.attempts)
        try writeWaits(batch.waits)
        try writeSignals(batch)
        try writeEvents(batch.events)
    }

    private mutating func writeInstances(_ instances: some Sequence<CataloguedInstance>) throws {
        var (insert, update) = (try RowStatement(database, Self.insertSQL), try RowStatement(database, Self.updateSQL))
        var replaceState = try RowStatement(database, "INSERT OR REPLACE INTO instance_state VALUES (?, ?)")
        var encoding: [UInt8] = []
        for instance in instances {
            if instance.isStored {
                try write(instance, with: &update)
            } else {
                try write(instance, with: &insert)
            }
            encoding.removeAll(keepingCapacity: true)
            instance.state.encode(into: &encoding)
            replaceState.bind(instance.number)
            replaceState.bind(encoding)
            try replaceState.run()
        }
    }

    private func purge(_ number: Int64) throws {
        for table in ["attempt", "wait", "signal"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE instance = ?", arguments: [number])
        }
    }

    private mutating func write(_ instance: CataloguedInstance, with statement: inout RowStatement) throws {
        let state = instance.state
        let row = InstanceColumns(state)
        statement.bind(state.workflow)
        statement.bind(state.status.name)
        statement.bind(state.statusDetail)
        statement.bind(state.run)
        statement.bind(state.revision)
        statement.bind(Int64(state.priority))
        statement.bind(row.tags)
        statement.bind(row.origin?.source.rawValue)
        statement.bind(row.origin.map { Int64(clamping: $0.sourceRevision) })
        statement.bind(Int64(state.steps.completedCount))
        statement.bind(Int64(state.steps.count))
        if state.definition != definition.hash { definition = (state.definition, state.definition?.description) }
        statement.bind(definition.digits)
        statement.bind(state.submittedAt)
        statement.bind(state.updatedAt)
        statement.bind(state.endedAt)
        statement.bind(row.step?.description)
        statement.bind(row.signal)
        statement.bind(row.since)
        statement.bind(row.due)
        statement.bind(row.failure?.type)
        statement.bind(row.failure?.message)
        statement.bind(row.request?.actor)
        statement.bind(row.request?.reason)
        statement.bind(instance.lastSequence)
        statement.bind(instance.number)
        if !instance.isStored {
            statement.bind(state.id.rawValue)
            statement.bind(instance.firstSequence)
        }
        try statement.run()
    }

    private static let columns = [
        "workflow", "status", "detail", "run", "revision", "priority", "tags", "derived_from", "derived_revision",
        "steps_done", "steps_begun",
        "definition",
        "submitted", "updated", "ended", "step", "signal", "since", "due", "error_type", "error", "actor", "reason",
        "last_sequence",
    ]
    private static let updateSQL =
        "UPDATE instance SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE number = ?"
    private static let insertSQL =
        "INSERT INTO instance (\(columns.joined(separator: ", ")), number, id, first_sequence) "
        + "VALUES (\(Array(repeating: "?", count: columns.count + 3).joined(separator: ", ")))"

    private func writeAttempts(_ attempts: [(key: AttemptRow.Key, row: AttemptRow)]) throws {
        var statement = try RowStatement(
            database,
            """
            INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET started = excluded.started, ended = excluded.ended,
                outcome = CASE WHEN outcome = 'timed_out' AND excluded.outcome = 'failed' THEN outcome ELSE excluded.outcome END,
                executor = COALESCE(excluded.executor, executor), error_type = excluded.error_type,
                error = excluded.error, retry_at = excluded.retry_at
            """)
        for (key, attempt) in attempts {
            statement.bind(key.instance)
            statement.bind(key.run)
            statement.bind(key.step.description)
            statement.bind(Int64(key.attempt))
            statement.bind(attempt.startedAt)
            statement.bind(attempt.endedAt)
            statement.bind(attempt.outcome.rawValue)
            statement.bind(attempt.executor)
            statement.bind(attempt.failure?.type)
            statement.bind(attempt.failure?.message)
            statement.bind(attempt.retryAt)
            try statement.run()
        }
    }

    private func writeWaits(_ waits: [WaitRow.Key: WaitRow]) throws {
        var statement = try RowStatement(
            database,
            """
            INSERT INTO wait VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET signal = COALESCE(excluded.signal, signal), started = excluded.started,
                until = COALESCE(excluded.until, until), ended = excluded.ended, outcome = excluded.outcome
            """)
        for (key, wait) in waits {
            statement.bind(key.instance)
            statement.bind(key.run)
            statement.bind(key.step.description)
            statement.bind(wait.kind)
            statement.bind(wait.signal)
            statement.bind(wait.startedAt)
            statement.bind(wait.until)
            statement.bind(wait.endedAt)
            statement.bind(wait.outcome.rawValue)
            try statement.run()
        }
    }

    private func writeSignals(_ batch: CatalogueBatch) throws {
        var insert = try RowStatement(database, "INSERT OR REPLACE INTO signal VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        for (key, signal) in batch.signals {
            insert.bind(key.instance)
            insert.bind(key.revision)
            insert.bind(signal.name)
            insert.bind(signal.receivedAt)
            insert.bind(signal.actor)
            insert.bind(Int64(signal.byteCount))
            insert.bind(signal.consumption?.time)
            insert.bind(signal.consumption?.step.description)
            try insert.run()
        }
        var update = try RowStatement(
            database, "UPDATE signal SET consumed = ?, step = ? WHERE instance = ? AND revision = ?")
        for (key, consumption) in batch.consumptions {
            update.bind(consumption.time)
            update.bind(consumption.step.description)
            update.bind(key.instance)
            update.bind(key.revision)
            try update.run()
        }
    }

    private func writeEvents(_ events: [CatalogueBatch.EventRow]) throws {
        var statement = try RowStatement(database, "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for event in events {
            statement.bind(event.sequence)
            statement.bind(event.instance)
            statement.bind(event.revision)
            statement.bind(event.time)
            statement.bind(Int64(event.kind))
            statement.bind(event.step?.description)
            statement.bind(event.attempt.map(Int64.init))
            statement.bind(event.actor)
            statement.bind(event.reason)
            try statement.run()
        }
    }
}
