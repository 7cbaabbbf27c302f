/// The field's *linear* workload: flows of 1, 4, 9 and 100 steps, one and many at once, on the log and in memory.
struct LinearPart {
    let context: RunContext

    /// One combination of what is varied.
    private struct Combination {
        var steps: Int
        var flows: Int
        /// `nil` for a backend in memory.
        var runner: LinearFlows.Runner?
        var values = LinearFlows.Values.numbers
    }

    /// Measures each combination that the mode asks for.
    func run() async throws {
        let bytes = try await bytesOfStep()
        let floor = try DiskFloor(path: "\(context.scratch)/floor-linear", writing: bytes)
        for combination in combinations { try await measure(combination, floor) }
    }

    private var combinations: [Combination] {
        var all: [Combination] = []
        for steps in context.byMode(quick: [4, 100], full: [1, 4, 9, 100]) {
            for flows in context.byMode(quick: [1, 64, 1024], full: [1, 16, 64, 256, 1024]) {
                all.append(Combination(steps: steps, flows: flows, runner: .byHand))
            }
        }
        for flows in context.byMode(quick: [1024], full: [1, 64, 1024]) {
            all.append(Combination(steps: 100, flows: flows, runner: .byHand, values: .orders))
        }
        for runner in [LinearFlows.Runner.onPool, .service] {
            for flows in context.byMode(quick: [], full: [1, 64, 1024]) {
                all.append(Combination(steps: 100, flows: flows, runner: runner))
            }
        }
        for steps in context.byMode(quick: [100], full: [4, 100]) {
            for flows in context.byMode(quick: [1, 64], full: [1, 64, 1024]) {
                all.append(Combination(steps: steps, flows: flows, runner: nil))
            }
        }
        return all
    }

    /// Runs one flow in a log, and looks how much it wrote.
    private func bytesOfStep() async throws -> Int {
        let directory = "\(context.scratch)/linear-bytes"
        let flows = try await LinearFlows(directory: directory, steps: 100, flows: 1)
        _ = try await flows.observe(for: .milliseconds(50), warmUp: .milliseconds(50))
        try await flows.close()
        return try LinearFlows.bytesOfStep(inLogAt: directory)
    }

    private func measure(_ combination: Combination, _ floor: DiskFloor) async throws {
        let (steps, count, runner) = (combination.steps, combination.flows, combination.runner)
        let name = runner.map { "\($0)" } ?? "memory"
        let directory = "\(context.scratch)/linear-\(steps)-\(count)-\(name)-\(combination.values)"
        let flows =
            if let runner {
                try await LinearFlows(
                    directory: directory, steps: steps, flows: count, values: combination.values, runner: runner)
            } else {
                try LinearFlows(inMemorySteps: steps, flows: count)
            }
        var flowTimes: [Measurement] = []
        // Many flows need a while until they no longer move in step with each other.
        let warmUp = context.round * (count > 16 ? 1 : 0.1)
        let turns = try await Turns.take(context.rounds) {
            try floor.measure(for: context.round / 2)
        } subject: {
            let round = try await flows.observe(for: context.round * (count > 1 ? 1.5 : 1), warmUp: warmUp)
            flowTimes.append(round.flows)
            return round.steps
        }
        try await flows.close()
        await report(combination, turns, .joined(flowTimes), floor)
    }

    private func report(
        _ combination: Combination, _ turns: Turns, _ flows: Measurement, _ floor: DiskFloor
    ) async {
        let (steps, count) = (turns.subject, combination.flows)
        let isLong = combination.steps >= 100
        var row = Row(
            part: "engine", name: combination.values == .numbers ? "linear" : "linear, with orders",
            variant: combination.runner.map { "on the log, \($0.rawValue)" } ?? "in memory, by hand",
            parameters: ["flows": Double(count), "steps": Double(combination.steps)], value: turns.rate,
            unit: "steps/s",
            latency: isLong ? Percentiles(of: steps, subject: "step") : Percentiles(of: flows, subject: "flow"),
            floor: turns.rateRatio(floor.name, unit: "writes/s"),
            durability: combination.runner == nil ? .memory : .synced,
            processorMicroseconds: steps.processorMicroseconds)
        if isLong, combination.runner == .byHand, combination.values == .numbers {
            if count == 1 { row.bars.append(FiguresToHold.sequentialSteps(ratio: row.floor?.ratio ?? 0)) }
            if count == 1024 { row.bars.append(FiguresToHold.manyFlows(rate: turns.rate)) }
        }
        await context.report(row)
    }
}
