internal import Sayiir
internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// Takes the records of a log into the tables, in one transaction.
struct LogIntake {
    let reader: LogReader
    let connection: PostgresConnection
    let progress: @Sendable (_ done: UInt64, _ total: UInt64) -> Void

    /// What the table of instances will say of one.
    private struct Row {
        var id: InstanceID
        var revision: UInt64
        var row: InstanceRow

        init(_ state: InstanceState) {
            id = state.id
            revision = state.revision
            row = InstanceRow(state)
        }
    }

    func run() throws -> StoreMove.Report {
        var survey = Survey()
        try readAll { try survey.add($0) }
        let known = try known(of: survey.instances.map(\.rawValue))
        if known.isEmpty {
            try connection.inTransaction {
                try copy(of: survey.digest.count)
                try check(survey)
            }
        } else {
            // The same events are there if a move was interrupted before its last step.
            guard known.count == survey.instances.count, try digest(of: survey.instances) == survey.digest else {
                throw StoreMoveError.collision(
                    count: known.count, instances: known.map { InstanceID($0) }.sorted().prefix(5).map(\.rawValue))
            }
        }
        return StoreMove.Report(
            instanceCount: survey.instances.count, eventCount: survey.digest.count,
            definitionCount: survey.definitions.count, digest: survey.digest.description, wasThere: !known.isEmpty)
    }

    // MARK: The log

    /// What a log holds.
    private struct Survey {
        var instances: Set<InstanceID> = []
        var definitions: Set<String> = []
        var digest = StoreDigest()

        mutating func add(_ item: Item) throws {
            switch item {
            case .definition(let key, _, _): definitions.insert(key)
            case .event(let event, let record):
                if instances.insert(InstanceID(record.key)).inserted, event.revision != 1 {
                    throw StoreMoveError.incomplete(instance: record.key)
                }
                digest.add(
                    instance: record.key, revision: event.revision, time: record.timestamp,
                    data: Array(record.payload))
            }
        }
    }

    private enum Item {
        case event(Event, LogRecord)
        case definition(key: String, text: String, time: Int64)
    }

    /// Reads the whole log, verified.
    private func readAll(_ visit: (Item) throws -> Void) throws {
        let directory = reader.directory
        let assessment = try reader.verify { frame in
            try frame.forEachRecord { record in
                if record.kind == .definition {
                    let text = String(decoding: record.payload, as: UTF8.self)
                    try visit(.definition(key: record.key, text: text, time: record.timestamp))
                } else if let event = try record.event(in: "\(directory)/\(frame.segment)", at: frame.offset) {
                    try visit(.event(event, record))
                }
            }
        }
        guard assessment.verdict == .clean else { throw LogError.refused(assessment) }
    }

    // MARK: The tables

    private func copy(of total: UInt64) throws {
        var roster = InstanceRoster(summarizing: Row.init)
        var batch = EventBatch()
        var count: UInt64 = 0
        try readAll { item in
            switch item {
            case .definition(let key, let text, let time): try keep(text, key, time)
            case .event(let event, let record):
                roster.add(event)
                batch.add(event, record)
                count += 1
                if batch.isFull {
                    try insert(&batch)
                    progress(count, total)
                }
            }
        }
        try insert(&batch)
        if !roster.revived.isEmpty {
            try readAll { if case .event(let event, _) = $0 { roster.addAgain(event) } }
        }
        let rows = roster.summaries
        for start in stride(from: 0, to: rows.count, by: 1000) {
            try insert(Array(rows[start..<min(start + 1000, rows.count)]))
        }
    }

    private struct EventBatch {
        var instances: [String] = []
        var revisions: [Int64] = []
        var kinds: [Int32] = []
        var times: [Int64] = []
        var data: [[UInt8]] = []
        var byteCount = 0

        var isFull: Bool { instances.count >= 5000 || byteCount >= 1024 * 1024 }

        mutating func add(_ event: Event, _ record: LogRecord) {
            instances.append(record.key)
            revisions.append(Int64(clamping: event.revision))
            kinds.append(Int32(bitPattern: event.body.kindNumber))
            times.append(record.timestamp)
            data.append(Array(record.payload))
            byteCount += record.payload.count
        }
    }

    private func insert(_ batch: inout EventBatch) throws(PostgresError) {
        guard !batch.instances.isEmpty else { return }
        var parameters = StatementParameters()
        parameters.append(array: batch.instances)
        parameters.append(array: batch.revisions)
        parameters.append(array: batch.kinds)
        parameters.append(array: batch.times)
        parameters.append(array: batch.data)
        _ = try connection.run(Self.insertEvents, parameters)
        batch = EventBatch()
    }

    private func insert(_ rows: [Row]) throws(PostgresError) {
        var parameters = StatementParameters()
        parameters.append(array: rows.map(\.id.rawValue))
        parameters.append(array: rows.map { Int64(clamping: $0.revision) })
        AppendStatement.appendRows(rows.map(\.row), to: &parameters)
        _ = try connection.run(Self.insertInstances, parameters)
    }

    private func keep(_ text: String, _ key: String, _ time: Int64) throws(PostgresError) {
        guard let hash = DefinitionHash(hexadecimal: key) else { return }
        var parameters = StatementParameters()
        parameters.append(hash.bytes)
        parameters.append(text.storable)
        parameters.append(time)
        _ = try connection.run(PostgresBackend.keepDefinition, parameters)
    }

    /// Those of the instances that the store has already.
    private func known(of instances: [String]) throws(PostgresError) -> [String] {
        var known: [String] = []
        for start in stride(from: 0, to: instances.count, by: 1000) {
            var parameters = StatementParameters()
            parameters.append(array: instances[start..<min(start + 1000, instances.count)])
            for row in try connection.run(Self.known, parameters).rows { known.append(try row.text(0)) }
        }
        return known
    }

    /// Holds what arrived against what was sent.
    private func check(_ survey: Survey) throws {
        let arrived = try digest(of: survey.instances)
        guard arrived == survey.digest else {
            throw StoreMoveError.different(
                sent: "\(survey.digest.count) events of digest \(survey.digest)",
                arrived: "\(arrived.count) events of digest \(arrived)")
        }
    }

    private func digest(of instances: Set<InstanceID>) throws(PostgresError) -> StoreDigest {
        var digest = StoreDigest()
        let instances = instances.map(\.rawValue)
        // So few that their events, each of some hundred bytes as a rule, are no burden together.
        for start in stride(from: 0, to: instances.count, by: 100) {
            var parameters = StatementParameters()
            parameters.append(array: instances[start..<min(start + 100, instances.count)])
            for row in try connection.run(Self.eventsOf, parameters).rows {
                digest.add(
                    instance: try row.text(0), revision: try row.count(1), time: try row.integer(2),
                    data: try row.bytes(3))
            }
        }
        return digest
    }

    private static let insertEvents = Statement(
        "take_in_events",
        """
        INSERT INTO events (instance, revision, kind, time, data)
        SELECT instance, revision, kind, time, data
        FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::bigint[], $5::bytea[])
            WITH ORDINALITY AS e(instance, revision, kind, time, data, place)
        ORDER BY place
        """)
    private static let insertInstances = Statement(
        "take_in_instances",
        """
        INSERT INTO instances (
            id, revision, run, workflow, definition, status, detail, steps_done, steps_begun, error_type,
            error_message, submitted_at, updated_at, ended_at, priority, tags, ready_at)
        SELECT id, revision, run, workflow, definition, status, detail, steps_done, steps_begun, error_type,
            error_message, submitted_at, updated_at, ended_at, priority,
            coalesce(string_to_array(nullif(tag_list, ''), chr(31)), '{}'),
            CASE WHEN may_be_ready THEN now_nanoseconds() END
        FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::bytea[], $6::text[], $7::text[],
            $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[],
            $15::integer[], $16::text[], $17::boolean[])
        AS t(id, revision, run, workflow, definition, status, detail, steps_done, steps_begun, error_type, error_message,
            submitted_at, updated_at, ended_at, priority, tag_list, may_be_ready)
        """)
    private static let known = Statement(
        "known_instances", "SELECT id FROM instances WHERE id = ANY ($1::text[]) AND revision > 0")
    private static let eventsOf = Statement(
        "events_of", "SELECT instance, revision, time, data FROM events WHERE instance = ANY ($1::text[])")
}
