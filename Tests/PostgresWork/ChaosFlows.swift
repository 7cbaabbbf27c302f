public import Sayiir

/// Workflows with every construct, from one number to another, and what each has to come to.
public struct ChaosFlows: Sendable {
    /// A workflow, and how its instances have to end.
    public struct Entry: Sendable {
        /// The workflow.
        public let workflow: Workflow<Int, Int>
        /// The output for an input; `nil` if it has to fail, with the error `boom`.
        public let expected: @Sendable (Int) -> Int?
        /// The signals that an instance needs, each with its payload.
        public let signals: @Sendable (Int) -> [(name: String, payload: Int)]
    }

    /// All of them, by name.
    public let entries: [String: Entry]

    private static let retries = RetryPolicy(maxRetries: 100, initialDelay: .milliseconds(20), multiplier: 1)

    /// Makes the workflows, whose tasks leave the given effects.
    public init(_ effects: Effects) throws {
        let flows = Flows(effects: effects)
        var entries: [String: Entry] = [:]
        func add(
            _ workflow: Workflow<Int, Int>,
            signals: @escaping @Sendable (Int) -> [(name: String, payload: Int)] = { _ in [] },
            _ expected: @escaping @Sendable (Int) -> Int?
        ) { entries[workflow.name] = Entry(workflow: workflow, expected: expected, signals: signals) }
        add(try flows.chain().build()) { $0 + 111 }
        add(try flows.forked().build()) { ($0 + 11) * 1000 + ($0 * 2 + 3) }
        add(try flows.mapped().build()) { input in (0..<input % 5 + 1).reduce(0) { $0 + $1 * 2 + 1 } }
        add(try flows.routed().build()) { input in [input + 10, input + 20, input + 30][input % 3] + 1 }
        add(try flows.looped().build()) { $0 + 5 }
        add(try flows.delayed().build()) { $0 + 11 }
        add(try flows.timedOut().build()) { _ in 8 }
        add(try flows.nested().build()) { ($0 + 1 + 11) * 1000 + (($0 + 1) * 2 + 3) + 1 }
        add(try flows.failing().build()) { _ in nil }
        add(try flows.signalled().build(), signals: { [("go", $0 + 7)] }) { $0 + 7 + 10 }
        add(try flows.everything().build(), signals: { [("one", $0), ("two", $0 + 1)] }) { $0 + 1 + 100 }
        self.entries = entries
    }

    /// Waits for a signal that may never come: to be cancelled.
    public static let endless = "signalled"
}

/// The flows, all with tasks that leave a line.
private struct Flows {
    let effects: Effects

    private func task(_ id: String, _ body: @escaping @Sendable (Int) -> Int) -> DurableTask<Int, Int> {
        DurableTask(id) { [effects] (value: Int) in
            try effects.note()
            // A moment, so that kills fall into tasks.
            try await Task.sleep(for: .milliseconds(20))
            return body(value)
        }
    }

    /// Fails at the first attempt for every third number.
    private func flaky(_ id: String, _ number: Int) -> DurableTask<Int, Int> {
        let retries = RetryPolicy(maxRetries: 100, initialDelay: .milliseconds(20), multiplier: 1)
        return DurableTask(id, retries: retries) { [effects] (value: Int) in
            if try effects.note() == 1, value % 3 == 0 { throw Boom("flaky") }
            return value + number
        }
    }

    func chain(_ name: String = "chain") -> FlowBuilder<Int, Int> {
        Flow(name, input: Int.self).then(task("a") { $0 + 1 }).then(flaky("b", 10)).then(task("c") { $0 + 100 })
    }

    func forked(_ name: String = "forked") -> FlowBuilder<Int, Int> {
        Flow(name, input: Int.self)
            .fork(
                Branch("left") { $0.then(task("l1") { $0 + 1 }).then(flaky("l2", 10)) },
                Branch("right") {
                    $0.then(task("r1") { $0 * 2 }).delay("pause", .milliseconds(50)).then(task("r2") { $0 + 3 })
                }
            )
            .join("join") { (left: Int, right: Int) in left * 1000 + right }
    }

    func mapped() -> FlowBuilder<Int, Int> {
        Flow("mapped", input: Int.self).then("elements") { (value: Int) in Array(0..<value % 5 + 1) }
            .map("each", concurrency: 2) { $0.then(task("double") { $0 * 2 }).then(flaky("more", 1)) }
            .then("sum") { (values: [Int]) in values.reduce(0, +) }
    }

    func routed() -> FlowBuilder<Int, Int> {
        Flow("routed", input: Int.self)
            .route(keys: ["0", "1", "2"], as: "which") { (value: Int) in "\(value % 3)" }
            .branch("0") { $0.then(task("zero") { $0 + 10 }) }
            .branch("1") { $0.then(flaky("one", 20)) }
            .branch("2") { $0.then(task("two") { $0 + 20 }).then(task("too") { $0 + 10 }) }
            .done()
            .then("result") { (envelope: BranchEnvelope<Int>) in envelope.result + 1 }
    }

    func looped() -> FlowBuilder<Int, Int> {
        Flow("looped", input: Int.self).then("start") { (value: Int) in [value, 5] }
            .loop(as: "round", maxIterations: 10) { body in
                body.then("step") { [effects] (pair: [Int]) -> LoopResult<[Int]> in
                    try effects.note()
                    let next = [pair[0] + 1, pair[1] - 1]
                    return next[1] > 0 ? .again(next) : .done(next)
                }
            }
            .then("first") { (pair: [Int]) in pair[0] }
    }

    func delayed() -> FlowBuilder<Int, Int> {
        Flow("delayed", input: Int.self).then(task("before") { $0 + 1 }).delay("wait", .milliseconds(700))
            .then(task("after") { $0 + 10 })
    }

    func timedOut() -> FlowBuilder<Int, Int> {
        Flow("timed-out", input: Int.self).then(task("before") { $0 })
            .waitForSignal("never", timeout: .milliseconds(600), orElse: 7).then(task("after") { $0 + 1 })
    }

    func nested() throws -> FlowBuilder<Int, Int> {
        let inner = try forked("inner").build()
        return Flow("nested", input: Int.self).then(task("before") { $0 + 1 }).thenFlow(inner).then(
            task("after") { $0 + 1 })
    }

    func failing() -> FlowBuilder<Int, Int> {
        let retries = RetryPolicy(maxRetries: 2, initialDelay: .milliseconds(20), multiplier: 1)
        let boom = DurableTask("boom", retries: retries) { [effects] (_: Int) -> Int in
            try effects.note()
            throw Boom("boom")
        }
        return Flow("failing", input: Int.self).then(task("before") { $0 }).then(boom)
    }

    func signalled() -> FlowBuilder<Int, Int> {
        Flow("signalled", input: Int.self).then(task("before") { $0 }).waitForSignal("go", of: Int.self)
            .then(task("after") { $0 + 10 })
    }

    func everything() throws -> FlowBuilder<Int, Int> {
        let child = try Flow("child", input: Int.self).then(task("c1") { $0 }).delay("c-wait", .milliseconds(200))
            .build()
        return Flow("everything", input: Int.self)
            .fork(
                Branch("signals") { $0.waitForSignal("one", of: Int.self).then(task("s1") { $0 }) },
                Branch("loop") { branch in
                    branch.loop(as: "turns", maxIterations: 5) { body in
                        body.then("turn") { [effects] (value: Int) -> LoopResult<Int> in
                            try effects.note()
                            return value % 3 == 0 ? .done(value) : .again(value + 1)
                        }
                    }
                }
            )
            .join("both") { (signal: Int, _: Int) in signal }
            .then("list") { (value: Int) in [value, value + 1] }
            .map("each") { $0.thenFlow(child).then(flaky("more", 0)) }
            .then("last") { (values: [Int]) in values[1] }
            .waitForSignal("two", of: Int.self)
            .then(task("end") { $0 + 100 })
    }
}

/// One task that takes as many milliseconds as its input says, then another.
public func slowWorkflow(_ effects: Effects) throws -> Workflow<Int, Int> {
    try Flow("slow", input: Int.self)
        .then("slow") { (value: Int) in
            try effects.note()
            // Not to be cancelled: it is what a task may do that does not look.
            let end = ContinuousClock.now + .milliseconds(value)
            while ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(10)) }
            return value
        }
        .then("next") { (value: Int) in
            try effects.note()
            return value + 1
        }
        .build()
}
