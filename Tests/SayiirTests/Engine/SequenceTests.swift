import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct SequenceTests {
    @Test("SEQ-01, SEQ-02: tasks run in order, each once, and the last one's output is the workflow's")
    func order() async throws {
        let calls = Calls()
        let workflow = try Flow("math", input: Int.self)
            .then(adding(1, "a", calls))
            .then("b") { (value: Int) in
                calls.note("b")
                return value * 3
            }
            .then("c") { (value: Int) in "\(value - 2)" }
            .build()
        #expect(try await runWorkflow(workflow, 5) == "16")
        let status = try await openEngine().run(workflow, id: "i", input: 5)
        #expect(status.isCompleted && status.output == "16")
        #expect(calls.all == ["a", "b", "a", "b"])
    }

    @Test("SEQ-04: structures and texts go from task to task")
    func values() async throws {
        struct User: Codable, Sendable {
            var name: String
        }
        let workflow = try Flow("w", input: User.self).then("name") { $0.name }.then("upper") { $0.uppercased() }
            .build()
        #expect(try await runWorkflow(workflow, User(name: "sayiir")) == "SAYIIR")
    }

    @Test("SEQ-06: functions that suspend and functions that do not mix")
    func asynchronous() async throws {
        let workflow = try Flow("w", input: Int.self)
            .then("double") { $0 * 2 }
            .then("later") { (value: Int) in
                await Task.yield()
                return value + 1
            }
            .build()
        #expect(try await openEngine().run(workflow, id: "i", input: 10).output == 21)
    }

    @Test("SEQ-07: in memory a failure is thrown, as type and message; later tasks do not run")
    func failureInMemory() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self)
            .then("bad") { (_: Int) -> Int in throw TestError("intentional failure") }
            .then(adding(1, "later", calls))
            .build()
        let error = await #expect(throws: WorkflowError.self) { try await runWorkflow(workflow, 1) }
        #expect(error?.description.hasPrefix("TestError: intentional failure") == true)
        #expect(calls.all.isEmpty)
    }

    @Test("SEQ-08, ERR-03: a durable failure is a status; what came before stays readable, what follows does not run")
    func failure() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self)
            .then(adding(1, "a", calls))
            .then("b") { (_: Int) -> Int in
                calls.note("b")
                throw TestError("boom")
            }
            .then(adding(1, "c", calls))
            .build()
        let engine = try await openEngine()
        let status = try await engine.run(workflow, id: "i", input: 1)
        #expect(status.isFailed && status.output == nil)
        #expect(status.error?.description == "TestError: boom")
        #expect(calls.all == ["a", "b"])
        #expect(try await engine.client.result(of: Step("a"), in: "i", as: Int.self) == 2)
        #expect(try await engine.client.result(of: Step("b"), in: "i", as: Int.self) == nil)
        #expect(try await engine.client.result(of: Step("c"), in: "i", as: Int.self) == nil)
    }

    @Test("SEQ-09: an error is told as its type and its own words, whatever they are")
    func errorTexts() async throws {
        enum Plain: Error { case first, second(Int) }
        let engine = try await openEngine()
        for (number, (error, text))
            in ([
                (TestError(""), "TestError: "), (TestError("zwei\nZeilen ✓"), "TestError: zwei\nZeilen ✓"),
                (Plain.first, "Plain: first"), (Plain.second(2), "Plain: second(2)"),
            ] as [(any Error & Sendable, String)]).enumerated()
        {
            let workflow = try Flow("w", input: Int.self).then("t") { (_: Int) -> Int in throw error }.build()
            let status = try await engine.run(workflow, id: "\(number)", input: 0)
            #expect(status.error?.description == text)
        }
    }

    @Test("SEQ-11: instances on one store do not touch each other")
    func independence() async throws {
        let workflow = try Flow("w", input: Int.self).then("double") { $0 * 2 }.build()
        let engine = try await openEngine()
        try await withThrowingTaskGroup(of: (Int, Int?).self) { group in
            for number in 0..<50 {
                group.addTask { (number, try await engine.run(workflow, id: "i\(number)", input: number).output) }
            }
            for try await (number, output) in group { #expect(output == number * 2) }
        }
        #expect(try await engine.client.instances().count == 50)
    }

    @Test("SEQ-12: while a task runs, the status is in progress and the tasks before it are readable")
    func checkpoints() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).then(hanging("b", calls)).build()
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("b") == 1 }
        #expect(try await engine.client.status(of: "i") == .inProgress)
        #expect(try await engine.client.result(of: Step("a"), in: "i", as: Int.self) == 2)
        #expect(try await engine.client.result(of: Step("b"), in: "i", as: Int.self) == nil)
        running.cancel()
        await #expect(throws: WorkflowError.self) { try await running.value }
    }

    @Test("SEQ-14: a thousand steps work, and each is one event to begin and one to end")
    func manySteps() async throws {
        var flow = Flow("long", input: Int.self).then(adding(1, "t0"))
        for number in 1..<1000 { flow = flow.then(adding(1, "t\(number)")) }
        let engine = try await openEngine()
        #expect(try await engine.run(flow.build(), id: "i", input: 0).output == 1000)
        #expect(try await engine.client.history(of: "i").count == 2002)
    }

    @Test("a step costs one write and one sync")
    func cost() async throws {
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        var flow = Flow("w", input: Int.self).then(adding(1, "t0"))
        for number in 1..<10 { flow = flow.then(adding(1, "t\(number)")) }
        let workflow = try flow.build()
        // With a definition's first instance its text is kept, once for all.
        _ = try await engine.run(workflow, id: "first", input: 0)
        let before = disk.counts()
        _ = try await engine.run(workflow, id: "i", input: 0)
        let calls = disk.counts() - before
        // One more for the submission, which starts the first step.
        #expect(calls[.write] == 11 && calls[.synchronize] == 11)
    }

    @Test("SEQ-15: an output that is not there is an error that tells the status")
    func notCompleted() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).then(adding(1, "b", calls)).build()
        let engine = try await openEngine()
        try await engine.client.submit(workflow, id: "i", input: 1)
        try await engine.client.pause("i")
        let status = try await engine.resume(workflow, id: "i")
        let error = #expect(throws: WorkflowError.self) { try status.requireOutput() }
        #expect(error?.description.hasPrefix("Workflow did not complete (status=paused)") == true)
        #expect(calls.all.isEmpty)
    }

    @Test("SEQ-15: with an id and no store, a workflow runs in a store of its own; what waits has no output")
    func privateStore() async throws {
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        for _ in 0..<2 { #expect(try await runWorkflow(workflow, 1, id: "i") == 2) }
        let waiting = try Flow("w", input: Int.self).delay("d", .seconds(60)).build()
        let error = await #expect(throws: WorkflowError.self) { try await runWorkflow(waiting, 1, id: "i") }
        #expect(error?.description.hasPrefix("Workflow did not complete (status=waiting)") == true)
        let failing = try Flow("w", input: Int.self).then("t") { (_: Int) -> Int in throw TestError("boom") }.build()
        let failure = await #expect(throws: WorkflowError.self) { try await runWorkflow(failing, 1, id: "i") }
        #expect(failure?.description.hasPrefix("TestError: boom") == true)
    }

    @Test("SEQ-17: functions that throw errors of one type, and functions that cannot throw, are tasks like others")
    func typedErrors() async throws {
        struct DivisionError: Error, CustomStringConvertible { let description = "zero not allowed" }
        @Sendable func half(of value: Int) throws(DivisionError) -> Int {
            if value == 0 { throw DivisionError() }
            return 400 / value
        }
        let workflow = try Flow("w", input: Int.self).then("divide", half).then("same") { $0 }.build()
        let engine = try await openEngine()
        #expect(try await engine.run(workflow, id: "i", input: 8).output == 50)
        #expect(
            try await engine.run(workflow, id: "j", input: 0).error?.description == "DivisionError: zero not allowed")
    }
}
