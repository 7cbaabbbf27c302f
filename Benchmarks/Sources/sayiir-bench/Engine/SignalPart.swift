import Sayiir
import SayiirEvents

/// The field's *signal-driven* workload: instances that are parked until a signal comes, go on for a step, and are parked again.
struct SignalPart {
    let context: RunContext
    /// Waits of an instance; then a new one takes its place.
    private static let waits = 100

    /// Measures each number of instances, by hand and as a service.
    func run() async throws {
        for instances in context.byMode(quick: [1, 64], full: [1, 64, 1024]) {
            try await byHand(instances)
            try await asService(instances)
        }
    }

    /// A flow that waits, does a step, and waits again.
    private static func workflow() throws -> Workflow<Int, Int> {
        var flow = Flow("signalled", input: Int.self)
        for number in 0..<waits {
            flow = flow.waitForSignal("go", of: Int.self, as: "wait_\(number)")
                .then("step_\(number)") { (value: Int) in value + 1 }
        }
        return try flow.build()
    }

    /// Who sends the signal also resumes the instance, in the same task.
    private func byHand(_ instances: Int) async throws {
        let engine = try await Engine(directory: "\(context.scratch)/signals-hand-\(instances)")
        let workflow = try Self.workflow()
        let lanes = SignalLanes(count: instances)
        let turns = try await measure(instances) { lane in
            let id = try await lanes.instance(in: lane, waits: Self.waits) { id in
                _ = try await engine.run(workflow, id: id, input: lane)
            }
            try await engine.client.signal("go", to: id, payload: lane)
            let status = try await engine.resume(workflow, id: id)
            guard status.error == nil else { throw BenchError("\(status)") }
        }
        try await engine.close()
        await report(
            "by hand", instances, turns, "from the signal's call until the instance is parked again: three commits")
    }

    /// A service wakes the instance, which is seen to be parked again.
    private func asService(_ instances: Int) async throws {
        let engine = try await Engine(directory: "\(context.scratch)/signals-service-\(instances)")
        let workflow = try Self.workflow()
        try engine.register(workflow)
        let service = Task { try await engine.run() }
        let lanes = SignalLanes(count: instances)
        let turns = try await measure(instances) { lane in
            let id = try await lanes.instance(in: lane, waits: Self.waits) { id in
                try await engine.client.submit(workflow, id: id, input: lane)
                try await Self.waitUntilParked(id, behind: 1, in: engine)
            }
            let revision = try await engine.client.state(of: id).revision
            try await engine.client.signal("go", to: id, payload: lane)
            try await Self.waitUntilParked(id, behind: revision + 1, in: engine)
        }
        service.cancel()
        try? await service.value
        try await engine.close()
        await report(
            "as a service", instances, turns,
            "from the signal's call until who sent it sees the instance parked again: three commits")
    }

    /// Returns when an instance has more than a revision, and waits for a signal or has ended.
    private static func waitUntilParked(_ id: InstanceID, behind revision: UInt64, in engine: Engine) async throws {
        while true {
            let state = try await engine.client.state(of: id)
            if state.revision > revision {
                switch state.status {
                case .awaitingSignal, .completed: return
                case .failed(let failure): throw BenchError("'\(id)' failed: \(failure)")
                default: break
                }
            }
            await engine.backend.waitForChange(of: id, after: state.revision)
        }
    }

    private func measure(
        _ instances: Int, _ roundTrip: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> (Turns, DiskFloor) {
        let floor = try DiskFloor(path: "\(context.scratch)/floor-signals", writing: 256)
        _ = try await sayiir_bench.measure(for: context.round / 2, tasks: instances, roundTrip)
        let turns = try await Turns.take(context.rounds) {
            try floor.measure(for: context.round / 4)
        } subject: {
            try await sayiir_bench.measure(for: context.round, tasks: instances, roundTrip)
        }
        return (turns, floor)
    }

    private func report(_ variant: String, _ instances: Int, _ result: (Turns, DiskFloor), _ note: String) async {
        let (turns, floor) = result
        let trips = turns.subject
        await context.report(
            Row(
                part: "signals", name: "park, signal, resume", variant: variant,
                parameters: ["instances": Double(instances)], value: turns.rate, unit: "round trips/s",
                latency: Percentiles(of: trips, subject: "round trip"),
                floor: turns.rateRatio(floor.name, unit: "writes/s"), durability: .synced,
                processorMicroseconds: trips.processorMicroseconds, note: note))
    }
}

/// Which instance each lane has, and how many of its waits are over.
private actor SignalLanes {
    private var lanes: [(id: InstanceID, waitsLeft: Int)?]

    init(count: Int) { lanes = Array(repeating: nil, count: count) }

    /// The lane's instance, for one more wait; a new one where the last has no more.
    func instance(
        in lane: Int, waits: Int, begin: @Sendable (InstanceID) async throws -> Void
    ) async throws -> InstanceID {
        if let current = lanes[lane], current.waitsLeft > 0 {
            lanes[lane] = (current.id, current.waitsLeft - 1)
            return current.id
        }
        let id = InstanceID("signalled-\(lane)-\(UInt64.random(in: 0 ... .max))")
        try await begin(id)
        lanes[lane] = (id, waits - 1)
        return id
    }
}
