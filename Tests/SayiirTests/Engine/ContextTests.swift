import Logging
import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct ContextTests {
    @Test(
        "CTX-01: a task knows its workflow, instance, step, attempt, options and metadata; outside there is no context")
    func inside() async throws {
        let seen = Atomically<TaskContext?>(nil)
        let options = TaskOptions(timeout: .seconds(9), retries: 2, priority: 2, tags: ["x", "y"], version: "3")
        let workflow = try Flow("flow", input: Int.self).metadata(["team": "a"])
            .then("t", options: options) { (value: Int) in
                seen.change { $0 = TaskContext.current }
                return value
            }.build()
        _ = try await openEngine().run(workflow, id: "i", input: 1)
        let context = try #require(seen.value)
        #expect(context.workflow == "flow" && context.instance == "i" && context.task == "t")
        #expect(context.step == Step("t") && context.attempt == 1 && context.options == options)
        #expect(try context.workflowMetadata(as: [String: String].self) == ["team": "a"])
        #expect(context.idempotencyKey == "i/t")
        #expect(TaskContext.current == nil)
    }

    @Test("the idempotency key is the same for every attempt, the attempt's number is not")
    func attempts() async throws {
        let seen = Atomically<[String]>([])
        let workflow = try Flow("w", input: Int.self)
            .then("t", options: TaskOptions(retries: RetryPolicy(maxRetries: 2, initialDelay: .zero))) { (value: Int) in
                let context = TaskContext.current
                let count = seen.change { all in
                    all.append("\(context?.idempotencyKey ?? "") \(context?.attempt ?? 0)")
                    return all.count
                }
                if count < 3 { throw TestError("again") }
                return value
            }.build()
        _ = try await openEngine().run(workflow, id: "i", input: 1)
        #expect(seen.value == ["i/t 1", "i/t 2", "i/t 3"])
    }

    @Test("CTX-02: without metadata there is none")
    func withoutMetadata() async throws {
        let workflow = try Flow("w", input: Int.self).then("t") { (_: Int) in
            try TaskContext.current?.workflowMetadata(as: Int.self) == nil
        }.build()
        #expect(try await runWorkflow(workflow, 1) == true)
    }

    @Test("CTX-04: a task that runs another workflow has its own context again after it")
    func nested() async throws {
        let inner = try Flow("inner", input: Int.self).then("in") { (_: Int) in
            TaskContext.current?.task.rawValue ?? ""
        }.then("bad") { (_: String) -> Int in throw TestError("boom") }.build()
        let workflow = try Flow("outer", input: Int.self).then("out") { (value: Int) in
            _ = try? await runWorkflow(inner, value)
            return "\(TaskContext.current?.workflow ?? "") \(TaskContext.current?.task.rawValue ?? "")"
        }.build()
        #expect(try await runWorkflow(workflow, 1) == "outer out")
        #expect(TaskContext.current == nil)
    }

    @Test("A task's logger carries instance, workflow, step and attempt, and the engine's logger stays as it is")
    func logger() async throws {
        let lines = LogLines()
        var options = EngineOptions()
        options.logger = lines.logger
        options.logger[metadataKey: "service"] = "shop"
        let engine = Engine(backend: InMemoryBackend(), options: options)
        let workflow = try Flow("orders", input: [Int].self).map("each", concurrency: 1) {
            $0.then("charge", options: TaskOptions(retries: RetryPolicy(maxRetries: 1, initialDelay: .zero))) {
                (value: Int) in
                let logger = try #require(TaskContext.current?.logger)
                logger.info("charging", metadata: ["amount": "\(value)"])
                if TaskContext.current?.attempt == 1 { throw TestError("again") }
                return value
            }
        }.build()
        #expect(try await engine.run(workflow, id: "o-1", input: [5]).isCompleted)
        let expected = (1...2).map { attempt in
            "info charging amount=5 attempt=\(attempt) instance=o-1 service=shop step=charge#0 workflow=orders"
        }
        #expect(lines.lines == expected)
        options.logger.info("plain")
        #expect(lines.lines.last == "info plain service=shop")
    }

    @Test("A metadata provider tells the task's instance, workflow, step and attempt, and nothing outside a task")
    func metadataProvider() async throws {
        let seen = Atomically<[String: String]>([:])
        let workflow = try Flow("w", input: Int.self).then("t") { (value: Int) in
            seen.change { $0 = TaskContext.metadataProvider.get().mapValues { "\($0)" } }
            return value
        }.build()
        _ = try await openEngine().run(workflow, id: "i", input: 1)
        #expect(seen.value == ["instance": "i", "workflow": "w", "step": "t", "attempt": "1"])
        #expect(TaskContext.metadataProvider.get().isEmpty)
    }
}
