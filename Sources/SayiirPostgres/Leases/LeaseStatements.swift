/// The statements about leases. None of them need be durable: what a lost one leaves behind ends by itself, and an epoch is never
/// given out again, for it is a time.
enum LeaseStatements {
    private static let lax = "(SELECT set_config('synchronous_commit', 'off', true)) AS lax"

    /// Instance, executor, nanoseconds, whether to take it from whoever has it, session. Gives the epoch; nothing if somebody has it.
    static let acquire = Statement(
        "acquire_lease",
        """
        INSERT INTO instances AS i (id, lease_executor, lease_epoch, lease_until, lease_session)
        SELECT $1::text, $2::text, now_nanoseconds(), now_nanoseconds() + $3::bigint, $5::bigint FROM \(lax)
        ON CONFLICT (id) DO UPDATE SET
            lease_executor = excluded.lease_executor,
            lease_epoch = greatest(i.lease_epoch + 1, excluded.lease_epoch),
            lease_until = excluded.lease_until,
            lease_session = excluded.lease_session
        WHERE $4::boolean OR i.lease_executor IS NULL OR i.lease_until <= now_nanoseconds()
        RETURNING lease_epoch
        """)

    /// Instance, executor, nanoseconds. Gives the epoch if the executor has the lease: it is for when the reply to ``acquire`` was lost.
    /// The epoch is a new one, so that of two who take a lease for theirs only one can write.
    static let acquireAgain = Statement(
        "acquire_lease_again",
        """
        UPDATE instances SET
            lease_epoch = greatest(lease_epoch + 1, now_nanoseconds()), lease_until = now_nanoseconds() + $3::bigint
        FROM \(lax)
        WHERE id = $1::text AND lease_executor = $2::text AND lease_session = $4::bigint
        RETURNING lease_epoch
        """)

    /// Instance. Gives who has the lease, if somebody has.
    static let holder = Statement(
        "lease_holder",
        "SELECT lease_executor FROM instances WHERE id = $1::text AND lease_until > now_nanoseconds()")

    /// Executor, nanoseconds, limit, definitions, tags or NULL, session, the names of the workflows that go with the definitions. Gives instance, epoch, revision and urgency of each.
    static let claim = Statement(
        "claim",
        """
        WITH due AS (
            SELECT id, ready_at + priority * 300000000000 AS urgency FROM instances
            WHERE ready_at IS NOT NULL AND ready_at <= (SELECT now_nanoseconds())
                -- The index is by urgency: nothing beyond this can be due.
                AND ready_at + priority * 300000000000 <= (SELECT now_nanoseconds()) + 1500000000000
                AND (lease_executor IS NULL OR lease_until <= (SELECT now_nanoseconds()))
                AND definition = ANY ($4::bytea[])
                AND (workflow COLLATE "C", definition) IN (SELECT * FROM unnest($7::text[], $4::bytea[]))
                AND ($5::text[] IS NULL OR (tags <@ $5::text[] AND needs <@ $5::text[]))
            ORDER BY ready_at + priority * 300000000000
            LIMIT $3::bigint
            FOR UPDATE SKIP LOCKED
        )
        UPDATE instances AS i SET
            lease_executor = $1::text, lease_epoch = greatest(lease_epoch + 1, now_nanoseconds()),
            lease_until = now_nanoseconds() + $2::bigint, lease_session = $6::bigint
        FROM due, \(lax)
        WHERE i.id = due.id
        RETURNING i.id, i.lease_epoch, i.revision, due.urgency
        """)

    /// Gives some of the instances that are due and that nobody has.
    static let due = Statement(
        "due_instances",
        """
        SELECT id FROM instances
        WHERE ready_at IS NOT NULL AND ready_at <= (SELECT now_nanoseconds())
            AND ready_at + priority * 300000000000 <= (SELECT now_nanoseconds()) + 1500000000000
            AND (lease_executor IS NULL OR lease_until <= (SELECT now_nanoseconds()))
        ORDER BY ready_at + priority * 300000000000 LIMIT 100
        """)

    /// Instances, epochs, nanoseconds. Gives instance and revision of each lease that goes on.
    static let renew = Statement(
        "renew_leases",
        """
        UPDATE instances AS i SET lease_until = now_nanoseconds() + $3::bigint
        FROM (SELECT * FROM unnest($1::text[], $2::bigint[]) AS t(id, epoch) ORDER BY id) AS held, \(lax)
        WHERE i.id = held.id AND i.lease_epoch = held.epoch AND i.lease_executor IS NOT NULL
        RETURNING i.id, i.revision
        """)

    /// Instances, executors, epochs, and of each what it waits for: the revision that its holder knew or NULL, when it is due or NULL,
    /// priority, needs, and whether those are to be met at once.
    static let release = Statement(
        "release_leases",
        """
        WITH input AS (
            SELECT *, string_to_array(nullif(need_list, ''), chr(31)) AS new_needs
            FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::integer[], $7::text[])
                AS t(id, executor, epoch, known_revision, due, new_priority, need_list), \(lax)
            ORDER BY id
        ), blank AS (
            DELETE FROM instances AS i USING input
            WHERE i.id = input.id AND i.revision = 0 AND i.lease_epoch = epoch AND i.lease_executor = executor
        )
        UPDATE instances AS i SET
            lease_executor = NULL, lease_until = NULL, lease_session = NULL,
            -- Who lets go of it without a word leaves it due, and so does who did not see the last change.
            ready_at = CASE
                WHEN ended_at IS NOT NULL THEN NULL
                WHEN known_revision IS NULL OR known_revision <> i.revision THEN i.ready_at
                WHEN new_needs IS NOT NULL THEN now_nanoseconds()
                ELSE due END,
            priority = CASE WHEN known_revision = i.revision THEN new_priority ELSE i.priority END,
            needs = CASE WHEN known_revision = i.revision THEN coalesce(new_needs, '{}') ELSE i.needs END
        FROM input
        WHERE i.id = input.id AND i.lease_epoch = epoch AND i.lease_executor = executor AND i.revision > 0
        """)

    /// Session, instances whose leases it knows of, nanoseconds for which a lease may be on its way. Looks at every row: for
    /// rare occasions.
    static let releaseForgotten = Statement(
        "release_forgotten",
        """
        UPDATE instances SET lease_executor = NULL, lease_until = NULL, lease_session = NULL
        WHERE lease_session = $1::bigint AND id <> ALL ($2::text[])
            -- An epoch is the time at which the lease was given.
            AND lease_epoch < (SELECT now_nanoseconds()) - $3::bigint
        """)
}
