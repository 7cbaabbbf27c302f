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
        var parameters = StatementParameters()
        parameters.append(instance.rawValue)
        parameters.append(Int64(clamping: sequence))
        return try events(of: instance, Self.afterSequence, parameters)
    }

    /// The events of an instance behind a revision, oldest first.
    func history(
        of instance: InstanceID, afterRevision revision: UInt64
    ) throws(PostgresError) -> Result<[RecordedEvent], BackendError> {
        var parameters = StatementParameters()
        parameters.append(instance.rawValue)
        parameters.append(Int64(clamping: revision))
        return try events(of: instance, Self.afterRevision, parameters)
    }

    /// The snapshot of an instance; `nil` if there is none that this build can read.
    func snapshot(of instance: InstanceID) throws(PostgresError) -> InstanceState? {
        var parameters = StatementParameters()
        parameters.append(instance.rawValue)
        parameters.append(Int32(bitPattern: InstanceState.encodingVersion))
        guard let row = try connection.run(Self.snapshot, parameters).first else { return nil }
        let bytes = try row.bytes(0)
        // It is derived, so one that cannot be read is as good as none.
        guard let state = try? InstanceState(decoding: bytes[...]), state.id == instance else { return nil }
        return state
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
        of instance: InstanceID, _ statement: Statement, _ parameters: StatementParameters
    ) throws(PostgresError) -> Result<[RecordedEvent], BackendError> {
        let rows = try connection.run(statement, parameters)
        var events: [RecordedEvent] = []
        events.reserveCapacity(rows.rowCount)
        for row in rows.rows {
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
    private static let snapshot = Statement(
        "snapshot", "SELECT state FROM snapshots WHERE instance = $1::text AND encoding = $2::integer")
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
