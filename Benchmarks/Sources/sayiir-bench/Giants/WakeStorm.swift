import Foundation
import Sayiir
import SayiirEvents
import SayiirLog
import Synchronization

/// Many instances that wait, and may go on at the same moment, in a service with the default options.
struct WakeStorm: Sendable {
    let count: Int
    let wait: ParkedOrders.Wait

    /// What a storm took.
    struct Result: Sendable {
        /// Until all had completed.
        var elapsed: Duration
        /// The processor time of each, in microseconds, with that of the signals.
        var processorTime: Double
    }

    /// How long it took from the moment on which all were due, or on which the first signal was sent, until all had completed, each
    /// step of them on stable storage.
    func measure(in directory: String) async throws -> Result {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let finished = TaskCounter()
        let orders = try ParkedOrders { _ in finished.note() }
        let clock = SystemClock()
        // Late enough for all to be stored, looked at, and asleep before.
        let due = clock.now + .seconds(4) + .microseconds(60) * count
        var options = LogOptions()
        options.durability = .buffered
        let writing = try await LogBackend.open(directory: directory, options: options)
        try await writing.store(0..<count, of: orders, waitingFor: wait) { _ in due }
        try await writing.close()
        let engine = try await Engine(directory: directory)
        try engine.register(orders.sleeping)
        try engine.register(orders.awaiting)
        let service = Task { try await engine.run() }
        try await clock.sleep(for: due - clock.now)
        let start = clock.now
        let processorStart = Machine.processorTime
        if wait == .signal { try await signalAll(engine.client) }
        while finished.count < count { try await Task.sleep(for: .milliseconds(1)) }
        // The last of them have returned and may not be on the disk yet.
        while try await !engine.client.liveInstances().isEmpty { try await Task.sleep(for: .milliseconds(1)) }
        let elapsed = clock.now - (wait == .delay ? due : start)
        let processorTime = (Machine.processorTime - processorStart) * 1e6 / Double(max(1, count))
        service.cancel()
        _ = await service.result
        try await engine.close()
        return Result(elapsed: elapsed, processorTime: processorTime)
    }

    private func signalAll(_ client: WorkflowClient) async throws {
        let senders = 64
        try await withThrowingTaskGroup { group in
            for sender in 0..<senders {
                group.addTask {
                    for number in stride(from: sender, to: count, by: senders) {
                        try await client.signal(ParkedOrders.signal, to: ParkedOrders.id(number), payload: number)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// Counts the last steps that ran.
private final class TaskCounter: Sendable {
    private let number = Atomic(0)

    var count: Int { number.load(ordering: .relaxed) }

    func note() { number.add(1, ordering: .relaxed) }
}
