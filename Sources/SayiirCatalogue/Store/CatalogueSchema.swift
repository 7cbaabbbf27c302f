internal import SayiirProjection

/// The catalogue's tables and views, as SQL. `docs/CATALOGUE.md` describes the views; people's own queries rely on them.
enum CatalogueSchema {
    /// The version of tables and views, with that of the states in them. A catalogue of another version is rebuilt.
    static let version = 2000 + Int(InstanceState.encodingVersion)
    /// What SQLite's `application_id` says of a catalogue: "Sayi".
    static let applicationID = 0x5361_7969

    /// Tables without which nothing can be taken in. Times are nanoseconds since 1970.
    static let tables = """
        CREATE TABLE catalogue (
            log TEXT NOT NULL, first_sequence INTEGER NOT NULL, sequence INTEGER NOT NULL, position TEXT, digest TEXT NOT NULL, unreadable INTEGER NOT NULL,
            earliest INTEGER, latest INTEGER);
        CREATE TABLE instance (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow TEXT NOT NULL, status TEXT NOT NULL,
            detail TEXT NOT NULL, run INTEGER NOT NULL, revision INTEGER NOT NULL, priority INTEGER NOT NULL, tags TEXT, derived_from TEXT,
            derived_revision INTEGER, steps_done INTEGER NOT NULL, steps_begun INTEGER NOT NULL, definition TEXT, submitted INTEGER,
            updated INTEGER, ended INTEGER, step TEXT, signal TEXT, since INTEGER, due INTEGER, error_type TEXT,
            error TEXT, actor TEXT, reason TEXT, first_sequence INTEGER NOT NULL, last_sequence INTEGER NOT NULL);
        CREATE TABLE instance_state (number INTEGER PRIMARY KEY, state BLOB NOT NULL);
        CREATE TABLE attempt (
            instance INTEGER NOT NULL, run INTEGER NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL,
            started INTEGER NOT NULL, ended INTEGER, outcome TEXT NOT NULL, executor TEXT, error_type TEXT, error TEXT,
            retry_at INTEGER, PRIMARY KEY (instance, run, step, attempt)) WITHOUT ROWID;
        CREATE TABLE wait (
            instance INTEGER NOT NULL, run INTEGER NOT NULL, step TEXT NOT NULL, kind TEXT NOT NULL, signal TEXT,
            started INTEGER NOT NULL, until INTEGER, ended INTEGER, outcome TEXT NOT NULL,
            PRIMARY KEY (instance, run, step)) WITHOUT ROWID;
        CREATE TABLE signal (
            instance INTEGER NOT NULL, revision INTEGER NOT NULL, name TEXT NOT NULL, received INTEGER NOT NULL,
            actor TEXT, bytes INTEGER NOT NULL, consumed INTEGER, step TEXT, PRIMARY KEY (instance, revision)) WITHOUT ROWID;
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY, instance INTEGER NOT NULL, revision INTEGER NOT NULL, time INTEGER NOT NULL,
            type INTEGER NOT NULL, step TEXT, attempt INTEGER, actor TEXT, reason TEXT);
        CREATE TABLE event_type (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
        """

    /// What queries need and taking in does not. Made last when a catalogue is built: sorting once is cheaper than keeping in order.
    static let indexes = """
        CREATE INDEX instance_submitted ON instance (submitted, id);
        CREATE INDEX instance_updated ON instance (updated, id);
        CREATE INDEX instance_status ON instance (status, submitted, id);
        CREATE INDEX instance_workflow ON instance (workflow, submitted, id);
        CREATE INDEX instance_workflow_status ON instance (workflow, status, submitted, id);
        CREATE INDEX instance_error ON instance (error_type, ended) WHERE error_type IS NOT NULL;
        CREATE INDEX instance_tags ON instance (tags) WHERE tags IS NOT NULL;
        CREATE INDEX instance_due ON instance (due) WHERE due IS NOT NULL;
        CREATE INDEX wait_open ON wait (signal, until) WHERE outcome = 'waiting';
        CREATE INDEX attempt_outcome ON attempt (outcome, started) WHERE outcome NOT IN ('completed', 'running');
        """

    /// What people's own SQL may rely on: columns are added in later versions, never renamed or removed.
    ///
    /// That an event lies between its instance's first and last ones is true of each, and tells where to look for them: no index
    /// has to be kept for that.
    static let views = """
        CREATE VIEW instances AS SELECT
            id AS instance, workflow, status, NULLIF(detail, '') AS detail, run, revision, priority, tags, steps_done,
            steps_begun, definition, \(time("submitted")), \(time("updated")), \(time("ended")),
            (COALESCE(ended, updated) - submitted) / 1e9 AS duration_seconds,
            error_type, error, actor, reason, \(time("due")), first_sequence, last_sequence, derived_from, derived_revision
            FROM instance WHERE status <> 'deleted';
        CREATE VIEW attempts AS SELECT
            i.id AS instance, i.workflow, a.run, a.step, a.attempt, a.outcome, a.executor, \(time("started", of: "a")),
            \(time("ended", of: "a")), (a.ended - a.started) / 1e9 AS duration_seconds, a.error_type, a.error,
            \(time("retry_at", of: "a"))
            FROM attempt a JOIN instance i ON i.number = a.instance;
        CREATE VIEW waits AS SELECT
            i.id AS instance, i.workflow, w.run, w.step, w.kind, w.signal, w.outcome, \(time("started", of: "w")),
            \(time("until", of: "w")), \(time("ended", of: "w")), (w.ended - w.started) / 1e9 AS duration_seconds
            FROM wait w JOIN instance i ON i.number = w.instance;
        CREATE VIEW signals AS SELECT
            i.id AS instance, i.workflow, s.name AS signal, \(time("received", of: "s")), s.actor, s.bytes,
            \(time("consumed", of: "s")), s.step, s.revision
            FROM signal s JOIN instance i ON i.number = s.instance;
        CREATE VIEW events AS SELECT
            e.sequence, i.id AS instance, i.workflow, e.revision, \(time("time", of: "e")),
            COALESCE(t.name, 'unknown_' || e.type) AS type, e.step, e.attempt, e.actor, e.reason
            FROM event e
            JOIN instance i ON i.number = e.instance AND e.sequence BETWEEN i.first_sequence AND i.last_sequence
            LEFT JOIN event_type t ON t.number = e.type
            WHERE i.status <> 'deleted';
        \(stuck)
        """

    /// Live instances that will not go on by themselves, or should have and did not. The first reason that holds is given.
    private static let stuck = """
        CREATE VIEW stuck AS SELECT
            id AS instance, workflow, status, step,
            CASE
                WHEN status = 'in_doubt' THEN 'a person has to decide how ' || step || ' ended'
                WHEN status = 'paused' THEN 'paused' || COALESCE(' by ' || actor, '') || COALESCE(': ' || reason, '')
                WHEN due < \(now) - 5000000000 THEN 'due, and nobody runs it'
                WHEN status = 'awaiting_signal' AND due IS NULL THEN 'waits for signal ' || signal || ' without a deadline'
                ELSE 'no event for over five minutes while it should be running'
            END AS why,
            \(time("since")), (\(now) - since) / 1e9 AS since_seconds, \(time("due")),
            CASE
                WHEN status IN ('in_doubt', 'paused') THEN status
                WHEN due < \(now) - 5000000000 THEN 'overdue'
                WHEN status = 'awaiting_signal' AND due IS NULL THEN 'no_deadline'
                ELSE 'silent'
            END AS rule
            FROM instance
            WHERE status IN ('in_doubt', 'paused') OR due < \(now) - 5000000000
                OR (status = 'awaiting_signal' AND due IS NULL)
                OR (status = 'in_progress' AND due IS NULL AND updated < \(now) - 300000000000);
        """

    /// The present in nanoseconds since 1970, to the millisecond.
    private static let now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000000"

    /// A column with a time, as text in UTC; what is below a millisecond is cut off, as everywhere.
    private static func time(_ column: String, of table: String? = nil) -> String {
        let place = table.map { "\($0).\(column)" } ?? column
        return "strftime('%Y-%m-%d %H:%M:%f', \(place) / 1000000 / 1e3, 'unixepoch') AS \(column)"
    }
}
