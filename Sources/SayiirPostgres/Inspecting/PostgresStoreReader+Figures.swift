package import SayiirEvents

/// What the tables tell of a store without a look at its events.
package struct StoreFigures: Sendable {
    /// How many instances there are of a status.
    package struct StatusCount: Sendable {
        /// The status, as the table has it.
        package var status: String
        /// How many instances.
        package var instances: Int
    }

    /// A table, with its indexes.
    package struct Table: Sendable {
        /// Its name.
        package var name: String
        /// How many bytes it takes on the server's disk.
        package var bytes: UInt64
    }

    /// An executor that has leases.
    package struct Holder: Sendable {
        /// Its name.
        package var executor: String
        /// How many instances it has.
        package var instances: Int
        /// How many of them have leases that have ended.
        package var lapsed: Int
        /// When the last of its leases ends, unless it is renewed.
        package var until: Timestamp
    }

    /// Where the store went on.
    package struct Move: Sendable {
        /// Where to.
        package var destination: String
        /// Whether the move is done.
        package var isFinished: Bool
    }

    /// An instance and a moment.
    package struct Due: Sendable {
        /// The instance.
        package var instance: String
        /// The moment.
        package var time: Timestamp
    }

    /// The version of the server, in its own words.
    package var server = ""
    /// The server's time of day.
    package var now = Timestamp(nanosecondsSinceEpoch: 0)
    /// How many instances there are of each status.
    package var statuses: [StatusCount] = []
    /// How many have not ended.
    package var liveCount = 0
    /// How many events there are.
    package var eventCount: UInt64 = 0
    /// How many of them are of instances that have not ended.
    package var liveEventCount: UInt64 = 0
    /// The sequence of the last event; 0 without events.
    package var lastSequence: UInt64 = 0
    /// When the first event happened.
    package var oldest: Timestamp?
    /// When the last event of any instance happened.
    package var newest: Timestamp?
    /// The tables.
    package var tables: [Table] = []
    /// Who has leases, those with the most instances first; a few of them.
    package var holders: [Holder] = []
    /// How many executors have leases.
    package var holderCount = 0
    /// How many instances are due, and nobody has them.
    package var dueCount = 0
    /// Since when the first of them has been.
    package var dueSince: Timestamp?
    /// What is due next by itself.
    package var nextDue: Due?
    /// Where the store went on, if it was moved.
    package var move: Move?
}

extension PostgresStoreReader {
    /// Reads the figures. The table of instances is read as a whole, that of events is not.
    package func figures() throws -> StoreFigures {
        try atOneMoment {
            var figures = StoreFigures()
            if let row = try connection.run(Self.server).first {
                (figures.server, figures.now) = (try row.text(0), try row.time(1))
            }
            try readInstances(into: &figures)
            try readWork(into: &figures)
            if let row = try connection.run(Self.ends).first {
                figures.oldest = try row.optional(0, row.time)
                figures.lastSequence = try row.count(1)
            }
            figures.tables = try connection.run(Self.tables).map { row throws(PostgresError) in
                StoreFigures.Table(name: try row.text(0), bytes: try row.count(1))
            }
            figures.move = try connection.run(Self.move).first.map { row throws(PostgresError) in
                StoreFigures.Move(destination: try row.text(0), isFinished: try row.bool(1))
            }
            return figures
        }
    }

    private func readInstances(into figures: inout StoreFigures) throws {
        for row in try connection.run(Self.counts).rows {
            let count = Int(clamping: try row.integer(1))
            figures.statuses.append(StoreFigures.StatusCount(status: try row.text(0), instances: count))
            figures.eventCount &+= try row.count(2)
            figures.liveCount += Int(clamping: try row.integer(3))
            figures.liveEventCount &+= try row.count(4)
            if let time = try row.optional(5, row.time) { figures.newest = max(figures.newest ?? time, time) }
        }
    }

    private func readWork(into figures: inout StoreFigures) throws {
        figures.holders = try connection.run(Self.holders).map { row throws(PostgresError) in
            figures.holderCount = Int(clamping: try row.integer(4))
            return StoreFigures.Holder(
                executor: try row.text(0), instances: Int(clamping: try row.integer(1)),
                lapsed: Int(clamping: try row.integer(2)), until: try row.time(3))
        }
        if let row = try connection.run(Self.due).first {
            figures.dueCount = Int(clamping: try row.integer(0))
            figures.dueSince = try row.optional(1, row.time)
        }
        figures.nextDue = try connection.run(Self.next).first.map { row throws(PostgresError) in
            StoreFigures.Due(instance: try row.text(0), time: try row.time(1))
        }
    }

    // Not the function of the schema, which the user may have no right to call.
    private static let now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000"

    private static let server = Statement("server_and_time", "SELECT current_setting('server_version'), \(now)")
    // Revisions count the events of an instance from 1, without a gap.
    private static let counts = Statement(
        "counts",
        """
        SELECT status, count(*), sum(revision)::bigint, count(*) FILTER (WHERE ended_at IS NULL),
            coalesce(sum(revision) FILTER (WHERE ended_at IS NULL), 0)::bigint, max(updated_at)
        FROM instances WHERE revision > 0 GROUP BY status
        """)
    private static let holders = Statement(
        "holders",
        """
        SELECT lease_executor, count(*), count(*) FILTER (WHERE lease_until <= (SELECT \(now))), max(lease_until),
            count(*) OVER ()
        FROM instances WHERE lease_executor IS NOT NULL GROUP BY lease_executor ORDER BY 2 DESC, 1 LIMIT 20
        """)
    private static let due = Statement(
        "due",
        """
        SELECT count(*), min(ready_at) FROM instances
        WHERE ready_at IS NOT NULL AND ready_at <= (SELECT \(now))
            AND (lease_executor IS NULL OR lease_until <= (SELECT \(now)))
        """)
    private static let next = Statement(
        "next_due",
        """
        SELECT id, ready_at FROM instances WHERE ready_at IS NOT NULL AND ready_at > (SELECT \(now))
        ORDER BY ready_at, id LIMIT 1
        """)
    private static let ends = Statement(
        "ends_of_events",
        """
        SELECT (SELECT time FROM events ORDER BY sequence LIMIT 1),
            coalesce((SELECT sequence FROM events ORDER BY sequence DESC LIMIT 1), 0)
        """)
    private static let tables = Statement(
        "table_sizes",
        """
        SELECT relname::text, pg_total_relation_size(pg_class.oid)
        FROM pg_class WHERE relkind = 'r' AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'events'::regclass)
            AND relname IN ('events', 'instances', 'snapshots', 'definitions')
        ORDER BY 2 DESC, 1
        """)
    private static let move = Statement("moved_to", "SELECT destination, finished_at IS NOT NULL FROM moved LIMIT 1")
}

/// Who is to run an instance, as its row says.
package struct InstanceLease: Sendable, Hashable {
    /// Who has the lease; `nil` if nobody has one that goes on.
    package var executor: String?
    /// When the lease ends unless it is renewed.
    package var until: Timestamp?
    /// Since when or from when on somebody is to take it up; `nil` if nothing is to be done.
    package var readyAt: Timestamp?
}

extension PostgresStoreReader {
    /// Who runs an instance, or is to; `nil` if there is no such instance.
    package func lease(of instance: String) throws -> InstanceLease? {
        var parameters = StatementParameters()
        parameters.append(instance.storable)
        return try connection.run(Self.lease, parameters).first.map { row throws(PostgresError) in
            InstanceLease(
                executor: try row.optional(0, row.text), until: try row.optional(1, row.time),
                readyAt: try row.optional(2, row.time))
        }
    }

    private static let lease = Statement(
        "lease_to_show",
        """
        SELECT CASE WHEN lease_until > (SELECT \(now)) THEN lease_executor END, lease_until, ready_at
        FROM instances WHERE id = $1::text
        """)
}
