import Sayiir

/// How the cost of a step grows with the size of its workflow, without a disk.
///
/// A cost per step that rises from line to line is one that grows faster than the workflow does.
struct ScalingPart {
    let context: RunContext
    private let clock = ContinuousClock()

    init(context: RunContext) { self.context = context }

    /// Measures flows and maps of growing size.
    func run() async throws {
        for count in context.byMode(quick: [100, 1_000], full: [100, 1_000, 10_000]) {
            try await measure("flow", ["steps": Double(count)], count) { stop in try flow(of: count, stop) }
        }
        for count in context.byMode(quick: [1_000, 10_000], full: [1_000, 10_000, 100_000]) {
            try await measure("map", ["elements": Double(count)], count) { stop in try map(of: count, stop) }
        }
    }

    // MARK: Workflows

    private func flow(of count: Int, _ stop: Stop?) throws -> Workflow<Int, Int> {
        var flow = Flow("scaling", input: Int.self)
        for number in 0..<count {
            flow = flow.then("step_\(number)") { (value: Int) in
                if let stop, number >= count / 2 { try await stop.pass() }
                return value
            }
        }
        return try flow.build()
    }

    private func map(of count: Int, _ stop: Stop?) throws -> Workflow<Int, Int> {
        try Flow("scaling", input: Int.self).then("make") { Array(0..<$0) }.map { element in
            element.then("step") { (value: Int) in
                if let stop, value >= count / 2 { try await stop.pass() }
                return value
            }
        }.then("count") { $0.count }.build()
    }

    // MARK: Measuring

    private func measure(
        _ name: String, _ parameters: [String: Double], _ count: Int, _ make: (Stop?) throws -> Workflow<Int, Int>
    ) async throws {
        let start = clock.now
        let workflow = try make(nil)
        let defining = clock.now - start
        // Small workflows more often, so that all lines measure about as much.
        let rounds = max(1, 20_000 / count)
        var running = Duration.zero
        for _ in 0..<rounds {
            let engine = Engine(backend: InMemoryBackend())
            let start = clock.now
            _ = try await engine.run(workflow, id: "i", input: count).requireOutput()
            running += clock.now - start
        }
        let (latency, rest) = try await resume(count, make)
        var results: [(String, String, Double, String)] = [
            ("running", "µs/step", microseconds(running, count * rounds), "a step's share in running the workflow"),
            ("resuming", "ms", microseconds(latency, 1000), "from the call to the first step, in the middle"),
            ("after resuming", "µs/step", microseconds(rest, count - count / 2), "a step's share in the rest"),
        ]
        if name == "flow" {
            // A map's body is defined once, whatever it is run on.
            results.append(
                ("defining", "µs/step", microseconds(defining, count), "a step's share in making the workflow"))
        }
        for (what, unit, value, note) in results {
            await context.report(
                Row(
                    part: "scaling", name: "\(name), \(what)", variant: "in memory", parameters: parameters,
                    value: value,
                    unit: unit, durability: .memory, note: note))
        }
    }

    /// Interrupts a run in the middle and resumes it.
    private func resume(
        _ count: Int, _ make: (Stop?) throws -> Workflow<Int, Int>
    ) async throws -> (latency: Duration, rest: Duration) {
        let (reached, continuation) = AsyncStream.makeStream(of: Void.self)
        let stop = Stop { continuation.yield() }
        let workflow = try make(stop)
        let engine = Engine(backend: InMemoryBackend())
        let running = Task { try await engine.run(workflow, id: "i", input: count) }
        for await _ in reached { break }
        running.cancel()
        _ = await running.result
        await stop.end()
        let start = clock.now
        _ = try await engine.resume(workflow, id: "i").requireOutput()
        let end = clock.now
        let first = await stop.firstPass ?? end
        return (first - start, end - first)
    }

    private func microseconds(_ duration: Duration, _ count: Int) -> Double {
        Double(duration.nanoseconds) / 1000 / Double(max(count, 1))
    }
}

/// Where a run stops until it is cancelled, and which notes when it is passed after that.
private actor Stop {
    private(set) var firstPass: ContinuousClock.Instant?
    private var isOver = false
    private let onReached: @Sendable () -> Void

    init(onReached: @escaping @Sendable () -> Void) { self.onReached = onReached }

    func pass() async throws {
        if isOver {
            firstPass = firstPass ?? ContinuousClock().now
        } else {
            onReached()
            try await Task.sleep(for: .seconds(3600))
        }
    }

    func end() { isOver = true }
}
