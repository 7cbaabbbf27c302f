import Testing

/// What the compiler accepts, what it refuses with which words, and how long it takes.
@Suite(.serialized) struct CompileTimeTests {
    /// What all programs have.
    private static let preamble = """
        import Sayiir
        let start = Flow("w", input: Int.self)
        let half = DurableTask("half") { (number: Int) in Double(number) / 2 }
        let text = DurableTask("text") { (number: Int) in "\\(number)" }
        let count = DurableTask("count") { (text: String) in text.count }
        let round = DurableTask("round") { (number: Double) in Int(number) }

        """

    private func check(_ program: String) throws -> Compiler.Verdict { try Compiler().check(Self.preamble + program) }

    /// A mistake, and the program without it.
    struct Mistake: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var wrong: String
        var types: [String]
        var right: String
    }

    static let mistakes = [
        Mistake(
            testDescription: "a task that takes another type than the one before gives",
            wrong: "let flow = start.then(half).then(count)",
            types: ["DurableTask<String, Int>", "DurableTask<Double, Int>"],
            right: "let flow = start.then(half).then(round)"),
        Mistake(
            testDescription: "a function that takes another type than the one before gives",
            wrong: "let flow = Flow(input: Int.self).then(\"a\") { (number: Int) in Double(number) }"
                + ".then(\"b\") { (text: String) in text.count }",
            types: ["'Double'", "'String'"],
            right: "let flow = Flow(input: Int.self).then(\"a\") { (number: Int) in Double(number) }"
                + ".then(\"b\") { (number: Double) in Int(number) }"),
        Mistake(
            testDescription: "a join whose parameter is of another type than its branch gives",
            wrong: "let flow = start.fork(Branch(half), Branch(text)).join(\"j\") { (a: Double, b: Double) in a + b }",
            types: ["(Double, String)", "(Double, Double)"],
            right: "let flow = start.fork(Branch(half), Branch(text)).join(\"j\") { (a: Double, b: String) in a }"),
        Mistake(
            testDescription: "a join that has not as many parameters as there are branches",
            wrong: "let fork = start.fork(Branch(half), Branch(text))\n"
                + "let flow = fork.join(\"j\") { (a: Double) in a }",
            types: ["'Double, String'", "'Double'"],
            right: "let fork = start.fork(Branch(half))\nlet flow = fork.join(\"j\") { (a: Double) in a }"),
        Mistake(
            testDescription: "a signal whose payload is of another type than the task after it takes",
            wrong: "let flow = start.waitForSignal(\"s\", of: Double.self).then(count)",
            types: ["DurableTask<String, Int>", "DurableTask<Double, Int>"],
            right: "let flow = start.waitForSignal(\"s\", of: String.self).then(count)"),
        Mistake(
            testDescription: "a workflow whose output is of another type than it is used as",
            wrong: "let workflow: Workflow<Int, String> = try start.then(half).build()",
            types: ["Workflow<Int, Double>", "Workflow<Int, String>"],
            right: "let workflow: Workflow<Int, Double> = try start.then(half).build()"),
        Mistake(
            testDescription: "a flow begun and given a wrong task in one expression",
            wrong: "let flow = Flow(\"w\", input: Int.self).then(half).then(count)",
            types: ["DurableTask<String, Int>", "DurableTask<Double, Int>"],
            right: "let flow = Flow(\"w\", input: Int.self).then(half).then(round)"),
        Mistake(
            testDescription: "a payload that is not the one of the declared signal",
            wrong:
                "let s = Signal(\"s\", of: Int.self)\nlet flow = start.waitForSignal(s, timeout: .zero, orElse: \"a\")",
            types: ["'String'", "'Int'"],
            right: "let s = Signal(\"s\", of: Int.self)\nlet flow = start.waitForSignal(s, timeout: .zero, orElse: 1)"),
        Mistake(
            testDescription: "a value that cannot be stored",
            wrong: "final class Box {}\nlet flow = start.then(\"a\") { (_: Int) in Box() }",
            types: ["'Box'", "'Encodable'"],
            right: "struct Box: Codable {}\nlet flow = start.then(\"a\") { (_: Int) in Box() }"),
    ]

    @Test("a mistake does not compile, and the error names the types; without the mistake it does", arguments: mistakes)
    func refused(_ mistake: Mistake) throws {
        let wrong = try check(mistake.wrong)
        #expect(!wrong.isAccepted)
        let errors = wrong.errors.joined(separator: "\n")
        for type in mistake.types { #expect(errors.contains(type), "\(wrong.output)") }
        let right = try check(mistake.right)
        #expect(right.isAccepted, "\(right.output)")
    }

    @Test("A number of retries may be a literal, a variable, a policy or nil")
    func retries() throws {
        let verdict = try check(
            """
            let number = 3
            let tasks = [
                DurableTask("a", retries: 3) { (value: Int) in value },
                DurableTask("b", retries: number) { (value: Int) in value },
                DurableTask("c", retries: .init(maxRetries: number)) { (value: Int) in value },
                DurableTask("d", retries: nil) { (value: Int) in value },
            ]
            let options = [TaskOptions(retries: 3), TaskOptions(retries: number), TaskOptions(retries: nil), TaskOptions()]
            """)
        #expect(verdict.isAccepted, "\(verdict.output)")
    }

    @Test("A flow of thirty tasks has no expression that costs the compiler much")
    func thirtyTasks() throws {
        let steps = (0..<15).map { ".then(half, as: \"half_\($0)\").then(round, as: \"round_\($0)\")\n" }
        let verdict = try check("let workflow = try Flow(\"long\", input: Int.self)\n\(steps.joined()).build()\n")
        #expect(verdict.isAccepted, "\(verdict.output)")
        #expect(verdict.slowExpressions == [])
    }

    @Test("A flow of thirty mixed steps has no expression that costs the compiler much")
    func thirtyMixedSteps() throws {
        let steps = (0..<5).map { number in
            """
            .then("list_\(number)") { [$0, $0 + \(number)] }
            .map("map_\(number)") { $0.then("map_\(number)_a") { $0 * 2 }.then(text, as: "map_\(number)_b") }
            .then("sum_\(number)") { $0.count }
            .fork(Branch("fork_\(number)_a") { $0.then(half, as: "half_\(number)") }, Branch("fork_\(number)_b") { $0.then("b_\(number)") { "\\($0)" } })
            .join("join_\(number)") { (a: Double, b: String) in b.count }
            .waitForSignal(approve, as: "signal_\(number)", timeout: .seconds(60), orElse: 7)
            .route(as: "route_\(number)") { $0 > 5 ? Size.large : .small }
            .branch(.small) { $0.then(text, as: "small_\(number)") }
            .branch(.large) { $0.then("large_\(number)") { "\\($0 + 1)" } }
            .done()
            .then("result_\(number)") { $0.result.count }

            """
        }
        let verdict = try check(
            """
            enum Size: String, CaseIterable, Sendable { case small, large }
            let approve = Signal("approve", of: Int.self)
            let workflow = try Flow("long", input: Int.self)
            \(steps.joined())
                .build()
            """)
        #expect(verdict.isAccepted, "\(verdict.output)")
        #expect(verdict.slowExpressions == [])
    }

    @Test("a flow of thirty steps has no expression that costs the compiler much")
    func thirtySteps() throws {
        let steps = (0..<15).map { number in
            """
                .then("text_\(number)") { "\\($0 + \(number))" }
                .then("count_\(number)") { $0.count * 2 + \(number) }

            """
        }
        let program = "import Sayiir\nlet workflow = try Flow(\"long\", input: Int.self)\n\(steps.joined()).build()\n"
        let verdict = try Compiler().check(program)
        #expect(verdict.isAccepted, "\(verdict.output)")
        #expect(verdict.slowExpressions == [])
        // The compiler tells of what costs too much, if it has to be that cheap.
        #expect(try !Compiler(attempts: 300).check(program).slowExpressions.isEmpty)
    }

    @Test("a flow with every construct has no expression that costs the compiler much")
    func everyConstruct() throws {
        // A closure that is in many constructs costs more: half of what the compiler itself allows.
        let verdict = try Compiler(attempts: 500_000).check(Self.preamble + Self.everything)
        #expect(verdict.isAccepted, "\(verdict.output)")
        #expect(verdict.slowExpressions == [])
    }

    private static let everything = """
        enum Kind: String, CaseIterable, Sendable { case small, large }
        struct Order: Codable, Sendable { var lines: [Int] }
        let child = try Flow("child", input: Int.self).then("twice") { $0 * 2 }.build()
        let numbered = (0..<3).map { number in
            Branch("branch_\\(number)") { (flow: Flow<Int>) in flow.then("add_\\(number)") { $0 + number } }
        }
        let workflow = try Flow("everything", input: Order.self)
            .metadata(["team": "orders"])
            .then("lines") { $0.lines }
            .map("each", concurrency: 4) { $0.then("double") { $0 * 2 }.then(text).then(count) }
            .then("sum") { $0.reduce(0, +) }
            .thenFlow(child)
            .delay("pause", .seconds(1))
            .fork(Branch(text), Branch("more") { $0.then("plus") { $0 + 1 }.then("minus") { $0 - 1 } })
            .join("join") { (text: String, number: Int) in text.count + number }
            .fork(numbered)
            .join("total") { $0.reduce(0, +) }
            .fork(Branch("left") { $0.then("c") { $0 + 1 } }, Branch("right") { $0.then("d") { "\\($0)" } })
            .join(byName: "named") { results in try results["left", as: Int.self] }
            .loop(as: "loop", maxIterations: 3) { $0.then("again") { $0 > 10 ? LoopResult.done($0) : .again($0 + 1) } }
            .route(as: "kind") { $0 > 100 ? Kind.large : .small }
            .branch(.small) { $0.then("little") { "little \\($0)" } }
            .branch(.large) { $0.then("much") { "much \\($0)" } }
            .done()
            .then("result") { $0.result.count }
            .route(keys: ["x", "y"], as: "letter") { $0 > 5 ? "x" : "y" }
            .branch("x", text)
            .defaultBranch { $0.then(text, as: "other") }
            .done()
            .then("letter_result") { $0.result }
            .waitForSignal("approval", of: Bool.self)
            .thenLambda { $0 ? 1 : 0 }
            .waitForSignal("number", timeout: .seconds(60), orElse: 7)
            .then("end", options: TaskOptions(timeout: .seconds(5), retries: 3)) { "\\($0)" }
            .build()
        """
}
