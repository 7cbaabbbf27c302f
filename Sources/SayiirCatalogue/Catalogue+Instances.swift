internal import GRDB
internal import SayiirEvents
package import SayiirProjection

/// What a catalogue says at one moment.
package struct CatalogueAnswer<Value: Sendable>: Sendable {
    /// The answer.
    package var value: Value
    /// The first sequence that it takes into account.
    package var firstSequence: UInt64
    /// The last sequence that it takes into account.
    package var sequence: UInt64
    /// How many records could not be decoded and are not in it.
    package var unreadableCount: UInt64
}

extension Catalogue {
    /// The wanted instances. Takes nothing in: see ``update(progress:)``.
    ///
    /// - Throws: ``CatalogueError``.
    package func instances(_ query: InstanceQuery) throws -> CatalogueAnswer<[InstanceOverview]> {
        try answer { database in
            let (sql, arguments) = query.statement
            database.add(function: Self.containsIgnoringCase)
            return try Row.fetchAll(database, sql: sql, arguments: arguments).map(InstanceOverview.init)
        }
    }

    /// The number of instances that a query would choose if it had no limit. Takes nothing in.
    ///
    /// - Throws: ``CatalogueError``.
    package func count(_ query: InstanceQuery) throws -> Int {
        var query = query
        query.limit = nil
        return try answer { [query] database in
            let (sql, arguments) = query.statement
            database.add(function: Self.containsIgnoringCase)
            return try Int.fetchOne(database, sql: "SELECT count(*) FROM (\(sql))", arguments: arguments) ?? 0
        }.value
    }

    /// SQLite's own functions fold the case of ASCII letters only.
    private static let containsIgnoringCase = DatabaseFunction(
        "contains_ignoring_case", argumentCount: 2, pure: true
    ) { values in
        guard let text = String.fromDatabaseValue(values[0]), let part = String.fromDatabaseValue(values[1]) else {
            return nil
        }
        return InstanceQuery.contains(part, inError: text)
    }

    /// Reads in one transaction, so that the sequence fits the answer.
    private func answer<Value: Sendable>(_ read: (Database) throws -> Value) throws -> CatalogueAnswer<Value> {
        let file = try CatalogueFile(opening: try approvedPath(.read), isReadOnly: true)
        return try file.wrapping {
            try file.database.read { database in
                let position = try CataloguePosition(database)
                return CatalogueAnswer(
                    value: try read(database), firstSequence: position.firstSequence, sequence: position.sequence,
                    unreadableCount: position.unreadable)
            }
        }
    }
}

extension InstanceQuery {
    /// The query as SQL, with the same answers in the same order as ``choose(from:)``.
    fileprivate var statement: (String, StatementArguments) {
        var conditions: [String] = []
        var arguments = StatementArguments()
        func require(_ condition: String, _ values: [any DatabaseValueConvertible]) {
            conditions.append(condition)
            arguments += StatementArguments(values)
        }
        if let workflow { require("workflow = ?", [workflow]) }
        if let idPart { require("instr(id, ?) > 0", [idPart]) }
        if let tag { require("tags IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)", [tag]) }
        if let errorPart {
            let text = "CASE error_type WHEN '' THEN error ELSE error_type || ': ' || error END"
            require("error_type IS NOT NULL AND contains_ignoring_case(\(text), ?)", [errorPart])
        }
        if let since { require("updated >= ?", [since.nanosecondsSinceEpoch]) }
        if let until { require("updated <= ?", [until.nanosecondsSinceEpoch]) }
        if statuses.isEmpty {
            require("status <> ?", [StatusName.deleted.rawValue])
        } else {
            let places = Array(repeating: "?", count: statuses.count).joined(separator: ", ")
            require("status IN (\(places))", statuses.map(\.rawValue))
        }
        let direction = isReversed ? "DESC" : "ASC"
        let key =
            switch order {
            case .id: ""
            case .submitted: "submitted \(direction), "
            case .updated: "updated \(direction), "
            case .duration: "COALESCE(COALESCE(ended, updated) - submitted, 0) \(direction), "
            }
        var sql = """
            SELECT id, workflow, status, detail, run, revision, tags, steps_done, steps_begun, definition, submitted, updated,
                ended, error_type, error
            FROM instance WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(key)id \(direction)
            """
        if let limit { sql += " LIMIT \(max(0, limit))" }
        return (sql, arguments)
    }
}

extension InstanceOverview {
    fileprivate init(_ row: Row) {
        self.init()
        id = row["id"]
        workflow = row["workflow"]
        status = StatusName(rawValue: row["status"]) ?? .unsubmitted
        detail = row["detail"]
        run = UInt64(clamping: row["run"] as Int64)
        revision = UInt64(clamping: row["revision"] as Int64)
        stepsDone = row["steps_done"]
        stepsBegun = row["steps_begun"]
        definition = (row["definition"] as String?).flatMap(DefinitionHash.init(hexadecimal:))
        submittedAt = Self.time(row["submitted"])
        updatedAt = Self.time(row["updated"])
        endedAt = Self.time(row["ended"])
        if let type = row["error_type"] as String? { failure = Failure(type: type, message: row["error"] ?? "") }
    }

    private static func time(_ nanoseconds: Int64?) -> Timestamp? {
        nanoseconds.map { Timestamp(nanosecondsSinceEpoch: $0) }
    }
}
