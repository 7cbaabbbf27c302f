import Foundation
import Sayiir
import SayiirPostgres

/// The field's linear workflow of four steps on PostgreSQL: run by hand, and by a worker that claims what a client submits.
struct PostgresPart {
    let context: RunContext
    /// The server; `nil` to start one.
    let url: String?
    private static let stepCount = 4

    init(context: RunContext, url: String?) {
        self.context = context
        self.url = url
    }

    /// Measures on the server that was named, or on one of its own.
    func run() async throws {
        if let url { return try await measure(on: url) }
        let server: PostgresServer
        do {
            server = try PostgresServer()
        } catch {
            return await context.leaveOut("postgres", "no server could be started: \(error)")
        }
        defer { server.stop() }
        try await measure(on: server.url)
    }

    private func measure(on url: String) async throws {
        var options = PostgresOptions()
        options.schema = "bench_\(UInt64.random(in: 0 ... .max))"
        let backend = try await PostgresBackend.connect(to: url, options: options)
        let workflow = try Self.linear()
        for flows in context.byMode(quick: [1, 64], full: [1, 16, 64, 256]) {
            try await byHand(flows, workflow, backend)
        }
        try await worker(instances: context.byMode(quick: 1000, full: 5000), workflow, backend)
        try await latency(backend)
        backend.close()
    }

    private static func linear() throws -> Workflow<Int, Int> {
        var flow = Flow("linear", input: Int.self).then("step_1") { (value: Int) in value + 1 }
        for number in 2...stepCount { flow = flow.then("step_\(number)") { (value: Int) in value + 1 } }
        return try flow.build()
    }

    private static func newID() -> InstanceID { InstanceID("i-\(UInt64.random(in: 0 ... .max))") }

    private func byHand(_ flows: Int, _ workflow: Workflow<Int, Int>, _ backend: PostgresBackend) async throws {
        let engine = Engine(backend: backend)
        var runs = try await sayiir_bench.measure(for: context.round * 3, tasks: flows) { _ in
            _ = try await engine.run(workflow, id: Self.newID(), input: 1).requireOutput()
        }
        runs.count *= Self.stepCount
        await context.report(
            Row(
                part: "postgres", name: "linear", variant: "on PostgreSQL, by hand",
                parameters: ["flows": Double(flows), "steps": Double(Self.stepCount)], value: runs.rate,
                unit: "steps/s",
                latency: Percentiles(of: runs, subject: "flow"), durability: .synced,
                processorMicroseconds: runs.processorMicroseconds, note: "processor time without the server's"))
    }

    /// Submits first, so that the worker alone is measured.
    private func worker(
        instances count: Int, _ workflow: Workflow<Int, Int>, _ backend: PostgresBackend
    ) async throws {
        let engine = Engine(backend: backend)
        let ids = (0..<count).map { _ in Self.newID() }
        let clock = ContinuousClock()
        let submission = try await clock.measure {
            try await withThrowingDiscardingTaskGroup { group in
                for lane in 0..<64 {
                    group.addTask {
                        for place in stride(from: lane, to: ids.count, by: 64) {
                            try await engine.client.submit(workflow, id: ids[place], input: 1)
                        }
                    }
                }
            }
        }
        let worker = Engine(backend: backend)
        try worker.register(workflow)
        let service = Task { try await worker.run() }
        let work = try await clock.measure {
            while try await !backend.liveInstances().isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        }
        service.cancel()
        try? await service.value
        let parameters = ["instances": Double(count)]
        await context.report(
            Row(
                part: "postgres", name: "submit", variant: "64 at once", parameters: parameters,
                value: Double(count) / (submission / .seconds(1)), unit: "submissions/s", durability: .synced))
        await context.report(
            Row(
                part: "postgres", name: "one worker on what was submitted", parameters: parameters,
                value: Double(count * Self.stepCount) / (work / .seconds(1)), unit: "steps/s", durability: .synced))
    }

    /// From a submission to the start of the first task, on a worker that has nothing else to do.
    private func latency(_ backend: PostgresBackend) async throws {
        let (starts, continuation) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let workflow = try Flow("latency", input: Int.self).then("note") { (value: Int) in
            continuation.yield(.now)
            return value
        }.build()
        let worker = Engine(backend: backend)
        try worker.register(workflow)
        let service = Task { try await worker.run() }
        var delays: [Int64] = []
        var iterator = starts.makeAsyncIterator()
        for _ in 0..<200 {
            try await Task.sleep(for: .milliseconds(5))
            let submission = ContinuousClock.now
            try await worker.client.submit(workflow, id: Self.newID(), input: 1)
            guard let start = await iterator.next() else { break }
            delays.append((start - submission).nanoseconds)
        }
        service.cancel()
        try? await service.value
        guard let latency = Percentiles(nanoseconds: delays, subject: "start") else { return }
        await context.report(
            Row(
                part: "postgres", name: "submission to the first task's start", variant: "idle worker",
                value: latency.p50 / 1000, unit: "ms", latency: latency, durability: .synced))
    }
}
