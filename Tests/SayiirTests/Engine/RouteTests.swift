import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct RouteTests {
    private enum Kind: String, CaseIterable, Sendable {
        case billing, tech
    }

    private enum Plain: CaseIterable, Sendable {
        case small, large
    }

    private func text(_ id: String, _ calls: Calls? = nil) -> DurableTask<Int, String> {
        DurableTask(id) { (value: Int) in
            calls?.note(id)
            return "\(id) \(value)"
        }
    }

    @Test(
        "ROUTE-01, ROUTE-02, ROUTE-08: the branch of the key runs with the value before the route; the output names the key"
    )
    func cases() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self)
            .route { (value: Int) in value % 2 == 0 ? Kind.billing : .tech }
            .branch(.billing, text("handle_billing", calls))
            .branch(.tech) { $0.then(text("handle_tech", calls)) }
            .done()
            .build()
        #expect(try await runWorkflow(workflow, 4) == BranchEnvelope(branch: "billing", result: "handle_billing 4"))
        #expect(
            try await openEngine().run(workflow, id: "i", input: 3).output
                == BranchEnvelope(branch: "tech", result: "handle_tech 3"))
        #expect(calls.all == ["handle_billing", "handle_tech"])
        #expect(
            workflow.nodes.map { "\($0.id) \($0.kind.rawValue) \($0.predecessor?.rawValue ?? "-")" } == [
                "branch_0 branch -", "branch_0::key_fn task branch_0", "handle_billing task branch_0",
                "handle_tech task branch_0",
            ])
    }

    @Test("cases without texts go by their names")
    func plainCases() async throws {
        let workflow = try Flow("w", input: Int.self)
            .route(as: "size") { (value: Int) in value > 9 ? Plain.large : .small }
            .branch(.small, text("s")).branch(.large, text("l")).done()
            .then("key") { $0.branch }.build()
        #expect(try await runWorkflow(workflow, 10) == "large")
        #expect(try await runWorkflow(workflow, 1) == "small")
    }

    @Test("ROUTE-03, ROUTE-04: an unknown key is for the default branch, under its own name, and fails without one")
    func unmatched() async throws {
        let calls = Calls()
        func flow() -> Route<Int, Int, String, String> {
            Flow("w", input: Int.self).route(keys: ["a"]) { (value: Int) in value == 0 ? "a" : "zz" }.branch(
                "a", text("ha", calls))
        }
        let engine = try await openEngine()
        let withDefault = try flow().defaultBranch { $0.then(text("d", calls)) }.done().build()
        #expect(
            try await engine.run(withDefault, id: "i", input: 1).output == BranchEnvelope(branch: "zz", result: "d 1"))
        let without = try flow().done().build()
        #expect(try await engine.run(without, id: "j", input: 0).output?.branch == "a")
        let status = try await engine.run(without, id: "k", input: 1)
        #expect(status.error?.description == "Branch node 'branch_0': no branch matches key 'zz'")
    }

    @Test("ROUTE-06: a key function that fails fails the workflow, after its retries")
    func failingKey() async throws {
        let calls = Calls()
        let policy = RetryPolicy(maxRetries: 1, initialDelay: .zero)
        let workflow = try Flow("w", input: Int.self)
            .route(options: TaskOptions(retries: policy)) { (value: Int) -> Kind in
                calls.note("key")
                if calls.count("key") <= value { throw TestError("no key") }
                return .billing
            }
            .branch(.billing, text("b")).branch(.tech, text("t")).done().build()
        let engine = try await openEngine()
        #expect(try await engine.run(workflow, id: "i", input: 1).output?.result == "b 1")
        #expect(try await engine.run(workflow, id: "j", input: 99).error?.description == "TestError: no key")
        #expect(calls.count("key") == 4)
    }

    @Test("ROUTE-07: branches of several steps keep each result, and the route has its own")
    func results() async throws {
        let workflow = try Flow("w", input: Int.self)
            .route { (_: Int) in Kind.tech }
            .branch(.billing) { $0.then(adding(1, "b")) }
            .branch(.tech) { $0.then(adding(1, "x1")).then(adding(2, "x2")) }
            .done().then("next") { $0.result * 100 }.build()
        let engine = try await openEngine()
        #expect(try await engine.run(workflow, id: "i", input: 1).output == 400)
        #expect(try await engine.client.result(of: Step("x1"), in: "i", as: Int.self) == 2)
        let envelope = try await engine.client.result(
            of: Step("branch_0"), in: "i", of: workflow, as: BranchEnvelope<Int>.self)
        #expect(envelope == BranchEnvelope(branch: "tech", result: 4))
    }

    @Test("ROUTE-09, ROUTE-10: keys without a branch, branches without a key, and keys used twice are refused")
    func buildErrors() throws {
        let start = Flow("w", input: Int.self).route(keys: ["a"]) { (_: Int) in "a" }
        func text(of flow: FlowBuilder<Int, BranchEnvelope<String>>) -> String {
            #expect(throws: FlowError.self) { try flow.build() }?.description ?? ""
        }
        #expect(
            text(of: start.branch("a", self.text("x")).branch("b", self.text("y")).done())
                == "Branch key 'b' is not in the declared keys: ['a']")
        let missing = Flow("w", input: Int.self).route { (_: Int) in Kind.tech }.branch(.billing, self.text("x")).done()
        #expect(text(of: missing) == "Route: missing branches for keys: tech")
        #expect(
            text(of: start.branch("a", self.text("x")).branch("a", self.text("y")).done()) == "Duplicate branch: 'a'")
        let none = Flow("w", input: Int.self).route(keys: []) { (_: Int) in "a" }.branch("a", self.text("x")).done()
        #expect(text(of: none).contains("Branch key 'a' is not in the declared keys: []"))
        let empty = Flow("w", input: Int.self).route(keys: ["a"]) { (_: Int) in "a" }.branch("a") { $0 }.done()
        #expect(
            #expect(throws: FlowError.self) { try empty.build() }?.description.hasPrefix(
                "Branch must have at least one step") == true)
    }

    @Test(
        "ROUTE-11, ROUTE-12: after a crash in a branch the key function does not run again, and the rest of the branch does",
        arguments: [1, 2])
    func crash(step: Int) async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        func hangingOnce(_ id: String, hangs: Bool, _ number: Int) -> DurableTask<Int, Int> {
            DurableTask(id) { (value: Int) in
                calls.note(id)
                if hangs, calls.count(id) == 1 { try await Task.sleep(for: .seconds(3600)) }
                return value + number
            }
        }
        let workflow = try Flow("w", input: Int.self)
            .route(keys: ["k"]) { (_: Int) in
                calls.note("key")
                return "k"
            }
            .branch("k") {
                $0.then(hangingOnce("p1", hangs: step == 1, 10)).then(hangingOnce("p2", hangs: step == 2, 10))
            }
            .done().build()
        let engine = try await openEngine(on: disk)
        let lost = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("p\(step)") == 1 }
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        lost.cancel()
        _ = await lost.result
        #expect(try await again.resume(workflow, id: "i").output == BranchEnvelope(branch: "k", result: 21))
        #expect(calls.count("key") == 1)
        #expect(calls.count("p1") == (step == 1 ? 2 : 1) && calls.count("p2") == (step == 2 ? 2 : 1))
    }

    @Test("ROUTE-14: a branch without a value gives an envelope without one")
    func emptyResult() async throws {
        let workflow = try Flow("w", input: Int.self).route(keys: ["a"]) { (_: Int) in "a" }
            .branch("a") { $0.then("none") { (_: Int) in Int?.none } }.done().build()
        #expect(
            try await openEngine().run(workflow, id: "i", input: 1).output == BranchEnvelope(branch: "a", result: nil))
    }

    @Test("ROUTE-08: routes are called branch_0, branch_1, …, and the next node comes after the route")
    func names() throws {
        let start = Flow("w", input: Int.self)
        let first = start.route(keys: ["a"]) { (_: Int) in "a" }.branch("a") { $0.then(adding(1, "h")) }.done()
        let workflow = try first.then("unwrap") { $0.result }
            .route(keys: ["a"]) { (_: Int) in "a" }.branch("a") { $0.then(adding(1, "k")) }.done().build()
        #expect(workflow.nodes.map(\.id).filter { $0.rawValue.hasPrefix("branch_") }.count == 4)
        #expect(workflow.nodes.first { $0.id == "unwrap" }?.predecessor == "branch_0")
        #expect(workflow.nodes.first { $0.id == "branch_1" }?.predecessor == "unwrap")
    }

    @Test("ROUTE-07: retries are honoured in branches")
    func retriesInBranch() async throws {
        let calls = Calls()
        let policy = RetryPolicy(maxRetries: 1, initialDelay: .zero)
        let workflow = try Flow("w", input: Int.self).route(keys: ["a"]) { (_: Int) in "a" }
            .branch("a") { $0.then(failing(1, "t", retries: policy, calls)) }.done().build()
        #expect(try await openEngine().run(workflow, id: "i", input: 7).output?.result == 7)
        #expect(calls.count("t") == 2)
    }

    @Test("ROUTE-14: a route in the middle of a chain")
    func chain() async throws {
        let workflow = try Flow("w", input: Int.self).then(adding(10, "plus"))
            .route(keys: ["small", "large"]) { (value: Int) in value < 100 ? "small" : "large" }
            .branch("small") { $0.then("times") { $0 * 10 } }.branch("large") { $0.then("same") { $0 } }.done()
            .then("unwrap") { $0.result }.then("double") { $0 * 2 }.build()
        #expect(try await runWorkflow(workflow, 5) == 300)
    }

    @Test("PAU-09: paused within the chosen branch, a route goes on where it was, and nothing runs again")
    func pausedWithinBranch() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self)
            .route(keys: ["a"]) { (_: Int) in
                calls.note("key")
                return "a"
            }
            .branch("a") {
                $0.then("x1") { (value: Int) in
                    calls.note("x1")
                    try await waitUntil { calls.count("open") > 0 }
                    return value + 1
                }.then(adding(10, "x2", calls))
            }
            .done().build()
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("x1") == 1 }
        try await engine.client.pause("i")
        calls.note("open")
        #expect(try await running.value.isPaused)
        try await engine.client.unpause("i")
        #expect(try await engine.resume(workflow, id: "i").output == BranchEnvelope(branch: "a", result: 12))
        #expect(calls.all == ["key", "x1", "open", "x2"])
    }
}
