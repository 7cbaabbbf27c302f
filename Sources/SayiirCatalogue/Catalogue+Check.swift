internal import GRDB
internal import SayiirEvents
internal import SayiirLog

/// Something that a catalogue says and its log does not, or the other way round.
public struct CatalogueDifference: Hashable, Sendable, CustomStringConvertible {
    /// Which of the two says it.
    public enum Side: String, Hashable, Sendable {
        /// The catalogue says it, and it does not follow from the log.
        case catalogue
        /// It follows from the log, and the catalogue does not say it.
        case log
    }

    /// What the row is of: `instance`, `attempt`, `wait`, `signal` or `event`.
    public var kind: String
    /// Which of the two has the row.
    public var side: Side
    /// The row's columns and values.
    public var row: String

    /// `attempt only in the catalogue: instance "order-42", …`.
    public var description: String { "\(kind) only in the \(side.rawValue): \(row)" }
}

extension Catalogue {
    /// Holds the catalogue against its log: builds another from the log, up to the same sequence, and compares all rows.
    ///
    /// What retention has taken from the log since, and no archive that is read holds, is not compared. Costs as much as ``rebuild(progress:)``, changes nothing.
    ///
    /// - Parameters:
    ///   - limit: How many differences are returned at most, of each kind and side.
    ///   - progress: Called now and then with how far it is.
    /// - Returns: The differences; none if the two agree.
    /// - Throws: ``CatalogueError`` if the catalogue cannot be used, `LogError` if the log cannot be read.
    public func check(limit: Int = 10, progress: (CatalogueProgress) throws -> Void = { _ in }) throws
        -> [CatalogueDifference]
    {
        let path = try approvedPath(.read)
        let file = try CatalogueFile(opening: path, isReadOnly: true)
        let position = try file.wrapping { try file.database.read(CataloguePosition.init) }
        let draft = draftPath(for: path)
        defer { removeFiles(of: draft) }
        _ = try build(draft, through: position.sequence, progress: progress)
        let beginning = try reader.firstSequence()
        return try file.wrapping {
            try file.database.writeWithoutTransaction { database in
                try database.execute(sql: "ATTACH DATABASE ? AS other", arguments: [draft])
                defer { try? database.execute(sql: "DETACH DATABASE other") }
                return try Self.comparisons.flatMap { kind, rows in
                    try Self.differences(kind, rows, from: beginning, limit, database)
                }
            }
        }
    }

    private static func differences(
        _ kind: String, _ rows: (String) -> String, from beginning: UInt64, _ limit: Int, _ database: Database
    ) throws -> [CatalogueDifference] {
        let known =
            "first_sequence >= \(beginning) AND id NOT IN (SELECT id FROM main.instance WHERE first_sequence < \(beginning))"
        let pairs: [(CatalogueDifference.Side, String)] = [
            (.catalogue, "\(rows("main")) AND \(known) EXCEPT \(rows("other")) AND \(known)"),
            (.log, "\(rows("other")) AND \(known) EXCEPT \(rows("main")) AND \(known)"),
        ]
        return try pairs.flatMap { side, sql in
            try Row.fetchAll(database, sql: "\(sql) LIMIT \(limit)").map { row in
                let values = row.filter { !$0.1.isNull }.map { "\($0.0) \($0.1)" }
                return CatalogueDifference(kind: kind, side: side, row: values.joined(separator: ", "))
            }
        }
    }

    /// The rows of each kind in a schema, with the instances' ids instead of their numbers.
    private static let comparisons: [(String, @Sendable (String) -> String)] = [
        (
            "instance",
            { schema in
                """
                SELECT id, workflow, status, detail, run, revision, priority, tags, derived_from, derived_revision, steps_done, steps_begun, definition,
                    submitted, updated, ended, step, signal, since, due, error_type, error, actor, reason, first_sequence,
                    last_sequence FROM \(schema).instance WHERE 1
                """
            }
        ),
        (
            "attempt",
            {
                part(
                    "attempt", $0,
                    "t.run, t.step, attempt, started, t.ended, outcome, executor, t.error_type, t.error, retry_at")
            }
        ),
        ("wait", { part("wait", $0, "t.run, t.step, kind, t.signal, started, until, t.ended, outcome") }),
        ("signal", { part("signal", $0, "t.revision, name, received, t.actor, bytes, consumed, t.step") }),
        ("event", { part("event", $0, "sequence, t.revision, time, type, t.step, attempt, t.actor, t.reason") }),
    ]

    private static func part(_ table: String, _ schema: String, _ columns: String) -> String {
        return
            "SELECT i.id, \(columns) FROM \(schema).\(table) t JOIN \(schema).instance i ON i.number = t.instance WHERE 1"
    }
}
