import Sayiir

/// Flows of sequential durable steps, with values as JSON, run by an engine on a log of its own.
struct EngineSteps {
    /// Steps of a flow.
    static let stepCount = 50

    /// What goes from step to step.
    private struct Order: Codable, Sendable {
        var id: String
        var customer: String
        var cents: Int
        var stage: Int
    }

    private let engine: Engine
    private let workflow: Workflow<Order, Order>

    init(directory: String, onThread: Bool) async throws {
        var options = EngineOptions()
        options.prefersBackendExecutor = onThread
        try await self.init(engine: Engine(directory: directory, options: options))
    }

    /// On a backend that stores nothing durably: what the engine alone costs.
    init(inMemory: Void) throws {
        try self.init(engine: Engine(backend: InMemoryBackend()))
    }

    private init(engine: Engine) throws {
        self.engine = engine
        func step(_ number: Int) -> DurableTask<Order, Order> {
            DurableTask("step_\(number)") { (order: Order) in
                var order = order
                order.stage = number
                return order
            }
        }
        var flow = Flow("bench", input: Order.self).then(step(0))
        for number in 1..<Self.stepCount { flow = flow.then(step(number)) }
        workflow = try flow.build()
    }

    /// Runs one flow after the other in each of `tasks` tasks; gives the steps.
    func measure(for duration: Duration, tasks: Int) async throws -> Measurement {
        let flows = try await sayiir_bench.measure(for: duration, tasks: tasks) { [engine, workflow] lane in
            let id = InstanceID("order-\(lane)-\(UInt64.random(in: 0 ... .max))")
            let order = Order(id: "order-\(lane)", customer: "Ada Lovelace", cents: 12_450, stage: 0)
            _ = try await engine.run(workflow, id: id, input: order).requireOutput()
        }
        return flows.divided(by: Self.stepCount)
    }

    func close() async throws { try await engine.close() }
}

extension Measurement {
    /// As if each operation had been `count` of equal length.
    fileprivate func divided(by count: Int) -> Measurement {
        Measurement(
            latencies: latencies.flatMap { Array(repeating: $0 / Int64(count), count: count) }, elapsed: elapsed)
    }
}
