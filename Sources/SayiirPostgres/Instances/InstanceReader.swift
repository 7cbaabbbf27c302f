internal import Sayiir
internal import SayiirEvents
internal import SayiirProjection

/// Reads events and states on one connection.
struct InstanceReader {
    let connection: PostgresConnection

    /// The events of an instance behind a sequence, oldest first.
    func history(
        of instance: InstanceID, afterSequence sequence: UInt64
    ) throws(PostgresError) -> Result<[RecordedEvent], BackendError> {
        try events(of: instance, Self.afterSequence, sequence)
    }

    /// The events of an instance behind a revision, oldest first.
    func history(
        of instance: InstanceID, afterRevision revision: UInt64
    ) throws(PostgresError) -> Result<[RecordedEvent], BackendError> {
        try events(of: instance, Self.afterRevision, revision)
    }

    /// The snapshot of an instance, if there is one that this build can read, and the events behind it: in one round trip.
    func whole(
        _ instance: InstanceID
    ) throws(PostgresError) -> Result<(snapshot: InstanceState?, events: [RecordedEvent]), BackendError> {
        var parameters = StatementParameters()
        parameters.append(instance.rawValue)
        parameters.append(Int32(bitPattern: InstanceState.encodingVersion))
        let result = try connection.run(Self.whole, parameters)
        guard let first = result.first, try first.count(0) == 0 else {
            return try events(of: instance, in: result.rows).map { (nil, $0) }
        }
        let bytes = try first.bytes(2)
        // It is derived, so one that cannot be read is as good as none.
        guard let state = try? InstanceState(decoding: bytes[...]), state.id == instance else {
            return try history(of: instance, afterRevision: 0).map { (nil, $0) }
        }
        return try events(of: instance, in: result.rows.dropFirst()).map { (state, $0) }
    }

    /// Keeps a state, so that the events before it need not be read again.
    func keep(_ state: InstanceState) throws(PostgresError) {
        var bytes: [UInt8] = []
        state.encode(into: &bytes)
        var parameters = StatementParameters()
        parameters.append(state.id.rawValue)
        parameters.append(Int64(clamping: state.revision))
        parameters.append(Int32(bitPattern: InstanceState.encodingVersion))
        parameters.append(bytes)
        _ = try connection.run(Self.keepSnapshot, parameters)
    }

    private func events(
        of instance: InstanceID, _ statement: Statement, _ start: UInt64
    ) throws(PostgresError) -> Result<[RecordedEvent], BackendError> {
        var parameters = StatementParameters()
        parameters.append(instance.rawValue)
        parameters.append(Int64(clamping: start))
        return try events(of: instance, in: connection.run(statement, parameters).rows)
    }

    private func events(
        of instance: InstanceID, in rows: some Sequence<PostgresResult.Row>
    ) throws(PostgresError) -> Result<[RecordedEvent], BackendError> {
        var events: [RecordedEvent] = []
        for row in rows {
            let (sequence, time, data) = (try row.count(0), try row.integer(1), try row.bytes(2))
            do throws(EventDecodingError) {
                let event = try Event(
                    decoding: data, instance: instance, time: Timestamp(nanosecondsSinceEpoch: time))
                events.append(RecordedEvent(sequence: sequence, event: event))
            } catch {
                return .failure(
                    .unreadableEvent(
                        instance: instance, sequence: sequence,
                        file: "the table of events on \(connection.address.name)",
                        offset: nil, reason: "\(error)"))
            }
        }
        return .success(events)
    }

    private static let afterSequence = Statement(
        "events_after_sequence",
        """
        SELECT sequence, time, data FROM events WHERE instance = $1::text AND sequence > $2::bigint ORDER BY revision
        """)
    private static let afterRevision = Statement(
        "events_after_revision",
        """
        SELECT sequence, time, data FROM events WHERE instance = $1::text AND revision > $2::bigint ORDER BY revision
        """)
    /// The snapshot comes first, with 0 for its sequence.
    private static let whole = Statement(
        "whole_instance",
        """
        WITH snapshot AS MATERIALIZED (
            SELECT revision, state FROM snapshots WHERE instance = $1::text AND encoding = $2::integer
        )
        SELECT sequence, time, data FROM (
            SELECT 0::bigint AS sequence, 0::bigint AS time, state AS data, 0::bigint AS revision FROM snapshot
            UNION ALL
            SELECT sequence, time, data, revision FROM events
            WHERE instance = $1::text AND revision > coalesce((SELECT revision FROM snapshot), 0)
        ) AS rows ORDER BY revision
        """)
    private static let keepSnapshot = Statement(
        "keep_snapshot",
        """
        INSERT INTO snapshots AS s (instance, revision, encoding, state)
        SELECT $1::text, $2::bigint, $3::integer, $4::bytea
        -- Nobody waits for it, and it can be made again: it need not be durable.
        FROM (SELECT set_config('synchronous_commit', 'off', true)) AS lax
        ON CONFLICT (instance) DO UPDATE
            SET revision = excluded.revision, encoding = excluded.encoding, state = excluded.state
            WHERE s.revision < excluded.revision OR s.encoding < excluded.encoding
        """)
}
