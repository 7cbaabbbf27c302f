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
        /// A service that takes up what a client submits, on the log's threads.
        case service = "as a service"
    }

    /// What goes from step to step.
    enum Values: String, Sendable {
        /// A number to which each step adds one, as in the programs of the peers.
        case numbers
        /// A structure of five members, 85 bytes as JSON.
        case orders
    }

    private let engine: Engine
    private let lanes: Lanes
    private let runner: Runner
    private let runFlow: @Sendable (Int) async throws -> Void

    /// On a log of its own.
    ///
    /// - Parameters:
    ///   - directory: The log's.
    ///   - steps: Steps of a flow.
    ///   - flows: How many run at once.
    ///   - values: What goes from step to step.
    ///   - runner: Who runs them.
    init(
        directory: String, steps: Int, flows: Int, values: Values = .numbers, runner: Runner = .byHand
    ) async throws {
        var options = EngineOptions()
        if runner == .onPool { options.prefersBackendExecutor = false }
        options.concurrency = max(options.concurrency, flows)
        try await self.init(Engine(directory: directory, options: options), steps, flows, values, runner)
    }

    /// On a backend that stores nothing durably: what the engine alone costs.
    ///
    /// - Parameters:
    ///   - steps: Steps of a flow.
    ///   - flows: How many run at once.
    ///   - values: What goes from step to step.
    init(inMemorySteps steps: Int, flows: Int, values: Values = .numbers) throws {
        try self.init(Engine(backend: InMemoryBackend()), steps, flows, values, .byHand)
    }

    private init(_ engine: Engine, _ steps: Int, _ flows: Int, _ values: Values, _ runner: Runner) throws {
        let lanes = Lanes(count: flows)
        runFlow =
            switch values {
            case .numbers: try Self.runningFlow(of: Int.self, steps, lanes, engine, runner)
            case .orders: try Self.runningFlow(of: Order.self, steps, lanes, engine, runner)
            }
        self.engine = engine
        self.lanes = lanes
        self.runner = runner
    }

    /// What runs one flow in a lane.
    private static func runningFlow<Value: LinearValue>(
        of type: Value.Type, _ steps: Int, _ lanes: Lanes, _ engine: Engine, _ runner: Runner
    ) throws -> @Sendable (Int) async throws -> Void {
        func step(_ number: Int) -> DurableTask<Value, Value> {
            DurableTask("step_\(number)") { (value: Value) in
                lanes.stepBegins(in: value.lane)
                return value.next
            }
        }
        var flow = Flow("linear", input: Value.self).then(step(0))
        for number in 1..<max(1, steps) { flow = flow.then(step(number)) }
        let workflow = try flow.build()
        guard runner == .service else {
            return { lane in
                _ = try await engine.run(workflow, id: newID(in: lane), input: Value(lane: lane)).requireOutput()
            }
        }
        try engine.register(workflow)
        return { lane in
            let id = newID(in: lane)
            try await engine.client.submit(workflow, id: id, input: Value(lane: lane))
            _ = try await engine.client.waitForCompletion(of: id, as: workflow).requireOutput()
        }
    }

    private static func newID(in lane: Int) -> InstanceID {
        InstanceID("order-\(lane)-\(UInt64.random(in: 0 ... .max))")
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
        guard runner == .service else { return try await lanes.observe(for: duration, warmUp: warmUp, runFlow) }
        let service = Task { [engine] in try await engine.run() }
        let result = try await lanes.observe(for: duration, warmUp: warmUp, runFlow)
        service.cancel()
        try? await service.value
        return result
    }

    /// Makes all durable, and gives the log up.
    func close() async throws { try await engine.close() }
}

/// What goes from step to step: it knows its lane.
private protocol LinearValue: Codable, Sendable {
    /// The value that a flow begins with.
    init(lane: Int)
    var lane: Int { get }
    /// What a step makes of it.
    var next: Self { get }
}

extension Int: LinearValue {
    /// More than a flow has steps.
    private static let valuesOfLane = 1_000_000

    init(lane: Int) { self = lane * Self.valuesOfLane }
    var lane: Int { self / Self.valuesOfLane }
    var next: Int { self + 1 }
}

private struct Order: LinearValue {
    var id: String
    var customer = "Ada Lovelace"
    var cents = 12_450
    var stage = 0
    var lane: Int

    init(lane: Int) {
        id = "order-\(lane)"
        self.lane = lane
    }

    var next: Order {
        var next = self
        next.stage += 1
        return next
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
