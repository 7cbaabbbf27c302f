internal import DequeModule
internal import Sayiir
internal import SayiirEvents

/// Commits what is to be appended, as much as is there in one transaction: while one is under way, the next ones gather.
actor AppendQueue {
    private let pool: ConnectionPool
    private let channel: String
    private var waiting: Deque<Waiting> = []
    private var transactionCount = 0

    private struct Waiting {
        var request: AppendRequest
        var continuation: CheckedContinuation<Result<Void, BackendError>, Never>
    }

    /// How many transactions may be under way. While the server writes one to disk it can work on the next.
    private static let transactionLimit = 2
    /// How many instances, and about how many bytes, one transaction may concern.
    private static let instanceLimit = 512
    private static let byteLimit = 4 * 1024 * 1024

    init(_ pool: ConnectionPool, channel: String) {
        self.pool = pool
        self.channel = channel
    }

    /// Returns once the events are durable. An instance may have one append here at a time.
    func append(_ request: AppendRequest) async throws(BackendError) {
        let result = await withCheckedContinuation { continuation in
            self.enqueue(Waiting(request: request, continuation: continuation))
        }
        try result.get()
    }

    private func enqueue(_ item: Waiting) {
        waiting.append(item)
        startTransactions()
    }

    private func startTransactions() {
        while transactionCount < Self.transactionLimit, !waiting.isEmpty {
            transactionCount += 1
            let batch = takeBatch()
            Task { await self.commit(batch) }
        }
    }

    private func takeBatch() -> [Waiting] {
        var batch: [Waiting] = []
        var byteCount = 0
        while let next = waiting.first, batch.count < Self.instanceLimit {
            byteCount += next.request.byteCount
            if !batch.isEmpty, byteCount > Self.byteLimit { break }
            batch.append(next)
            waiting.removeFirst()
        }
        return batch
    }

    private func commit(_ batch: [Waiting]) async {
        let results = await results(of: batch.map(\.request))
        for (item, result) in zip(batch, results) { item.continuation.resume(returning: result) }
        transactionCount -= 1
        startTransactions()
    }

    private nonisolated func results(of requests: [AppendRequest]) async -> [Result<Void, BackendError>] {
        do throws(PostgresError) {
            return try await pool.runPersistently { [channel] connection, mayHaveRun throws(PostgresError) in
                try AppendTransaction(connection: connection, channel: channel, mayHaveRun: mayHaveRun).run(requests)
            }
        } catch {
            guard requests.count > 1, case .refused = error.kind else {
                return requests.map { _ in .failure(.store(error)) }
            }
        }
        // One of them is at fault; the others must not suffer for it.
        var results: [Result<Void, BackendError>] = []
        for request in requests { results += await self.results(of: [request]) }
        return results
    }
}
