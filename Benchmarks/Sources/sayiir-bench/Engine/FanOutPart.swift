import Sayiir

/// The field's *fan-out* workload: one flow whose middle is many steps at the same time, one flow after the other.
struct FanOutPart {
    let context: RunContext

    /// How the branches are made.
    private enum Shape: String, CaseIterable {
        case fork
        case map = "map, 16 at once (the default)"
        case wideMap = "map, all at once"
    }

    /// Measures each number of branches.
    func run() async throws {
        for branches in context.byMode(quick: [10, 100], full: [10, 100, 1000]) {
            for shape in Shape.allCases { try await measure(branches, shape) }
        }
    }

    private func measure(_ branches: Int, _ shape: Shape) async throws {
        let directory = "\(context.scratch)/fan-out-\(branches)-\(shape)"
        let engine = try await Engine(directory: directory)
        let workflow = try Self.workflow(branches, shape)
        let run: @Sendable (Int) async throws -> Void = { _ in
            let id = InstanceID("fan-\(UInt64.random(in: 0 ... .max))")
            guard try await engine.run(workflow, id: id, input: branches).requireOutput() == branches else {
                throw BenchError("'\(id)' joined another number of branches")
            }
        }
        _ = try await sayiir_bench.measure(for: context.round / 4, tasks: 1, run)
        let floor = try DiskFloor(path: "\(context.scratch)/floor-fan-out", writing: 256)
        let turns = try await Turns.take(context.rounds) {
            try floor.measure(for: context.round / 4)
        } subject: {
            var flows = try await sayiir_bench.measure(for: context.round, tasks: 1, run)
            flows.count *= branches
            return flows
        }
        try await engine.close()
        let steps = turns.subject
        await context.report(
            Row(
                part: "fan-out", name: "fan-out", variant: shape.rawValue, parameters: ["branches": Double(branches)],
                value: turns.rate, unit: "branches/s", latency: Percentiles(of: steps, subject: "flow"),
                floor: turns.rateRatio(floor.name, unit: "writes/s"), durability: .synced,
                processorMicroseconds: steps.processorMicroseconds,
                note: "one flow at a time; what is before and behind the branches is in its time"))
    }

    private static func workflow(_ count: Int, _ shape: Shape) throws -> Workflow<Int, Int> {
        let flow = Flow("fan_out", input: Int.self)
        guard shape == .fork else {
            return try flow.then("split") { Array(0..<$0) }
                .map(concurrency: shape == .map ? 16 : count) { $0.then("work") { (element: Int) in element + 1 } }
                .then("join") { $0.count }.build()
        }
        let branches = (0..<count).map { number in
            Branch<Int, Int>("branch_\(number)") { $0.then("work_\(number)") { (value: Int) in value + number } }
        }
        return try flow.fork(branches).join("join") { $0.count }.build()
    }
}
