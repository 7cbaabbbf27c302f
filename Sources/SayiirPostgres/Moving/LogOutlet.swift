internal import Sayiir
internal import SayiirEvents
internal import SayiirLog

/// Writes what is in the tables into a new log. The store takes no changes meanwhile.
struct LogOutlet {
    let store: MovingStore
    let writer: LogWriter
    let progress: @Sendable (_ done: UInt64, _ total: UInt64) -> Void

    private static let batchCount: Int64 = 2000

    func run() async throws -> StoreMove.Report {
        let definitions = try await store.run { connection in
            try connection.run(Self.definitions).map { row throws(PostgresError) in
                (hash: DefinitionHash(bytes: try row.bytes(0)), text: try row.text(1), time: try row.integer(2))
            }
        }
        for definition in definitions {
            var batch = RecordBatch()
            try batch.append(
                kind: .definition, key: definition.hash.description, timestamp: definition.time,
                payload: Array(definition.text.utf8))
            try await writer.append(batch)
        }
        let total = try await eventCount()
        var sent = StoreDigest()
        var last: Int64 = 0
        while true {
            let events = try await events(after: last)
            guard let end = events.last else { break }
            try await write(events, &sent)
            last = end.sequence
            progress(sent.count, total)
        }
        let arrived = try digest()
        guard arrived.digest == sent else {
            throw StoreMoveError.different(
                sent: "\(sent.count) events of digest \(sent)",
                arrived: "\(arrived.digest.count) events of digest \(arrived.digest)")
        }
        return StoreMove.Report(
            instanceCount: arrived.instanceCount, eventCount: sent.count, definitionCount: definitions.count,
            digest: sent.description, wasThere: false)
    }

    private func eventCount() async throws -> UInt64 {
        try await store.run { connection in try connection.run(Self.eventCount).first?.count(0) ?? 0 }
    }

    private struct EventRow: Sendable {
        var sequence: Int64
        var instance: String
        var revision: UInt64
        var time: Int64
        var data: [UInt8]
    }

    private func events(after sequence: Int64) async throws -> [EventRow] {
        try await store.run { connection in
            var parameters = StatementParameters()
            parameters.append(sequence)
            parameters.append(Self.batchCount)
            return try connection.run(Self.events, parameters).map { row throws(PostgresError) in
                EventRow(
                    sequence: try row.integer(0), instance: try row.text(1), revision: try row.count(2),
                    time: try row.integer(3), data: try row.bytes(4))
            }
        }
    }

    private func write(_ events: [EventRow], _ digest: inout StoreDigest) async throws {
        var batch = RecordBatch()
        for event in events {
            try batch.append(kind: .event, key: event.instance, timestamp: event.time, payload: event.data)
            digest.add(instance: event.instance, revision: event.revision, time: event.time, data: event.data)
            if batch.byteCount >= 1024 * 1024 {
                try await writer.append(batch)
                batch = RecordBatch()
            }
        }
        try await writer.append(batch)
    }

    /// The digest of what is in the log, read again.
    private func digest() throws -> (digest: StoreDigest, instanceCount: Int) {
        let reader = LogReader(directory: writer.directory)
        var digest = StoreDigest()
        var instances: Set<InstanceID> = []
        let assessment = try reader.verify { frame in
            try frame.forEachRecord { record in
                guard let event = try record.event(in: "\(reader.directory)/\(frame.segment)", at: frame.offset) else {
                    return
                }
                instances.insert(InstanceID(record.key))
                digest.add(
                    instance: record.key, revision: event.revision, time: record.timestamp, data: Array(record.payload))
            }
        }
        guard assessment.verdict == .clean else { throw LogError.refused(assessment) }
        return (digest, instances.count)
    }

    private static let definitions = Statement(
        "all_definitions", "SELECT hash, text, kept_at FROM definitions ORDER BY kept_at, hash")
    // Revisions count the events of an instance from 1, without a gap.
    private static let eventCount = Statement(
        "event_count", "SELECT coalesce(sum(revision), 0)::bigint FROM instances")
    private static let events = Statement(
        "events_in_order",
        """
        SELECT sequence, instance, revision, time, data FROM events WHERE sequence > $1::bigint ORDER BY sequence
        LIMIT $2::bigint
        """)
}
