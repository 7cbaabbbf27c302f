import Sayiir
import SayiirTesting
import TestSupport
import Testing

/// Middleware that gives a run a limit of time cancels the Swift task that it runs in.
@Suite struct RunLimitTests {
    /// Gives the first run 50 milliseconds.
    private struct Limit: EngineMiddleware {
        var calls: Calls

        func aroundRun(_ run: RunDescription, _ next: @Sendable () async -> RunOutcome) async -> RunOutcome {
            guard calls.count("limit") == 0 else { return await next() }
            calls.note("limit")
            return await withoutActuallyEscaping(next) { next in
                let inner = Task { await next() }
                try? await Task.sleep(for: .milliseconds(50))
                inner.cancel()
                return await inner.value
            }
        }
    }

    private static func hanging(_ id: String, _ calls: Calls) -> DurableTask<Int, Int> {
        DurableTask(id) { (value: Int) in
            calls.note(id)
            if calls.count(id) == 1 { try await Task.sleep(for: .seconds(3600)) }
            return value + 1
        }
    }

    /// Flows whose first run hangs in different ways.
    private func flows(_ calls: Calls) throws -> [(name: String, workflow: Workflow<Int, Int>)] {
        let (a, b) = (Self.hanging("a", calls), Self.hanging("b", calls))
        return [
            ("task", try Flow("f", input: Int.self).then(a).build()),
            (
                "fork",
                try Flow("f", input: Int.self).fork(Branch("x") { $0.then(a) }, Branch("y") { $0.then(b) })
                    .join("j") { (x: Int, y: Int) in x + y }.build()
            ),
            (
                "map",
                try Flow("f", input: Int.self).then("make") { (value: Int) in [value, value] }.map { $0.then(a) }
                    .then("sum") { (all: [Int]) in all.reduce(0, +) }.build()
            ),
            ("deadline", try Flow("f", input: Int.self).deadline(.seconds(1000)).then(a).build()),
            (
                "time-out",
                try Flow("f", input: Int.self).then("t", options: TaskOptions(timeout: .seconds(1000))) {
                    (value: Int) in
                    calls.note("t")
                    if calls.count("t") == 1 { try await Task.sleep(for: .seconds(3600)) }
                    return value + 1
                }.build()
            ),
        ]
    }

    @Test("A run that its middleware cancels is interrupted, and has not failed, whatever it runs", arguments: 0..<5)
    func interrupted(place: Int) async throws {
        let calls = Calls()
        let (name, workflow) = try flows(calls)[place]
        var options = EngineOptions()
        options.middleware = [Limit(calls: calls)]
        let engine = Engine(backend: InMemoryBackend(), options: options)
        try engine.register(workflow)
        try await serving(engine) {
            try await engine.client.submit(workflow, id: "i", input: 1)
            let status = try await engine.client.waitForCompletion(of: "i", as: workflow)
            #expect(status.status.name == "completed", "\(name): \(status)")
        }
    }
}
