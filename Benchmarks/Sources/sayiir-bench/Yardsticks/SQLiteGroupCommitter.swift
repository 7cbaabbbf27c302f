import Foundation

/// Inserts for many tasks at once: whatever waits goes into one transaction, made by a thread of its own, as a log's group commit does.
// All that changes is only touched under the condition's lock, but for the table, which belongs to the thread.
final class SQLiteGroupCommitter: @unchecked Sendable {
    /// One insert that waits.
    private struct Request {
        var key: String
        var payload: [UInt8]
        var continuation: CheckedContinuation<Void, any Error>
    }

    private let table: SQLiteTable
    private let condition = NSCondition()
    private var waiting: [Request] = []
    private var isClosed = false

    /// Starts the thread. Nobody else may use the table from here on.
    init(_ table: sending SQLiteTable) {
        self.table = table
        Thread.detachNewThread { [self] in work() }
    }

    /// One durable insert.
    func insert(key: String, payload: [UInt8]) async throws {
        try await withCheckedThrowingContinuation { continuation in
            condition.withLock {
                waiting.append(Request(key: key, payload: payload, continuation: continuation))
                if waiting.count == 1 { condition.signal() }
            }
        }
    }

    /// Ends the thread when nothing waits any more.
    func close() {
        condition.withLock {
            isClosed = true
            condition.signal()
        }
    }

    private func work() {
        while let batch = next() {
            let result = Result { try commit(batch) }
            for request in batch { request.continuation.resume(with: result) }
        }
    }

    /// What waits, once something does; `nil` when that is all.
    private func next() -> [Request]? {
        condition.withLock {
            while waiting.isEmpty {
                if isClosed { return nil }
                condition.wait()
            }
            let batch = waiting
            waiting.removeAll(keepingCapacity: true)
            return batch
        }
    }

    private func commit(_ batch: [Request]) throws {
        try table.execute("BEGIN IMMEDIATE")
        for request in batch {
            try table.insert(key: request.key, timestamp: 1_700_000_000_000_000_000, payload: request.payload)
        }
        try table.execute("COMMIT")
    }
}
