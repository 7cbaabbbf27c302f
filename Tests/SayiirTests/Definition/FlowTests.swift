import Sayiir
import TestSupport
import Testing

@Suite struct FlowTests {
    @Test("VAL-01: an empty flow is refused")
    func empty() throws {
        let error = #expect(throws: FlowError.self) { try Flow("empty", input: Int.self).build() }
        #expect(error?.description == "Workflow must have at least one task")
    }

    @Test("flows that were continued from one stay independent of it and of each other, whoever came first")
    func continuedTwice() throws {
        let flow = Flow("w", input: Int.self).then(adding(1, "a"))
        let first = flow.then(adding(1, "b")).then(adding(1, "c"))
        let second = flow.then(adding(1, "d"))
        let third = first.then(adding(1, "e"))
        let fourth = first.delay("f", .seconds(1))
        func ids(_ flow: FlowBuilder<Int, Int>) throws -> [String] { try flow.build().nodes.map(\.id.rawValue) }
        #expect(try ids(flow) == ["a"])
        #expect(try ids(first) == ["a", "b", "c"])
        #expect(try ids(second) == ["a", "d"])
        #expect(try ids(third) == ["a", "b", "c", "e"])
        #expect(try ids(fourth) == ["a", "b", "c", "f"])
    }

    @Test("SEQ-13, VAL-03: an id used twice is refused, and all problems are told at once")
    func duplicates() throws {
        let flow = Flow("twice", input: Int.self).then(adding(1, "a")).then(adding(1, "a"))
        let error = #expect(throws: FlowError.self) { try flow.build() }
        #expect(error?.description == "Duplicate task id: 'a'")
        let several = flow.then(DurableTask("slow", timeout: .seconds(-1)) { (value: Int) in value })
        let errors = #expect(throws: FlowError.self) { try several.build() }
        #expect(
            errors?.description == """
                2 build errors:
                  - Duplicate task id: 'a'
                  - Task 'slow': timeout must be a finite non-negative number
                """)
    }

    @Test("PRI-05, VAL-05, VAL-06: options out of bounds are refused")
    func options() throws {
        let tooLong = String(repeating: "x", count: 65)
        let cases: [(TaskOptions, String)] = [
            (TaskOptions(priority: 6), "priority must be between 1 and 5, got 6"),
            (TaskOptions(priority: 0), "priority must be between 1 and 5, got 0"),
            (TaskOptions(tags: (0...20).map { "\($0)" }), "too many tags: 21 (max 20)"),
            (TaskOptions(tags: [""]), "tags must not contain empty strings"),
            (TaskOptions(tags: [tooLong]), "tag too long: '\(tooLong)' (65 chars, max 64)"),
            (TaskOptions(timeout: .nanoseconds(-1)), "timeout must be a finite non-negative number"),
            (TaskOptions(retries: RetryPolicy(maxRetries: -1)), "retries must not be negative, got -1"),
            (
                TaskOptions(retries: RetryPolicy(initialDelay: .seconds(-1))),
                "the delay before a retry must not be negative"
            ),
            (
                TaskOptions(retries: RetryPolicy(multiplier: .nan)),
                "the back-off multiplier must be a finite non-negative number, got nan"
            ),
            (
                TaskOptions(retries: RetryPolicy(maxDelay: .seconds(-1))), "the longest delay must not be negative"
            ),
            (
                TaskOptions(retries: 1, execution: .atMostOnce), "a task that runs at most once cannot have retries"
            ),
        ]
        for (options, text) in cases {
            let flow = Flow("w", input: Int.self).then("t", options: options) { $0 }
            let error = #expect(throws: FlowError.self) { try flow.build() }
            #expect(error?.description == "Task 't': \(text)")
        }
        let atBounds = TaskOptions(
            timeout: .zero, retries: RetryPolicy(maxRetries: 0, initialDelay: .zero, multiplier: 0),
            priority: 5, tags: (0..<20).map { "\($0)" + String(repeating: "x", count: 60) })
        _ = try Flow("w", input: Int.self).then("t", options: atBounds) { $0 }.build()
    }

    @Test("SEQ-05: functions without a name are lambda_0, lambda_1, …; a named one takes no number")
    func anonymous() async throws {
        let workflow = try Flow("w", input: Int.self).thenLambda { $0 * 2 }.then("named") { $0 }.thenLambda { $0 + 1 }
            .build()
        #expect(workflow.nodes.map(\.id) == ["lambda_0", "named", "lambda_1"])
        #expect(try await runWorkflow(workflow, 10) == 21)
    }

    @Test("SEQ-03, TO-08: another id for a task leaves it its options")
    func renaming() throws {
        let task = DurableTask("own", timeout: .seconds(9), retries: 2, priority: 1, tags: ["x"]) { (value: Int) in
            -value
        }
        let workflow = try Flow("w", input: Int.self).then(task, as: "negate").then(task).build()
        #expect(workflow.nodes.map(\.id) == ["negate", "own"])
        #expect(workflow.nodes[0].options == task.options)
        #expect(workflow.nodes.map(\.predecessor) == [nil, "negate"])
        #expect(workflow.nodes.map(\.kind) == [.task, .task])
    }

    @Test("VAL-08: a flow is a value: what is added later does not change what was built")
    func immutability() async throws {
        let flow = Flow("w", input: Int.self).then(adding(1, "a"))
        let workflow = try flow.build()
        let longer = try flow.then(adding(10, "b")).build()
        #expect(try await runWorkflow(workflow, 1) == 2)
        #expect(try await runWorkflow(longer, 1) == 12)
    }

    @Test("CTX-05, CTX-06: metadata is kept as JSON or refused; the name defaults to 'workflow' and may be empty")
    func metadata() throws {
        struct Odd: Encodable, Sendable {
            func encode(to encoder: any Encoder) throws { throw TestError("no way") }
        }
        let plain = Flow("", input: Int.self).then(adding(1, "a"))
        #expect(try plain.build().metadata == nil)
        #expect(try plain.build().name == "")
        #expect(try Flow(input: Int.self).then(adding(1, "a")).build().name == "workflow")
        let workflow = try plain.metadata(["team": "a"]).build()
        #expect(workflow.metadata == Payload(codec: "json", bytes: Array(#"{"team":"a"}"#.utf8)))
        let error = #expect(throws: FlowError.self) { try plain.metadata(Odd()).build() }
        #expect(error?.description == "The flow's metadata cannot be stored: no way")
    }

    @Test("TO-08: nodes tell their time: a task's, a delay's, a signal's")
    func timeouts() throws {
        let workflow = try Flow("w", input: Int.self)
            .then("t", options: TaskOptions(timeout: .milliseconds(1500))) { $0 }.then(adding(1, "u"))
            .delay("d", .seconds(2)).waitForSignal("s", of: Int.self, timeout: .seconds(60)).build()
        #expect(workflow.nodes.map(\.timeout) == [.milliseconds(1500), nil, .seconds(2), .seconds(60)])
    }

    @Test("ID-02: any text is an id of a task")
    func oddIDs() async throws {
        let ids = ["", "a::b", "a||b", "a/b", "a#1", "é 🎉\n", String(repeating: "x", count: 10_000)]
        var flow = Flow("w", input: Int.self).then(adding(1, "first"))
        for id in ids { flow = flow.then(adding(1, id)) }
        let engine = try await openEngine()
        let workflow = try flow.build()
        #expect(try await engine.run(workflow, id: "i", input: 0).output == 8)
        for (number, id) in ids.enumerated() {
            #expect(try await engine.client.result(of: Step(NodeID(id)), in: "i", as: Int.self) == number + 2)
        }
    }
}
