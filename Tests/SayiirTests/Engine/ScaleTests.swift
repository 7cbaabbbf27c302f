import Sayiir
import SayiirTesting
import TestSupport
import Testing

/// Large workflows. Were anything quadratic in their size, these would not end within minutes.
@Suite struct ScaleTests {
    @Test("a fork of a thousand branches runs, and goes on in the middle of them after an interruption")
    func thousandBranches() async throws {
        let recorder = TaskRecorder()
        let branches = (0..<1000).map { number in
            Branch(recorder.task(number < 500 ? "t\(number)" : "late\(number)") { (value: Int) in value + number })
        }
        let workflow = try Flow("w", input: Int.self).fork(branches).join("sum") { $0.reduce(0, +) }.build()
        let engine = Engine(backend: InMemoryBackend())
        #expect(try await engine.run(workflow, id: "i", input: 0).output == 499_500)
        for number in 500..<1000 { recorder.hang("late\(number)") }
        let running = Task { try await engine.run(workflow, id: "j", input: 1) }
        try await waitUntil { try await engine.backend.state(of: "j")?.steps.completedCount == 500 }
        running.cancel()
        _ = await running.result
        for number in 500..<1000 { recorder.release("late\(number)") }
        #expect(try await engine.resume(workflow, id: "j").output == 500_500)
        for number in 0..<500 { #expect(recorder.calls(of: "t\(number)").count == 2) }
    }

    @Test("a map of a hundred thousand elements runs, and goes on in the middle of them after an interruption")
    func hundredThousandElements() async throws {
        let count = 100_000
        let called = Atomically(0)
        let isHanging = Atomically(true)
        let workflow = try Flow("w", input: Int.self).then("make") { Array(0..<$0) }.map {
            $0.then("t") { (value: Int) in
                if value >= count / 2, isHanging.value { try await Task.sleep(for: .seconds(3600)) }
                called.change { $0 += 1 }
                return value + 1
            }
        }.then("sum") { $0.reduce(0, +) }.build()
        let engine = Engine(backend: InMemoryBackend())
        let running = Task { try await engine.run(workflow, id: "i", input: count) }
        try await waitUntil { called.value == count / 2 }
        running.cancel()
        _ = await running.result
        isHanging.change { $0 = false }
        #expect(try await engine.resume(workflow, id: "i").output == count * (count + 1) / 2)
        // At most as many as were under way were called and not stored.
        #expect((count...count + 16).contains(called.value))
        #expect(try await engine.backend.state(of: "i")?.anomalies == [])
    }

    /// The quickest of three runs.
    private func time(_ workflow: Workflow<Int, Int>, _ input: Int) async throws -> Duration {
        var best = Duration.seconds(3600)
        for _ in 0..<3 {
            let engine = Engine(backend: InMemoryBackend())
            let start = ContinuousClock.now
            #expect(try await engine.run(workflow, id: "i", input: input).output == input)
            best = min(best, ContinuousClock.now - start)
        }
        return best
    }

    private func map(concurrency: Int) throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then("make") { Array(0..<$0) }
            .map(concurrency: concurrency) { $0.then("t") { (value: Int) in value } }
            .then("count") { $0.count }.build()
    }

    @Test(
        "A map of n elements that all run at once costs n log n: not much more than with few at once, and four times as much for four times n"
    )
    func allAtOnce() async throws {
        let few = try await time(try map(concurrency: 16), 16_000)
        let all = try await time(try map(concurrency: 16_000), 16_000)
        let quarter = try await time(try map(concurrency: 4000), 4000)
        #expect(all < few * 6, "\(all) with all at once, \(few) with 16 at once")
        #expect(all < quarter * 12, "\(all) for 16,000 elements, \(quarter) for 4,000")
    }

    @Test(
        "A map whose elements all wait for a signal at once is gone through signal by signal, without a look at all of them each time"
    )
    func allWaiting() async throws {
        let workflow = try Flow("w", input: Int.self).then("make") { Array(0..<$0) }
            .map(concurrency: 1_000_000) { $0.waitForSignal("s", of: Int.self) }
            .then("count") { $0.count }.build()
        func time(_ count: Int) async throws -> Duration {
            let engine = Engine(backend: InMemoryBackend())
            _ = try await engine.run(workflow, id: "i", input: count)
            let start = ContinuousClock.now
            for number in 0..<count { try await engine.client.signal("s", to: "i", payload: number) }
            #expect(try await engine.resume(workflow, id: "i").output == count)
            return ContinuousClock.now - start
        }
        let (quarter, all) = (try await time(1000), try await time(4000))
        #expect(all < quarter * 12, "\(all) for 4,000 elements, \(quarter) for 1,000")
    }
}
