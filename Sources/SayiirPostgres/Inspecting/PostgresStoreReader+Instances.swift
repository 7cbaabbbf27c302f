internal import SayiirEvents
package import SayiirProjection

extension PostgresStoreReader {
    /// The wanted instances, from their table: no event is read. The order is that of ``InstanceQuery/choose(from:)``.
    package func instances(_ query: InstanceQuery) throws -> [InstanceOverview] {
        var parameters = Self.parameters(of: query)
        parameters.append(query.limit.map { Int64(max(0, $0)) })
        return try connection.run(Self.list(query), parameters).map(Self.overview)
    }

    private static func parameters(of query: InstanceQuery) -> StatementParameters {
        var parameters = StatementParameters()
        parameters.append(query.workflow?.storable)
        parameters.append(query.idPart?.storable)
        parameters.append(query.tag?.storable)
        parameters.append(query.errorPart?.storable)
        parameters.append(query.since?.nanosecondsSinceEpoch)
        parameters.append(query.until?.nanosecondsSinceEpoch)
        parameters.append(array: query.statuses.map(\.rawValue).sorted())
        return parameters
    }

    /// The number of instances that a query would choose if it had no limit.
    package func count(_ query: InstanceQuery) throws -> Int {
        var parameters = Self.parameters(of: query)
        parameters.append(nil as Int64?)
        return try connection.run(Self.list(query, counts: true), parameters).first.map { row throws(PostgresError) in
            Int(clamping: try row.integer(0))
        } ?? 0
    }

    /// The store to which the instances were moved; `nil` if they are here.
    package func destination() throws -> String? {
        try connection.run(Self.destination).first.map { row throws(PostgresError) in try row.text(0) }
    }

    /// The ids of instances, a part of them if there are very many.
    package func instanceIDs() throws -> [String] {
        try connection.run(Self.ids).map { row throws(PostgresError) in try row.text(0) }
    }

    /// The live instance that was submitted first.
    package func oldestLiveInstance() throws -> InstanceOverview? {
        try connection.run(Self.oldest).first.map(Self.overview)
    }

    /// The ids of all live instances.
    package func liveInstanceIDs() throws -> [String] {
        try connection.run(Self.live).map { row throws(PostgresError) in try row.text(0) }
    }

    private static func list(_ query: InstanceQuery, counts: Bool = false) -> Statement {
        let direction = query.isReversed ? "DESC" : "ASC"
        let key =
            switch query.order {
            case .id: ""
            case .submitted: "coalesce(submitted_at, \(Int64.min)) \(direction), "
            case .updated: "coalesce(updated_at, \(Int64.min)) \(direction), "
            case .duration: "coalesce(coalesce(ended_at, updated_at) - submitted_at, 0) \(direction), "
            }
        return Statement(
            counts ? "count_of_list" : "list_by_\(query.order.rawValue)_\(direction)",
            """
            SELECT \(counts ? "count(*)" : columns) FROM instances
            WHERE revision > 0 AND ($1::text IS NULL OR workflow = $1) AND ($2::text IS NULL OR strpos(id, $2) > 0)
                AND ($3::text IS NULL OR $3 = ANY (tags))
                AND ($4::text IS NULL OR strpos(
                    lower(CASE error_type WHEN '' THEN error_message ELSE error_type || ': ' || error_message END),
                    lower($4)) > 0)
                AND ($5::bigint IS NULL OR updated_at >= $5) AND ($6::bigint IS NULL OR updated_at <= $6)
                AND CASE WHEN cardinality($7::text[]) = 0 THEN status <> 'deleted' ELSE status = ANY ($7) END
            \(counts ? "" : "ORDER BY \(key)id \(direction)") LIMIT $8::bigint
            """)
    }

    private static func overview(_ row: PostgresResult.Row) throws(PostgresError) -> InstanceOverview {
        var overview = InstanceOverview()
        overview.id = try row.text(0)
        overview.workflow = try row.text(1)
        overview.status = StatusName(rawValue: try row.text(2)) ?? .unsubmitted
        overview.detail = try row.text(3)
        overview.run = try row.count(4)
        overview.revision = try row.count(5)
        overview.tags = try row.text(6).split(separator: "\u{1F}").map(String.init)
        overview.stepsDone = Int(clamping: try row.integer(7))
        overview.stepsBegun = Int(clamping: try row.integer(8))
        overview.definition = try row.optional(9, row.bytes).map { DefinitionHash(bytes: $0) }
        overview.submittedAt = try row.optional(10, row.time)
        overview.updatedAt = try row.optional(11, row.time)
        overview.endedAt = try row.optional(12, row.time)
        if let type = try row.optional(13, row.text) {
            overview.failure = Failure(type: type, message: try row.optional(14, row.text) ?? "")
        }
        return overview
    }

    private static let columns = """
        id, workflow, status, detail, run, revision, array_to_string(tags, chr(31)), steps_done, steps_begun, definition,
        submitted_at, updated_at, ended_at, error_type, error_message
        """
    private static let destination = Statement("moved_to_store", "SELECT destination FROM moved LIMIT 1")
    private static let ids = Statement(
        "some_ids", "SELECT id FROM instances WHERE revision > 0 ORDER BY id LIMIT 100000")
    private static let live = Statement(
        "live_ids", "SELECT id FROM instances WHERE revision > 0 AND ended_at IS NULL")
    private static let oldest = Statement(
        "oldest_live",
        """
        SELECT \(columns) FROM instances WHERE revision > 0 AND ended_at IS NULL AND submitted_at IS NOT NULL
        ORDER BY submitted_at, id LIMIT 1
        """)
}
