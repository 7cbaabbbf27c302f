import Foundation
import Sayiir
import SayiirPostgres

/// The field's linear workflow of four steps on PostgreSQL: run by hand, and by a worker that claims what a client submits.
struct PostgresBench {
    static let stepCount = 4

    private let engine: Engine
    private let backend: PostgresBackend
    private let workflow: Workflow<Int, Int>

    /// A store of its own in the server's database.
    init(url: String) async throws {
        var options = PostgresOptions()
        options.schema = "bench_\(UInt64.random(in: 0 ... .max))"
        backend = try await PostgresBackend.connect(to: url, options: options)
        engine = Engine(backend: backend)
        var flow = Flow("linear", input: Int.self).then("step_1") { (value: Int) in value + 1 }
        for number in 2...Self.stepCount { flow = flow.then("step_\(number)") { (value: Int) in value + 1 } }
        workflow = try flow.build()
    }

    func run(seconds: Double) async throws {
        for tasks in [1, 16, 64, 256] {
            let flows = try await measure(for: .seconds(seconds), tasks: tasks) { [engine, workflow] _ in
                _ = try await engine.run(workflow, id: Self.newID(), input: 1).requireOutput()
            }
            Table.printRow("PostgreSQL, 4 steps run by hand, \(tasks) at once", flows)
            print("  \(Int(flows.operationsPerSecond * Double(Self.stepCount))) steps/s")
        }
        try await worker(instances: 5000)
        try await latency()
        backend.close()
    }

    private static func newID() -> InstanceID { InstanceID("i-\(UInt64.random(in: 0 ... .max))") }

    /// Submits first, so that the worker alone is measured.
    private func worker(instances count: Int) async throws {
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
        worker.register(workflow)
        let service = Task { try await worker.run() }
        let work = try await clock.measure {
            while try await !backend.liveInstances().isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        }
        service.cancel()
        try? await service.value
        let rates = [submission, work].map { Double(count) / ($0 / .seconds(1)) }
        print("  submitted \(Int(rates[0]))/s by 64 at once; worked off \(Int(rates[1])) workflows/s by one worker,")
        print("  which is \(Int(rates[1] * Double(Self.stepCount))) steps/s")
    }

    /// From a submission to the start of the first task, on a worker that has nothing else to do.
    private func latency() async throws {
        let (starts, continuation) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let workflow = try Flow("latency", input: Int.self).then("note") { (value: Int) in
            continuation.yield(.now)
            return value
        }.build()
        let worker = Engine(backend: backend)
        worker.register(workflow)
        let service = Task { try await worker.run() }
        var delays = Measurement()
        var iterator = starts.makeAsyncIterator()
        for _ in 0..<200 {
            try await Task.sleep(for: .milliseconds(5))
            let submission = ContinuousClock.now
            try await engine.client.submit(workflow, id: Self.newID(), input: 1)
            guard let start = await iterator.next() else { break }
            delays.latencies.append((start - submission).nanoseconds)
            delays.elapsed += start - submission
        }
        service.cancel()
        try? await service.value
        Table.printRow("PostgreSQL, submit to task start, idle worker", delays)
    }
}
