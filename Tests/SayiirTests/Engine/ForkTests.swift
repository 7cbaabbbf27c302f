import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct ForkTests {
    private func task(_ id: String, _ calls: Calls? = nil, _ body: @escaping @Sendable (Int) -> Int) -> DurableTask<
        Int, Int
    > {
        DurableTask(id) { (value: Int) in
            calls?.note(id)
            return body(value)
        }
    }

    @Test("FORK-01, FORK-02, FORK-03, FORK-08: branches get the fork's input, the join gets what each last step gave")
    func typedJoin() async throws {
        let workflow = try Flow("w", input: Int.self)
            .fork(
                Branch { $0.then(task("step_a") { $0 * 10 }).then(task("step_b") { $0 + 1 }) },
                Branch("named") { $0.then("text") { "<\($0)>" } },
                Branch(task("branch_a") { $0 + 10 })
            )
            .join("collect") { (number: Int, text: String, other: Int) in "\(number) \(text) \(other)" }
            .then("end") { $0 }
            .build()
        #expect(try await runWorkflow(workflow, 5) == "51 <5> 15")
        #expect(try await openEngine().run(workflow, id: "i", input: 5).output == "51 <5> 15")
        // The fork is called after its first nodes, and each node after the one whose output it takes.
        #expect(
            workflow.nodes.map { "\($0.id) \($0.kind.rawValue) \($0.predecessor?.rawValue ?? "-")" } == [
                "step_a||text||branch_a fork -", "step_a task step_a||text||branch_a", "step_b task step_a",
                "text task step_a||text||branch_a", "branch_a task step_a||text||branch_a",
                "collect task step_a||text||branch_a", "end task collect",
            ])
    }

    @Test(
        "FORK-02, FORK-04: by name, branches are called after their first node, in declared order, empty results included"
    )
    func joinByName() async throws {
        let workflow = try Flow("w", input: Int.self)
            .fork(
                Branch(task("p") { $0 + 20 }),
                Branch { $0.then(task("r") { $0 + 1 }).then(task("r2") { $0 + 100 }) },
                Branch { $0.then("s") { (_: Int) in Int?.none } }
            )
            .join(byName: "j") { results in
                let s = try results["s", as: Int?.self]
                return
                    "\(results.names) \(try results["p", as: Int.self]) \(try results["r", as: Int.self]) \(s == nil)"
            }
            .build()
        #expect(try await runWorkflow(workflow, 1) == #"["p", "r", "s"] 21 102 true"#)
    }

    @Test("a name or type that is not there fails the join with what there is")
    func wrongName() async throws {
        func workflow(_ body: @escaping @Sendable (BranchResults) throws -> Int) throws -> Workflow<Int, Int> {
            try Flow("w", input: Int.self).fork(Branch(task("p") { $0 }), Branch(task("q") { $0 }))
                .join(byName: "j") { try body($0) }.build()
        }
        let engine = try await openEngine()
        let unknown = try await engine.run(workflow { try $0["zz", as: Int.self] }, id: "a", input: 1)
        #expect(unknown.error?.description == "BranchResultError: Branch 'zz' not found (there are 'p', 'q')")
        let other = try await engine.run(workflow { try $0["p", as: [Int].self].count }, id: "b", input: 1)
        #expect(other.description.contains("stuck at 'j' (a 'json' value cannot be decoded as Array<Int>"), "\(other)")
    }

    @Test(
        "FORK-06: one branch is a fork too, and two may follow each other; an array of branches is joined as an array")
    func shapes() async throws {
        let one = try Flow("w", input: Int.self).fork(Branch(task("only") { $0 + 1 })).join("j") { (value: Int) in
            value * 2
        }
        .fork((0..<3).map { number in Branch(task("b\(number)") { $0 + number }) }).join("k") { (all: [Int]) in all }
        .build()
        #expect(try await runWorkflow(one, 1) == [4, 5, 6])
    }

    @Test("FORK-19: two stages of scatter and gather")
    func twoStages() async throws {
        let workflow = try Flow("w", input: Int.self)
            .fork(
                Branch(task("fib") { _ in 55 }), Branch(task("tri") { $0 * ($0 + 1) / 2 }),
                Branch(task("sq") { $0 * $0 }), Branch(task("dbl") { $0 * 2 })
            )
            .join("sum") { (a: Int, b: Int, c: Int, d: Int) in a + b + c + d }
            .then(task("inc") { $0 + 1 })
            .fork(Branch(task("halve") { $0 / 2 }), Branch(task("mod") { $0 % 1000 }))
            .join("mix") { (a: Int, b: Int) in a * 1000 + b }
            .then(task("triple") { $0 * 3 })
            .build()
        #expect(try await runWorkflow(workflow, 10) == 345_693)
    }

    @Test("FORK-05: branches run at the same time, and the result does not depend on who ends first")
    func parallel() async throws {
        let calls = Calls()
        func meeting(_ id: String, _ other: String) -> DurableTask<Int, Int> {
            DurableTask(id) { (value: Int) in
                calls.note(id)
                try await waitUntil { calls.count(other) > 0 }
                return value
            }
        }
        let workflow = try Flow("w", input: Int.self)
            .fork(Branch(meeting("a", "b")), Branch(meeting("b", "a"))).join("j") { (a: Int, b: Int) in a + b }.build()
        #expect(try await openEngine().run(workflow, id: "i", input: 4).output == 8)
    }

    @Test(
        "FORK-10, CLI-03: a branch that fails for good fails the workflow; the others are cancelled, the join does not run"
    )
    func failingBranch() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self)
            .fork(
                Branch(task("good", calls) { $0 + 2 }),
                Branch {
                    $0.then("bad") { (_: Int) -> Int in
                        try await waitUntil { calls.count("hangs") > 0 && calls.count("good") > 0 }
                        throw TestError("boom")
                    }
                },
                Branch(hanging("hangs", calls))
            )
            .join("j") { (a: Int, b: Int, c: Int) in
                calls.note("j")
                return a
            }.build()
        let engine = try await openEngine()
        let status = try await engine.run(workflow, id: "i", input: 1)
        #expect(status.error?.description == "TestError: boom")
        #expect(calls.count("j") == 0)
        #expect(try await engine.resume(workflow, id: "i").error?.description == "TestError: boom")
        #expect(calls.all.count == 2)
        // The good one's result stays; a fork has none.
        #expect(try await engine.client.result(of: Step("good"), in: "i", as: Int.self) == 3)
        #expect(
            try await engine.client.result(of: Step("good||bad||hangs"), in: "i", of: workflow, as: Int.self) == nil)
    }

    @Test("FORK-11: cancelled while branches run, they end and are stored, and the join does not begin")
    func cancelled() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self)
            .fork(
                Branch {
                    $0.then("p") { (value: Int) in
                        calls.note("p")
                        await waitIgnoringCancellation { calls.count("open") > 0 }
                        return value + 1
                    }
                }, Branch(task("q", calls) { $0 + 2 })
            )
            .join("j") { (a: Int, b: Int) in
                calls.note("j")
                return a + b
            }.build()
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("p") + calls.count("q") == 2 }
        try await engine.client.cancel("i")
        calls.note("open")
        #expect(try await running.value.isCancelled)
        #expect(calls.count("j") == 0)
        #expect(try await engine.client.result(of: Step("p"), in: "i", as: Int.self) == 2)
        #expect(try await engine.client.result(of: Step("q"), in: "i", as: Int.self) == 3)
    }

    @Test(
        "FORK-13, FORK-14, STO-04: after a crash in a branch the others do not run again, and it runs with its own input",
        arguments: [true, false])
    func crashInBranch(isFirst: Bool) async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        let start = isFirst ? Flow("w", input: Int.self) : Flow("w", input: Int.self).then(task("a", calls) { $0 + 2 })
        let workflow =
            try start
            .fork(
                Branch(task("p", calls) { $0 * 10 }),
                Branch {
                    $0.then("q") { (value: Int) in
                        calls.note("q")
                        if calls.count("q") == 1 { try await Task.sleep(for: .seconds(3600)) }
                        return value + 100
                    }
                }
            )
            .join("j") { (p: Int, q: Int) in
                calls.note("j")
                return [p, q]
            }.build()
        let engine = try await openEngine(on: disk)
        let lost = Task { try await engine.run(workflow, id: "i", input: isFirst ? 3 : 1) }
        try await waitUntil {
            (try? await engine.client.result(of: Step("p"), in: "i", as: Int.self)) ?? nil != nil
                && calls.count("q") == 1
        }
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        lost.cancel()
        _ = await lost.result
        #expect(try await again.resume(workflow, id: "i").output == [30, 103])
        #expect(calls.count("p") == 1 && calls.count("q") == 2 && calls.count("j") == 1)
    }

    @Test("FORK-16: after a crash in the join the branches do not run again")
    func crashInJoin() async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self).fork(
            Branch(task("p", calls) { $0 }), Branch(task("q", calls) { $0 + 1 })
        )
        .join("j") { (p: Int, q: Int) in
            calls.note("j")
            if calls.count("j") == 1 { try await Task.sleep(for: .seconds(3600)) }
            return p * 10 + q
        }.then(task("z") { $0 }).build()
        let engine = try await openEngine(on: disk)
        let lost = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("j") == 1 }
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        lost.cancel()
        _ = await lost.result
        #expect(try await again.resume(workflow, id: "i").output == 12)
        #expect(calls.count("p") == 1 && calls.count("q") == 1 && calls.count("j") == 2)
    }

    @Test("FORK-18: retries are honoured in branches and joins, each branch waiting by itself")
    func retries() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let policy = RetryPolicy(maxRetries: 2, initialDelay: .seconds(1))
        let workflow = try Flow("w", input: Int.self)
            .fork(Branch(failing(2, "p", retries: policy, calls)), Branch(failing(1, "q", retries: policy, calls)))
            .join("j", options: TaskOptions(retries: policy)) { (p: Int, q: Int) in
                calls.note("j")
                if calls.count("j") < 3 { throw TestError("again") }
                return p + q
            }.build()
        let engine = try await openEngine(clock: clock)
        let status = try await clock.skippingSleep { try await engine.run(workflow, id: "i", input: 1) }
        #expect(status.output == 2)
        #expect(calls.count("p") == 3 && calls.count("q") == 2 && calls.count("j") == 3)
    }

    @Test(
        "DFORK-01, DFORK-04, DFORK-08: a branch that waits parks the instance when the others have ended; what ended is stored"
    )
    func waitingBranch() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self)
            .fork(
                Branch(task("branch_a", calls) { $0 * 2 }),
                Branch {
                    $0.then(task("before", calls) { $0 + 1 }).delay("nap", .seconds(3600)).then(
                        task("after", calls) { $0 * 100 })
                },
                Branch { $0.waitForSignal("go", of: Int.self) },
                Branch { $0.loop(as: "count") { $0.then("body") { $0 < 3 ? LoopResult.again($0 + 1) : .done($0) } } }
            )
            .join("j") { (a: Int, b: Int, c: Int, d: Int) in [a, b, c, d] }.build()
        let engine = try await openEngine(on: disk, clock: clock)
        let status = try await engine.run(workflow, id: "i", input: 0)
        let until = clock.now + .seconds(3600)
        #expect(status.status == .waiting(step: Step("nap"), until: until))
        #expect(calls.all.sorted() == ["before", "branch_a"])
        #expect(try await engine.resume(workflow, id: "i").status == .waiting(step: Step("nap"), until: until))
        #expect(try await engine.client.result(of: Step("count"), in: "i", of: workflow, as: Int.self) == 3)
        #expect(try await engine.client.result(of: Step("nap"), in: "i", of: workflow, as: Int.self) == 1)
        try await engine.client.signal("go", to: "i", payload: 7)
        let again = try await openEngine(on: disk.crash(keeping: .nothing), clock: clock)
        clock.advance(by: .seconds(3600))
        #expect(try await again.resume(workflow, id: "i").output == [0, 100, 7, 3])
        #expect(calls.all.sorted() == ["after", "before", "branch_a"])
    }

    @Test("a signal and a due delay are taken while another branch still runs")
    func waitsBesideRunning() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self)
            .fork(
                Branch {
                    $0.then("long") { (value: Int) in
                        try await waitUntil { calls.count("signalled") > 0 && calls.count("delayed") > 0 }
                        return value
                    }
                },
                Branch { $0.waitForSignal("go", of: Int.self).then(task("signalled", calls) { $0 }) },
                Branch { $0.delay("nap", .seconds(5)).then(task("delayed", calls) { $0 }) }
            )
            .join("j") { (a: Int, b: Int, c: Int) in a + b + c }.build()
        let engine = try await openEngine(clock: clock)
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        await clock.waitForSleepers()
        try await engine.client.signal("go", to: "i", payload: 10)
        try await waitUntil { calls.count("signalled") == 1 }
        clock.advance(by: .seconds(5))
        #expect(try await running.value.output == 12)
    }

    @Test("FORK-09, FORK-17, VAL-02, VAL-03: ids and names used twice, and branches without steps, are refused")
    func buildErrors() throws {
        let twice = Flow("w", input: Int.self).fork(Branch(task("count") { $0 }), Branch(task("count") { $0 }))
            .join("j") { (a: Int, b: Int) in a + b }
        #expect(
            #expect(throws: FlowError.self) { try twice.build() }?.problems == [
                .duplicateID("count"), .duplicateBranch("count"),
            ])
        let join = Flow("w", input: Int.self).fork(Branch(task("a") { $0 })).join("a") { (a: Int) in a }
        #expect(#expect(throws: FlowError.self) { try join.build() }?.description == "Duplicate task id: 'a'")
        let empty = Flow("w", input: Int.self).fork(Branch(task("a") { $0 }), Branch { $0 }).join("j") {
            (a: Int, b: Int) in a
        }
        #expect(
            #expect(throws: FlowError.self) { try empty.build() }?.description.hasPrefix(
                "Branch must have at least one step") == true)
        let none = Flow("w", input: Int.self).fork([Branch<Int, Int>]()).join("j") { (all: [Int]) in all.count }
        #expect(
            #expect(throws: FlowError.self) { try none.build() }?.description == "Fork must have at least one branch")
    }

    @Test("A fork of any number of branches gives their outputs in the order of their declaration")
    func numbersOfBranches() async throws {
        func branch(_ number: Int) -> Branch<Int, Int> {
            Branch(DurableTask("b\(number)") { (value: Int) in value + number })
        }
        let start = Flow("w", input: Int.self)
        let flows = [
            start.fork(branch(0)).join("j") { [$0] },
            start.fork(branch(0), branch(1)).join("j") { [$0, $1] },
            start.fork(branch(0), branch(1), branch(2)).join("j") { [$0, $1, $2] },
            start.fork(branch(0), branch(1), branch(2), branch(3)).join("j") { [$0, $1, $2, $3] },
            start.fork(branch(0), branch(1), branch(2), branch(3), branch(4)).join("j") { [$0, $1, $2, $3, $4] },
        ]
        for (number, flow) in flows.enumerated() {
            #expect(try await runWorkflow(flow.build(), 10) == Array(10...(10 + number)))
        }
        let six = start.fork(branch(0), branch(1), branch(2), branch(3), branch(4), branch(5))
        #expect(try await runWorkflow(six.join("j") { [$0, $1, $2, $3, $4, $5] }.build(), 0) == Array(0..<6))
        let seven = start.fork(branch(0), branch(1), branch(2), branch(3), branch(4), branch(5), branch(6))
        #expect(try await runWorkflow(seven.join("j") { [$0, $1, $2, $3, $4, $5, $6] }.build(), 0) == Array(0..<7))
        let eight = start.fork(branch(0), branch(1), branch(2), branch(3), branch(4), branch(5), branch(6), branch(7))
        #expect(
            try await runWorkflow(eight.join("j") { [$0, $1, $2, $3, $4, $5, $6, $7] }.build(), 0) == Array(0..<8))
        let ten = start.fork(
            branch(0), branch(1), branch(2), branch(3), branch(4), branch(5), branch(6), branch(7), branch(8), branch(9)
        )
        #expect(
            try await runWorkflow(ten.join("j") { [$0, $1, $2, $3, $4, $5, $6, $7, $8, $9] }.build(), 0)
                == Array(0..<10))
    }

    @Test("FORK-07: branches of functions without names are called lambda_0, lambda_1, …, over the whole flow")
    func anonymousBranches() async throws {
        let workflow = try Flow("w", input: Int.self)
            .fork(Branch { $0.thenLambda { $0 + 10 } }, Branch { $0.thenLambda { $0 + 20 } })
            .join(byName: "j") { results in
                #expect(results.names == ["lambda_0", "lambda_1"])
                return try results["lambda_0", as: Int.self] + results["lambda_1", as: Int.self]
            }
            .thenLambda { $0 }.build()
        #expect(try await runWorkflow(workflow, 5) == 40)
        #expect(workflow.nodes.map(\.id) == ["lambda_0||lambda_1", "lambda_0", "lambda_1", "j", "lambda_2"])
    }

    /// Two branches of two steps, of which `p1` waits for the gate.
    private func gated(_ calls: Calls) throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self)
            .fork(
                Branch {
                    $0.then("p1") { (value: Int) in
                        calls.note("p1")
                        await waitIgnoringCancellation { calls.count("open") > 0 }
                        return value + 1
                    }.then(task("p2", calls) { $0 + 10 })
                }, Branch(task("q", calls) { $0 + 2 })
            )
            .join("j") { (p: Int, q: Int) in
                calls.note("j")
                return p * 100 + q
            }.build()
    }

    @Test("CAN-11, FORK-11: cancelled within a branch, its task under way ends, and its next one does not begin")
    func cancelledWithinBranch() async throws {
        let calls = Calls()
        let workflow = try gated(calls)
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("p1") + calls.count("q") == 2 }
        try await engine.client.cancel("i")
        calls.note("open")
        #expect(try await running.value.isCancelled)
        #expect(calls.count("p2") == 0 && calls.count("j") == 0)
        #expect(try await engine.client.result(of: Step("p1"), in: "i", as: Int.self) == 2)
    }

    @Test("PAU-09: paused within a branch, a fork goes on where it was, and nothing runs again")
    func pausedWithinBranch() async throws {
        let calls = Calls()
        let workflow = try gated(calls)
        let engine = try await openEngine()
        let running = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("p1") + calls.count("q") == 2 }
        try await engine.client.pause("i")
        calls.note("open")
        #expect(try await running.value.isPaused)
        #expect(calls.count("j") == 0)
        try await engine.client.unpause("i")
        #expect(try await engine.resume(workflow, id: "i").output == 1203)
        for id in ["p1", "p2", "q", "j"] { #expect(calls.count(id) == 1) }
    }

    @Test(
        "DFORK-05: A fork that waits still waits when it is resumed early, and is cancelled or paused at once",
        arguments: [true, false])
    func stoppedWhileParked(cancels: Bool) async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self)
            .fork(Branch(task("p", calls) { $0 }), Branch { $0.delay("nap", .seconds(60)) })
            .join("j") { (p: Int, nap: Int) in p + nap }.build()
        let engine = try await openEngine(clock: clock)
        let parked = try await engine.run(workflow, id: "i", input: 1).status
        #expect(parked == .waiting(step: Step("nap"), until: clock.now + .seconds(60)))
        #expect(try await engine.resume(workflow, id: "i").status == parked)
        if cancels { try await engine.client.cancel("i") } else { try await engine.client.pause("i") }
        #expect(try await engine.client.status(of: "i").name == (cancels ? "cancelled" : "paused"))
        let status = try await engine.resume(workflow, id: "i")
        #expect(cancels ? status.isCancelled : status.isPaused)
        guard !cancels else { return }
        try await engine.client.unpause("i")
        clock.advance(by: .seconds(60))
        #expect(try await engine.resume(workflow, id: "i").output == 2)
        #expect(calls.all == ["p"])
    }
}
