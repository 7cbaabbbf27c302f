import Sayiir

/// Brings every order to its end, several at a time, whatever earlier processes left undone.
struct OrderProcess: Sendable {
    let engine: Engine
    let workflow: Workflow<Order, String>
    let orders: [Order]
    /// How many orders are under way at the same time.
    let concurrency = 12

    func run() async throws {
        let known = Dictionary(uniqueKeysWithValues: try await engine.client.instances().map { ($0.id, $0.phase) })
        let done = known.values.count { $0 == .completed }
        let live = known.count - done
        say("  \(orders.count) orders: \(done) done, \(live) to resume, \(orders.count - known.count) new")
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = orders.filter { known[InstanceID($0.id)] != .completed }.makeIterator()
            for _ in 0..<concurrency {
                if let order = waiting.next() { group.addTask { try await bringToItsEnd(order, known) } }
            }
            while try await group.next() != nil {
                if let order = waiting.next() { group.addTask { try await bringToItsEnd(order, known) } }
            }
        }
    }

    private func bringToItsEnd(_ order: Order, _ known: [InstanceID: InstancePhase]) async throws {
        let id = InstanceID(order.id)
        let status =
            if known[id] == nil {
                try await engine.run(workflow, id: id, input: order)
            } else {
                try await engine.resume(workflow, id: id)
            }
        _ = try status.requireOutput()
    }
}
