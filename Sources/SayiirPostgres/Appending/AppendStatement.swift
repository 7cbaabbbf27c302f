internal import SayiirEvents

/// The one statement by which events get into the tables: of several instances, each wholly or not at all.
///
/// Every check is made where the row is locked, by the server, so that nothing can come between: an append counts if it continues
/// the instance's revision, and if the lease that it is made under is the current one.
enum AppendStatement {
    /// Gives the instances whose events were appended.
    static let statement = Statement(
        "append",
        """
        WITH input AS MATERIALIZED (
            SELECT *, string_to_array(nullif(tag_list, ''), chr(31)) AS new_tags
            FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bytea[],
                $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::text[], $13::text[], $14::bigint[],
                $15::bigint[], $16::bigint[], $17::integer[], $18::text[], $19::boolean[], $20::boolean[])
            AS t(id, first_revision, last_revision, epoch, new_run, new_workflow, new_definition, new_status, new_detail,
                new_steps_done, new_steps_begun, new_error_type, new_error_message, new_submitted_at,
                new_updated_at, new_ended_at, new_priority, tag_list, may_be_ready, submits)
            -- All transactions lock rows in the same order, so that none waits for another in a circle.
            ORDER BY id
        ), created AS (
            INSERT INTO instances AS i (
                id, revision, run, workflow, definition, status, detail, steps_done, steps_begun, error_type,
                error_message, submitted_at, updated_at, ended_at, priority, tags, ready_at)
            SELECT id, last_revision, new_run, new_workflow, new_definition, new_status, new_detail, new_steps_done,
                new_steps_begun, new_error_type, new_error_message, new_submitted_at, new_updated_at, new_ended_at,
                new_priority, coalesce(new_tags, '{}'), CASE WHEN may_be_ready THEN now_nanoseconds() END
            FROM input WHERE first_revision = 1 AND epoch IS NULL
            -- Somebody has a lease on it, and nothing else is there.
            ON CONFLICT (id) DO UPDATE SET
                revision = excluded.revision, run = excluded.run, workflow = excluded.workflow,
                definition = excluded.definition, status = excluded.status, detail = excluded.detail,
                steps_done = excluded.steps_done, steps_begun = excluded.steps_begun, error_type = excluded.error_type,
                error_message = excluded.error_message, submitted_at = excluded.submitted_at,
                updated_at = excluded.updated_at, ended_at = excluded.ended_at, priority = excluded.priority,
                tags = excluded.tags, ready_at = excluded.ready_at
            WHERE i.revision = 0
            RETURNING i.id, true AS wakes
        ), continued AS (
            UPDATE instances AS i SET
                revision = last_revision, run = new_run, workflow = new_workflow, definition = new_definition,
                status = new_status, detail = new_detail, steps_done = new_steps_done, steps_begun = new_steps_begun,
                error_type = new_error_type, error_message = new_error_message, submitted_at = new_submitted_at,
                updated_at = new_updated_at, ended_at = new_ended_at,
                priority = CASE WHEN submits THEN new_priority ELSE i.priority END,
                tags = CASE WHEN submits THEN coalesce(new_tags, '{}') ELSE i.tags END,
                needs = CASE WHEN submits THEN '{}' ELSE i.needs END,
                -- A client that begins the instance anew takes it away from the executor of the run before.
                lease_executor = CASE WHEN submits AND epoch IS NULL THEN NULL ELSE i.lease_executor END,
                lease_until = CASE WHEN submits AND epoch IS NULL THEN NULL ELSE i.lease_until END,
                lease_session = CASE WHEN submits AND epoch IS NULL THEN NULL ELSE i.lease_session END,
                -- Under a lease it stays due, so that somebody takes it up if its holder dies. Who runs it says
                -- what it waits for when the lease is given back.
                ready_at = CASE
                    WHEN NOT may_be_ready THEN NULL
                    WHEN i.ready_at <= now_nanoseconds() THEN i.ready_at
                    ELSE now_nanoseconds() END
            FROM input
            WHERE i.id = input.id AND NOT (first_revision = 1 AND epoch IS NULL) AND i.revision = first_revision - 1
                AND (epoch IS NULL OR (i.lease_epoch = epoch AND i.lease_executor IS NOT NULL))
            RETURNING i.id, epoch IS NULL AS wakes, i.watched_until
        ), accepted AS (
            SELECT id, wakes, true AS notifies FROM created
            UNION ALL SELECT id, wakes, wakes OR coalesce(watched_until > now_nanoseconds(), false) FROM continued
        ), stored AS (
            INSERT INTO events (instance, revision, kind, time, data)
            SELECT instance, revision, kind, time, data
            FROM unnest($21::text[], $22::bigint[], $23::integer[], $24::bigint[], $25::bytea[])
                WITH ORDINALITY AS e(instance, revision, kind, time, data, place)
            -- Not a join: looked up in a hash table, whatever the planner thinks.
            WHERE (instance IN (SELECT id FROM accepted)) IS TRUE
            ORDER BY place
        )
        SELECT id, CASE WHEN notifies THEN
            pg_notify($26::text, CASE WHEN wakes THEN '+' ELSE '=' END || id)::text END
        FROM accepted
        """)

    /// The parameters for requests of different instances.
    static func parameters(_ requests: [AppendRequest], channel: String) -> StatementParameters {
        var list = StatementParameters()
        list.append(array: requests.map(\.instance.rawValue))
        list.append(array: requests.map { Int64(clamping: $0.firstRevision) })
        list.append(array: requests.map { Int64(clamping: $0.lastRevision) })
        list.append(array: requests.map { $0.epoch.map { Int64(clamping: $0) } })
        appendRows(requests.map(\.row), to: &list)
        list.append(array: requests.map(\.submits))
        let events = requests.flatMap { request in request.events.map { (request.instance.rawValue, $0) } }
        list.append(array: events.map(\.0))
        list.append(array: events.map { Int64(clamping: $0.1.revision) })
        list.append(array: events.map { Int32(bitPattern: $0.1.kind) })
        list.append(array: events.map(\.1.time.nanosecondsSinceEpoch))
        list.append(array: events.map(\.1.data))
        list.append(channel)
        return list
    }

    /// The parameters for the columns that follow from instances' states.
    static func appendRows(_ rows: [InstanceRow], to list: inout StatementParameters) {
        list.append(array: rows.map { Int64(clamping: $0.run) })
        list.append(array: rows.map { $0.workflow.storable })
        list.append(array: rows.map(\.definition))
        list.append(array: rows.map(\.status))
        list.append(array: rows.map { $0.detail.storable })
        list.append(array: rows.map { Int64($0.stepsDone) })
        list.append(array: rows.map { Int64($0.stepsBegun) })
        list.append(array: rows.map { $0.failure?.type.storable })
        list.append(array: rows.map { $0.failure?.message.storable })
        list.append(array: rows.map { $0.submittedAt?.nanosecondsSinceEpoch })
        list.append(array: rows.map { $0.updatedAt?.nanosecondsSinceEpoch })
        list.append(array: rows.map { $0.endedAt?.nanosecondsSinceEpoch })
        list.append(array: rows.map { Int32(clamping: $0.priority) })
        // Arrays of arrays have to be of one length each, so the tags of one instance go as one text.
        list.append(array: rows.map { $0.tags.joined(separator: "\u{1F}").storable })
        list.append(array: rows.map(\.mayBeReady))
    }
}

extension String {
    /// The text as PostgreSQL can hold it: it has no character of value 0. Only what is derived may go this way.
    var storable: String {
        utf8.contains(0) ? String(unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : Character($0) }) : self
    }
}
