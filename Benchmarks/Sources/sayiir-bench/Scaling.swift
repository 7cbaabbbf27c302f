import Sayiir

/// How the cost of a step grows with the size of its workflow, without a disk.
///
/// A cost per step that rises from line to line is one that grows faster than the workflow does.
struct Scaling {
    private let clock = ContinuousClock()

    func run() async throws {
        Table.printCells(["", "steps/s", "µs a step", "define, µs", "resume, ms", "then, µs"])
        for count in [100, 1_000, 10_000] {
            try await measure("flow of \(count) steps", count) { stop in try flow(of: count, stop) }
        }
        for count in [1_000, 10_000, 100_000] {
            try await measure("map of \(count) elements", count) { stop in try map(of: count, stop) }
        }
        print("  define: a step's share in making the workflow; resume: from the call to the first step that runs;")
        print("  then: a step's share in the rest")
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

    private func measure(_ name: String, _ count: Int, _ make: (Stop?) throws -> Workflow<Int, Int>) async throws {
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
        let step = microseconds(running, count * rounds)
        Table.printCells([
            name, Table.decimal(1_000_000 / step, 0), Table.decimal(step, 2),
            Table.decimal(microseconds(defining, count), 2), Table.decimal(microseconds(latency, 1000), 2),
            Table.decimal(microseconds(rest, count - count / 2), 2),
        ])
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
