import Sayiir
import SayiirTesting
import Testing

@Suite struct TaskRecorderTests {
    private let recorder = TaskRecorder()
    private let engine = Engine(backend: InMemoryBackend())

    @Test("calls are noted in order, with instance, step and attempt; told failures come first, then the value")
    func recording() async throws {
        let options = TaskOptions(retries: RetryPolicy(maxRetries: 3, initialDelay: .milliseconds(1)))
        let workflow = try Flow("shop", input: Int.self)
            .then(recorder.task("reserve") { (quantity: Int) in "reservation of \(quantity)" })
            .then(recorder.task("charge", options: options, returning: "paid"))
            .build()
        recorder.fail("charge", times: 1)
        recorder.fail("charge", times: 1, with: RequestedFailure("no money"))
        #expect(try await engine.run(workflow, id: "order-1", input: 3).output == "paid")
        #expect(recorder.calls.map(\.task) == ["reserve", "charge", "charge", "charge"])
        #expect(recorder.calls(of: "charge").map(\.attempt) == [1, 2, 3])
        #expect(recorder.calls.allSatisfy { $0.instance == "order-1" })
        #expect(recorder.calls.last?.step == Step("charge"))
        let failures = try await engine.client.history(of: "order-1").compactMap { recorded -> String? in
            if case .taskFailed(let body) = recorded.event.body { body.failure.message } else { nil }
        }
        #expect(failures == ["the test asked for a failure", "no money"])
    }

    @Test("a task that hangs goes on when it is released, and one that hangs no more does not wait")
    func hanging() async throws {
        let workflow = try Flow("w", input: [Int].self)
            .map { $0.then(recorder.task("t") { (value: Int) in value + 1 }) }.build()
        recorder.hang("t")
        let running = Task { try await engine.run(workflow, id: "i", input: [1, 2, 3]).output }
        await recorder.waitForCalls(of: "t", count: 3)
        recorder.release("t")
        #expect(try await running.value == [2, 3, 4])
        #expect(Set(recorder.calls.map(\.step)) == Set((0..<3).map { Step("t", indices: [$0]) }))
        #expect(try await engine.run(workflow, id: "j", input: [1]).output == [2])
    }

    @Test("a task that hangs gives up when its run is cancelled, and runs again as the next attempt")
    func cancellation() async throws {
        let workflow = try Flow("w", input: Int.self).then(recorder.task("t") { (value: Int) in value + 1 }).build()
        recorder.hang("t")
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        await recorder.waitForCalls(of: "t")
        running.cancel()
        await #expect(throws: WorkflowError.self) { try await running.value }
        recorder.release("t")
        #expect(try await engine.resume(workflow, id: "i").output == 2)
        #expect(recorder.calls.map(\.attempt) == [1, 2])
    }

    @Test("who waits for calls that do not come is freed by cancellation, before the wait or during it")
    func observing() async throws {
        await recorder.waitForCalls(of: "nothing", count: 0)
        let during = Task { await recorder.waitForCalls(of: "nothing") }
        try await Task.sleep(for: .milliseconds(2))
        during.cancel()
        await during.value
        let before = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await recorder.waitForCalls(of: "nothing")
        }
        await before.value
        #expect(recorder.calls.isEmpty)
    }
}
