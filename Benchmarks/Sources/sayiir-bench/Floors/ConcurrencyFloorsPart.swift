import Foundation

/// What Swift's concurrency and Foundation's JSON cost by themselves.
struct ConcurrencyFloorsPart {
    let context: RunContext

    /// Measures each.
    func run() async throws {
        try await hops()
        try await tasks()
        try await coding()
    }

    /// Calls of two actors in turns, so that each is a change of actors: by one task, and by 64 at once.
    private func hops() async throws {
        let pair = (Counter(), Counter())
        let idle = await measure(for: context.round, batchesOf: 10_000) { await Counter.hop(between: pair, 5_000) }
        await report("actor hop", idle, variant: "idle")
        let contended = await measure(for: context.round, batchesOf: 64 * 1_000) {
            await withDiscardingTaskGroup { group in
                for _ in 0..<64 { group.addTask { await Counter.hop(between: pair, 500) } }
            }
        }
        await report("actor hop", contended, variant: "64 tasks at once")
    }

    private func tasks() async throws {
        let tasks = await measure(for: context.round, batchesOf: 1_000) {
            for number in 0..<1_000 { _ = await Task { number }.value }
        }
        await report("Task { } and its value", tasks)
    }

    private func coding() async throws {
        let order = FloorOrder(id: "order-1", customer: "Ada Lovelace", cents: 12_450, stage: 3, paid: true)
        let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
        let data = try encoder.encode(order)
        let encoding = try await measure(for: context.round, batchesOf: 1_000) {
            for _ in 0..<1_000 { _ = try encoder.encode(order) }
        }
        await report("JSONEncoder, five fields", encoding)
        let decoding = try await measure(for: context.round, batchesOf: 1_000) {
            for _ in 0..<1_000 { _ = try decoder.decode(FloorOrder.self, from: data) }
        }
        await report("JSONDecoder, five fields", decoding)
    }

    private func report(_ name: String, _ calls: Measurement, variant: String? = nil) async {
        await context.report(
            Row(
                part: "floors", name: name, variant: variant, value: calls.microseconds * 1000, unit: "ns",
                durability: .memory, processorMicroseconds: calls.processorMicroseconds))
    }
}

private actor Counter {
    private var count = 0

    func add() { count &+= 1 }

    /// Two hops, so many times.
    static func hop(between pair: (Counter, Counter), _ count: Int) async {
        for _ in 0..<count {
            await pair.0.add()
            await pair.1.add()
        }
    }
}

private struct FloorOrder: Codable {
    var id: String
    var customer: String
    var cents: Int
    var stage: Int
    var paid: Bool
}
