import Foundation
import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct LoopTests {
    private func countdown(_ calls: Calls) -> DurableTask<Int, LoopResult<Int>> {
        DurableTask("body") { (value: Int) in
            calls.note("\(value)")
            return value <= 0 ? .done(value) : .again(value - 1)
        }
    }

    private func endless(_ calls: Calls) -> DurableTask<Int, LoopResult<Int>> {
        DurableTask("body") { (value: Int) in
            calls.note("body")
            return .again(value + 1)
        }
    }

    @Test("LOOP-01, LOOP-11: the body is repeated with its own value until it is done")
    func repeats() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).loop(countdown(calls)).build()
        #expect(try await runWorkflow(workflow, 3) == 0)
        #expect(calls.all == ["3", "2", "1", "0"])
        let once = try Flow("w", input: Int.self).loop { $0.then("b") { LoopResult.done($0 * 2) } }.build()
        #expect(try await openEngine().run(once, id: "i", input: 21).output == 42)
        #expect(
            workflow.nodes.map { "\($0.id) \($0.kind.rawValue) \($0.predecessor?.rawValue ?? "-")" }
                == ["loop_0 loop -", "body task loop_0"])
    }

    @Test(
        "LOOP-02, LOOP-03, LOOP-04, LOOP-05: at the limit the workflow fails, or the loop ends with the last value",
        arguments: [
            (3, OnMax.fail, 0), (3, .exitWithLast, 0), (1, .fail, 0), (1, .exitWithLast, 0), (10, .fail, 0),
            (3, .exitWithLast, 5),
        ])
    func limit(max: Int, policy: OnMax, input: Int) async throws {
        let calls = Calls()
        let flow = Flow("w", input: Int.self)
        let workflow =
            try max == 10
            ? flow.loop(endless(calls)).build() : flow.loop(endless(calls), maxIterations: max, onMax: policy).build()
        let status = try await openEngine().run(workflow, id: "i", input: input)
        #expect(calls.count("body") == max)
        if policy == .fail {
            #expect(status.error?.description == "Loop 'loop_0' exceeded max iterations (\(max))")
        } else {
            #expect(status.output == input + max)
        }
    }

    @Test("LOOP-04: done at the last iteration that is allowed is done")
    func doneAtLimit() async throws {
        let workflow = try Flow("w", input: Int.self).loop(countdown(Calls()), maxIterations: 4).build()
        #expect(try await runWorkflow(workflow, 3) == 0)
    }

    @Test("LOOP-05: a limit below one is refused")
    func buildErrors() {
        let flow = Flow("w", input: Int.self).loop(countdown(Calls()), maxIterations: 0)
        #expect(
            #expect(throws: FlowError.self) { try flow.build() }?.description
                == "Loop 'loop_0': max_iterations must be at least 1")
        #expect(OnMax.allCases.map(\.rawValue) == ["fail", "exit_with_last"])
    }

    @Test("LOOP-06, LOOP-07: loops stand between other steps, and carry any value")
    func values() async throws {
        let chain = try Flow("w", input: Int.self).then("setup") { $0 * 2 }
            .loop { $0.then("c") { $0 <= 1 ? LoopResult.done($0 - 1) : .again($0 - 1) } }
            .then("end") { $0 + 100 }.build()
        #expect(try await runWorkflow(chain, 3) == 100)
        let text = try Flow("w", input: String.self)
            .loop { $0.then("c") { $0.count < 5 ? LoopResult.again($0 + "x") : .done($0) } }.build()
        #expect(try await runWorkflow(text, "") == "xxxxx")
        let optional = try Flow("w", input: Int?.self)
            .loop { $0.then("c") { (value: Int?) in value == nil ? LoopResult.done(-1) : .again(nil) } }.build()
        #expect(try await openEngine().run(optional, id: "i", input: 42).output == .some(-1))
    }

    @Test("LOOP-08, LOOP-09: a result is stored as a tag and a value, and nothing else is read as one")
    func wire() throws {
        let codec = JSONCodec()
        #expect(
            String(decoding: try codec.encode(LoopResult.again(3)), as: UTF8.self) == #"{"_loop":"again","value":3}"#)
        #expect(try codec.decode(LoopResult<Int>.self, from: Array(#"{"value":4,"_loop":"done"}"#.utf8)) == .done(4))
        for text in [#"{"_loop":"maybe","value":1}"#, #"{"_loop":"done"}"#, "3", "null", "[]"] {
            #expect(throws: DecodingError.self) { try codec.decode(LoopResult<Int>.self, from: Array(text.utf8)) }
        }
        #expect(LoopResult.again(1).isAgain && LoopResult.done(1).isDone && LoopResult.done(1).value == 1)
    }

    @Test("LOOP-10: retries count for each iteration by itself")
    func retries() async throws {
        let calls = Calls()
        let policy = RetryPolicy(maxRetries: 1, initialDelay: .zero)
        let body = DurableTask("body", retries: policy) { (value: Int) -> LoopResult<Int> in
            calls.note("\(value)")
            // Every iteration fails once.
            if calls.count("\(value)") == 1 { throw TestError("again") }
            return value < 2 ? .again(value + 1) : .done(value)
        }
        let engine = try await openEngine()
        #expect(try await engine.run(Flow("w", input: Int.self).loop(body).build(), id: "i", input: 0).output == 2)
        #expect(calls.all == ["0", "0", "1", "1", "2", "2"])
        let failing = DurableTask("body") { (value: Int) -> LoopResult<Int> in
            if value == 1 { throw TestError("boom") }
            return .again(value + 1)
        }
        #expect(
            try await engine.run(Flow("w", input: Int.self).loop(failing).build(), id: "j", input: 0).error?.description
                == "TestError: boom")
    }

    @Test("LOOP-12, LOOP-19: a loop that is done does not run again, and its result is its own")
    func done() async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self).loop(countdown(calls)).then("after") { (value: Int) in
            calls.note("after")
            if calls.count("after") == 1 { try await Task.sleep(for: .seconds(3600)) }
            return value
        }.build()
        let engine = try await openEngine(on: disk)
        let lost = Task { try await engine.run(workflow, id: "i", input: 2) }
        try await waitUntil { calls.count("after") == 1 }
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        lost.cancel()
        _ = await lost.result
        #expect(try await again.resume(workflow, id: "i").output == 0)
        #expect(calls.all == ["2", "1", "0", "after", "after"])
        #expect(try await again.client.result(of: Step("loop_0"), in: "i", of: workflow, as: Int.self) == 0)
    }

    @Test(
        "LOOP-13, LOOP-14, LOOP-15, LOOP-17: after a crash the loop goes on with the iteration under way and its value",
        arguments: [0, 1, 3])
    func crash(iteration: Int) async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        let victim = 5 - iteration
        let body = DurableTask("body") { (value: Int) -> LoopResult<Int> in
            calls.note("\(value)")
            if value == victim, calls.count("\(value)") == 1 { try await Task.sleep(for: .seconds(3600)) }
            return value <= 0 ? .done(value) : .again(value - 1)
        }
        // Six iterations, no more: those before the crash count.
        let workflow = try Flow("w", input: Int.self).then(adding(0, "a")).loop(body, maxIterations: 6)
            .then("z") { "end \($0)" }.build()
        let engine = try await openEngine(on: disk)
        let lost = Task { try await engine.run(workflow, id: "i", input: 5) }
        try await waitUntil { calls.count("\(victim)") == 1 }
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        lost.cancel()
        _ = await lost.result
        #expect(try await again.resume(workflow, id: "i").output == "end 0")
        for value in 0...5 { #expect(calls.count("\(value)") == (value == victim ? 2 : 1)) }
    }

    @Test("LOOP-18, PAU-09: paused between iterations, a loop goes on where it was")
    func pause() async throws {
        let calls = Calls()
        let engine = try await openEngine()
        let body = DurableTask("body") { (value: Int) -> LoopResult<Int> in
            calls.note("\(value)")
            if value == 1 { try await waitUntil { calls.count("open") > 0 } }
            return value < 3 ? .again(value + 1) : .done(value)
        }
        let workflow = try Flow("w", input: Int.self).loop(body).build()
        let running = Task { try await engine.run(workflow, id: "i", input: 0) }
        try await waitUntil { calls.count("1") == 1 }
        try await engine.client.pause("i")
        calls.note("open")
        #expect(try await running.value.isPaused)
        try await engine.client.unpause("i")
        #expect(try await engine.resume(workflow, id: "i").output == 3)
        #expect(calls.all == ["0", "1", "open", "2", "3"])
    }

    @Test("loops in loops count each by itself, a thousand iterations work")
    func nested() async throws {
        let inner = try Flow("w", input: Int.self).loop(as: "outer", maxIterations: 3) { outer in
            outer.loop(as: "inner", maxIterations: 5) {
                $0.then("step") { ($0 + 1) % 4 == 0 ? LoopResult.done($0 + 1) : .again($0 + 1) }
            }
            .then("decide") { $0 >= 12 ? LoopResult.done($0) : .again($0) }
        }.build()
        let engine = try await openEngine()
        #expect(try await engine.run(inner, id: "i", input: 0).output == 12)
        #expect(try await engine.client.state(of: "i").steps[Step("step", indices: [2, 3])]?.isCompleted == true)
        let long = try Flow("w", input: Int.self).loop(maxIterations: 1000) {
            $0.then("n") { $0 == 999 ? LoopResult.done($0) : .again($0 + 1) }
        }.build()
        #expect(try await engine.run(long, id: "j", input: 0).output == 999)
    }

    @Test("LOOP-11: two loops are called loop_0 and loop_1, and the second begins with the value of the first")
    func two() async throws {
        let workflow = try Flow("w", input: Int.self)
            .loop { $0.then("plus") { LoopResult.done($0 + 1) } }
            .loop { $0.then("times") { LoopResult.done($0 * 10) } }.then("end") { $0 }.build()
        #expect(try await openEngine().run(workflow, id: "i", input: 1).output == 20)
        #expect(
            workflow.nodes.map { "\($0.id) \($0.predecessor?.rawValue ?? "-")" } == [
                "loop_0 -", "plus loop_0", "loop_1 loop_0", "times loop_1", "end loop_1",
            ])
    }
}
