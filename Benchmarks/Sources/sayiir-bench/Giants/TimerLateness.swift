import Foundation
import Sayiir
import SayiirEvents
import SayiirLog
import Synchronization

/// How late the code behind a delay begins, in a service that has nothing else to do.
struct TimerLateness: Sendable {
    let count: Int
    let span: Duration

    /// Lets so many delays end, evenly over the span; gives how late each was.
    func measure(in directory: String) async throws -> Measurement {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let lateness = LatenessList()
        let clock = SystemClock()
        let orders = try ParkedOrders { due in
            if let due { lateness.note(clock.now - due) }
        }
        let begin = clock.now + .seconds(2)
        let backend = try await LogBackend.open(directory: directory)
        try await backend.store(0..<count, of: orders, waitingFor: .delay) { begin + span * $0 / count }
        try await backend.close()
        let engine = try await Engine(directory: directory)
        try engine.register(orders.sleeping)
        let service = Task { try await engine.run() }
        while lateness.count < count { try await Task.sleep(for: .milliseconds(50)) }
        service.cancel()
        _ = await service.result
        try await engine.close()
        return Measurement(latencies: lateness.all, elapsed: span)
    }
}

private final class LatenessList: Sendable {
    private let list = Mutex<[Int64]>([])

    var all: [Int64] { list.withLock { $0 } }
    var count: Int { list.withLock { $0.count } }

    func note(_ duration: Duration) { list.withLock { $0.append(duration.nanoseconds) } }
}
