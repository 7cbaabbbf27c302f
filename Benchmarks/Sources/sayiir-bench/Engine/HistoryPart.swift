import Sayiir

/// What a step costs as its instance's history grows: whole flows of many steps on the log, one at a time.
struct HistoryPart {
    let context: RunContext

    /// Measures each length.
    func run() async throws {
        for steps in context.byMode(quick: [100, 1000], full: [100, 1000, 10_000]) {
            let floor = try DiskFloor(path: "\(context.scratch)/floor-history", writing: 256)
            let engine = try await Engine(directory: "\(context.scratch)/history-\(steps)")
            let workflow = try Self.workflow(steps)
            // Short flows more often, so that all lengths are about as many steps.
            let flows = max(1, context.byMode(quick: 1000, full: 10_000) / steps)
            let turns = try await Turns.take(context.rounds) {
                try floor.measure(for: context.round / 2)
            } subject: {
                var steps = try await Self.run(flows, of: workflow, in: engine)
                steps.count *= workflow.stepCount
                return steps
            }
            try await engine.close()
            await report(steps, turns, floor)
        }
    }

    private func report(_ steps: Int, _ turns: Turns, _ floor: DiskFloor) async {
        let measured = turns.subject
        await context.report(
            Row(
                part: "history", name: "flow by history length", variant: "on the log, by hand",
                parameters: ["steps": Double(steps)], value: turns.subjects.map(\.microseconds).median, unit: "µs/step",
                latency: Percentiles(of: measured, subject: "flow"),
                floor: FloorRatio(
                    name: floor.name, value: turns.floors.map(\.microseconds).median, unit: "µs",
                    perRound: zip(turns.subjects, turns.floors).map { $0.microseconds / max(0.001, $1.microseconds) }),
                durability: .synced, processorMicroseconds: measured.processorMicroseconds,
                note: "submission and completion included"))
    }

    private static func workflow(_ count: Int) throws -> (workflow: Workflow<Int, Int>, stepCount: Int) {
        var flow = Flow("long", input: Int.self)
        for number in 0..<count { flow = flow.then("step_\(number)") { (value: Int) in value + 1 } }
        return (try flow.build(), count)
    }

    private static func run(
        _ flows: Int, of long: (workflow: Workflow<Int, Int>, stepCount: Int), in engine: Engine
    ) async throws -> Measurement {
        let clock = ContinuousClock()
        var result = Measurement()
        let processorStart = Machine.processorTime
        for _ in 0..<flows {
            let start = clock.now
            let id = InstanceID("long-\(UInt64.random(in: 0 ... .max))")
            guard try await engine.run(long.workflow, id: id, input: 0).requireOutput() == long.stepCount else {
                throw BenchError("'\(id)' did another number of steps")
            }
            let time = clock.now - start
            result.latencies.append(time.nanoseconds)
            result.elapsed += time
        }
        result.count = flows
        result.processorTime = Machine.processorTime - processorStart
        return result
    }
}
