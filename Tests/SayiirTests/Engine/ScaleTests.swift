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
}
