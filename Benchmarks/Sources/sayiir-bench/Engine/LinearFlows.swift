import Sayiir
import SayiirLog

/// Flows of sequential steps, with values as JSON; on a log each step is durable before the next begins.
struct LinearFlows: Sendable {
    /// Who runs the flows, and where.
    enum Runner: String, Sendable {
        /// Each in a task that calls `run`, with the options as they are: on the log's threads.
        case byHand = "by hand"
        /// The same, but on Swift's pool.
        case onPool = "by hand, on Swift's pool"
        /// A service that takes up what a client submits, and what runs there runs on Swift's pool.
        case service = "as a service"
    }

    /// What goes from step to step.
    private struct Order: Codable, Sendable {
        var id: String
        var customer: String
        var cents: Int
        var stage: Int
        var lane: Int
    }

    private let engine: Engine
    private let workflow: Workflow<Order, Order>
    private let lanes: Lanes
    private let runner: Runner

    /// On a log of its own.
    ///
    /// - Parameters:
    ///   - directory: The log's.
    ///   - steps: Steps of a flow.
    ///   - flows: How many run at once.
    ///   - runner: Who runs them.
    init(directory: String, steps: Int, flows: Int, runner: Runner = .byHand) async throws {
        var options = EngineOptions()
        if runner == .onPool { options.prefersBackendExecutor = false }
        options.concurrency = max(options.concurrency, flows)
        try await self.init(Engine(directory: directory, options: options), steps, flows, runner)
    }

    /// On a backend that stores nothing durably: what the engine alone costs.
    ///
    /// - Parameters:
    ///   - steps: Steps of a flow.
    ///   - flows: How many run at once.
    init(inMemorySteps steps: Int, flows: Int) throws {
        try self.init(Engine(backend: InMemoryBackend()), steps, flows, .byHand)
    }

    private init(_ engine: Engine, _ steps: Int, _ flows: Int, _ runner: Runner) throws {
        let lanes = Lanes(count: flows)
        func step(_ number: Int) -> DurableTask<Order, Order> {
            DurableTask("step_\(number)") { (order: Order) in
                lanes.stepBegins(in: order.lane)
                var order = order
                order.stage = number
                return order
            }
        }
        var flow = Flow("linear", input: Order.self).then(step(0))
        for number in 1..<max(1, steps) { flow = flow.then(step(number)) }
        workflow = try flow.build()
        self.engine = engine
        self.lanes = lanes
        self.runner = runner
    }

    /// Runs flows one after the other in each lane, and looks at them for a time.
    ///
    /// - Parameters:
    ///   - duration: How long steps are counted.
    ///   - warmUp: How long flows run before that.
    /// - Returns: The steps, and the flows.
    func observe(
        for duration: Duration, warmUp: Duration
    ) async throws -> (steps: Measurement, flows: Measurement) {
        guard runner == .service else {
            return try await lanes.observe(for: duration, warmUp: warmUp) { [engine, workflow] lane in
                let (id, order) = Self.order(in: lane)
                _ = try await engine.run(workflow, id: id, input: order).requireOutput()
            }
        }
        engine.register(workflow)
        let service = Task { [engine] in try await engine.run() }
        let result = try await lanes.observe(for: duration, warmUp: warmUp) { [engine, workflow] lane in
            let (id, order) = Self.order(in: lane)
            try await engine.client.submit(workflow, id: id, input: order)
            _ = try await engine.client.waitForCompletion(of: id, as: workflow).requireOutput()
        }
        service.cancel()
        try? await service.value
        return result
    }

    /// Makes all durable, and gives the log up.
    func close() async throws { try await engine.close() }

    private static func order(in lane: Int) -> (InstanceID, Order) {
        let id = "order-\(lane)-\(UInt64.random(in: 0 ... .max))"
        return (
            InstanceID(id), Order(id: "order-\(lane)", customer: "Ada Lovelace", cents: 12_450, stage: 0, lane: lane)
        )
    }
}

extension LinearFlows {
    /// How many bytes a step's commit takes in the log's file when one flow runs alone: those that the bare disk has to write too.
    ///
    /// - Parameter directory: A log of such flows, closed.
    static func bytesOfStep(inLogAt directory: String) throws -> Int {
        var extents: [Int] = []
        _ = try LogReader(directory: directory).verify { frame in
            if frame.recordCount == 2 { extents.append(frame.extent) }
        }
        guard !extents.isEmpty else { throw BenchError("no step's commit was found in \(directory)") }
        return extents.reduce(0, +) / extents.count
    }
}
