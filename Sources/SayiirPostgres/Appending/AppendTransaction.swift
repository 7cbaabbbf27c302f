internal import Sayiir
internal import SayiirEvents

/// Appends requests of different instances on one connection, and finds out what became of each.
///
/// It may be run again with the same requests when the connection broke and nobody knows what the server did: then events that
/// are there already, just as they are to be appended, count as appended.
struct AppendTransaction {
    let connection: PostgresConnection
    let channel: String
    /// Whether the server may have done it before.
    let mayHaveRun: Bool

    func run(_ requests: [AppendRequest]) throws(PostgresError) -> [Result<Void, BackendError>] {
        let parameters = AppendStatement.parameters(requests, channel: channel)
        let rows = try connection.run(AppendStatement.statement, parameters)
        var accepted: Set<InstanceID> = []
        for row in rows.rows { accepted.insert(InstanceID(try row.text(0))) }
        var results: [Result<Void, BackendError>] = []
        for request in requests {
            if accepted.contains(request.instance) {
                results.append(.success(()))
            } else {
                results.append(try refusal(of: request))
            }
        }
        return results
    }

    /// Why a request was not accepted; success if it had been before.
    private func refusal(of request: AppendRequest) throws(PostgresError) -> Result<Void, BackendError> {
        if mayHaveRun, try isStored(request) { return .success(()) }
        return .failure(try Refusal(of: request, on: connection).error)
    }

    private func isStored(_ request: AppendRequest) throws(PostgresError) -> Bool {
        var parameters = StatementParameters()
        parameters.append(request.instance.rawValue)
        parameters.append(Int64(clamping: request.firstRevision))
        parameters.append(Int64(clamping: request.lastRevision))
        let stored = try connection.run(Self.stored, parameters).map { row throws(PostgresError) in
            (try row.count(0), try row.integer(1), try row.bytes(2))
        }
        return stored.count == request.events.count
            && zip(stored, request.events).allSatisfy { stored, event in
                stored == (event.revision, event.time.nanosecondsSinceEpoch, event.data)
            }
    }

    private static let stored = Statement(
        "stored_events",
        "SELECT revision, time, data FROM events WHERE instance = $1 AND revision BETWEEN $2 AND $3 ORDER BY revision")
}

/// Why the server did not take events.
struct Refusal {
    let error: BackendError

    init(of request: AppendRequest, on connection: PostgresConnection) throws(PostgresError) {
        var parameters = StatementParameters()
        parameters.append(request.instance.rawValue)
        let row = try connection.run(Self.statement, parameters).first
        if let epoch = request.epoch {
            let current = try row?.optional(1) { _ throws(PostgresError) in try row?.count(2) } ?? nil
            guard current == epoch else {
                error = .fenced(instance: request.instance, epoch: epoch)
                return
            }
        }
        let revision = try row?.count(0) ?? 0
        error = .conflict(instance: request.instance, expected: revision + 1, found: request.firstRevision)
    }

    private static let statement = Statement(
        "lease_and_revision", "SELECT revision, lease_executor, lease_epoch FROM instances WHERE id = $1")
}
