import Logging
import Metrics
import MetricsTestKit
import Sayiir
import SayiirTesting
import TestSupport
import Testing

/// A deployment strands nothing silently (newcomer D3; engine F11, F12).
@Suite struct UnservedTests {
    private func old() throws -> Workflow<Int, Int> {
        try Flow("order", input: Int.self).waitForSignal("go", of: Int.self).build()
    }

    private func new() throws -> Workflow<Int, Int> {
        try Flow("order", input: Int.self).then(adding(1, "a")).waitForSignal("go", of: Int.self).build()
    }

    @Test("Unserved instances are counted in one line, listed, measured, and told by receipts and health")
    func visible() async throws {
        let disk = InMemoryFileSystem()
        let old = try old()
        let first = try await openEngine(on: disk)
        for number in 0..<30 { _ = try await first.run(old, id: "i\(number)", input: 1) }
        try await first.closeLog()

        let lines = LogLines()
        let metrics = TestMetrics()
        var options = EngineOptions()
        options.logger = lines.logger
        options.middleware = [MetricsMiddleware(factory: metrics)]
        let engine = try await openEngine(on: disk, options: options)
        try engine.register(try new())
        try await serving(engine) {
            try await waitUntil { await engine.health().unservedCount == 30 }
            try await waitUntil { lines.lines.contains { $0.contains("30 live instances are unserved") } }
            #expect(lines.lines.count { $0.contains("unserved") } == 1, "\(lines.lines)")
            #expect(lines.lines.contains { $0.contains("workflow 'order'") })
            #expect(try await engine.client.unserved().count == 30)
            #expect(try metrics.expectGauge("sayiir_instances_unserved").lastValue == 30)
            #expect(await engine.health().isReady)
            let sent = try await engine.client.signal("go", to: "i1", payload: 1)
            #expect(sent.isServed == false && sent.isRecorded)
        }
        #expect(await engine.health().isReady == false)
    }

    @Test("Cancel and pause take effect without the definition, by hand and under a service", arguments: [false, true])
    func controlled(underService: Bool) async throws {
        let disk = InMemoryFileSystem()
        let old = try old()
        let first = try await openEngine(on: disk)
        for id: InstanceID in ["a", "b", "c"] { _ = try await first.run(old, id: id, input: 1) }
        try await first.client.pause("c")
        try await first.closeLog()
        let engine = try await openEngine(on: disk)
        try engine.register(try new())
        func work() async throws {
            let receipt = try await engine.client.cancel("a", by: "ops", reason: "gone")
            #expect(receipt.status.name == "cancelled")
            #expect(try await engine.client.waitForCompletion(of: "a", as: old).request?.reason == "gone")
            #expect(try await engine.client.pause("b").status.name == "paused")
            #expect(try await engine.client.unpause("b").status.name == "awaiting_signal")
            try await engine.client.cancel("c")
            #expect(try await engine.client.status(of: "c").name == "paused")
            try await engine.client.unpause("c")
        }
        if underService {
            try await serving(engine) {
                try await work()
                // The request was pending when the pause ended; a service applies it.
                #expect(try await engine.client.waitForCompletion(of: "c", as: old).isCancelled)
            }
        } else {
            try await work()
        }
    }

    @Test("A request that an unserved instance had pending before the start is applied by the service")
    func pendingRequest() async throws {
        let disk = InMemoryFileSystem()
        let old = try old()
        let first = try await openEngine(on: disk)
        _ = try await first.run(old, id: "a", input: 1)
        let state = try await first.client.state(of: "a")
        try await first.backend.append(
            [
                Event(
                    instance: "a", revision: state.revision + 1, time: SystemClock().now, reason: "later",
                    body: .cancelRequested(.init()))
            ], lease: nil)
        try await first.closeLog()
        let engine = try await openEngine(on: disk)
        try engine.register(try new())
        try await serving(engine) {
            let status = try await engine.client.waitForCompletion(of: "a", as: old)
            #expect(status.request?.reason == "later")
        }
    }

    @Test("A workflow that is registered while the service runs takes up what waits for it")
    func registeredLater() async throws {
        let disk = InMemoryFileSystem()
        let old = try old()
        let first = try await openEngine(on: disk)
        _ = try await first.run(old, id: "before", input: 1)
        try await first.client.signal("go", to: "before", payload: 5)
        try await first.closeLog()
        let engine = try await openEngine(on: disk)
        try await serving(engine) {
            try await engine.client.submit(old, id: "now", input: 1)
            try await engine.client.signal("go", to: "now", payload: 6)
            try await waitUntil { await engine.health().unservedCount == 2 }
            try engine.register(old)
            #expect(try await engine.client.waitForCompletion(of: "before", as: old).output == 5)
            #expect(try await engine.client.waitForCompletion(of: "now", as: old).output == 6)
            #expect(try await engine.client.unserved().isEmpty)
            try await waitUntil { await engine.health().unservedCount == 0 }
        }
    }
}
