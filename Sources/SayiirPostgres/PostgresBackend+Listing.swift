public import Sayiir
internal import SayiirEvents
internal import SayiirProjection

extension PostgresBackend {
    /// All instances, from their table: no event is read.
    public func instances() async throws(BackendError) -> [InstanceSummary] { try await summaries(Self.all) }

    /// The instances that have not ended, through an index.
    public func liveInstances() async throws(BackendError) -> [InstanceSummary] { try await summaries(Self.live) }

    private func summaries(_ statement: Statement) async throws(BackendError) -> [InstanceSummary] {
        try await pool.persistently { connection throws(PostgresError) in
            try connection.run(statement).map { row throws(PostgresError) in
                InstanceSummary(
                    id: InstanceID(try row.text(0)), workflow: try row.text(1),
                    definition: try row.optional(6, row.bytes).map { DefinitionHash(bytes: $0) },
                    phase: try row.phase(2),
                    submittedAt: try row.optional(3, row.time), updatedAt: try row.optional(4, row.time),
                    endedAt: try row.optional(5, row.time))
            }
        }
    }

    private static let columns = "id, workflow, status, submitted_at, updated_at, ended_at, definition"
    private static let all = Statement("all_instances", "SELECT \(columns) FROM instances WHERE revision > 0")
    private static let live = Statement(
        "live_instances", "SELECT \(columns) FROM instances WHERE revision > 0 AND ended_at IS NULL")
}

extension PostgresResult.Row {
    func time(_ column: Int) throws(PostgresError) -> Timestamp {
        Timestamp(nanosecondsSinceEpoch: try integer(column))
    }

    /// The phase that a status belongs to.
    func phase(_ column: Int) throws(PostgresError) -> InstancePhase {
        switch try text(column) {
        case "unsubmitted": .unsubmitted
        case "paused": .paused
        case "completed": .completed
        case "failed": .failed
        case "cancelled": .cancelled
        case "superseded": .superseded
        case "deleted": .deleted
        default: .active
        }
    }
}
