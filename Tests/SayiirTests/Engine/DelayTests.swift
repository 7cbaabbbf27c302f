import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct DelayTests {
    @Test(
        "DELAY-01, DELAY-02, DELAY-03: the instance waits until the moment that is stored, and the value passes through"
    )
    func parks() async throws {
        let calls = Calls()
        let clock = VirtualClock()
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).delay("d", .milliseconds(200))
            .then("b") { $0 * 2 }.build()
        let engine = try await openEngine(on: disk, clock: clock)
        let expected = InstanceStatus.waiting(step: Step("d"), until: clock.now + .milliseconds(200))
        #expect(try await engine.run(workflow, id: "i", input: 1).status == expected)
        clock.advance(by: .milliseconds(199))
        #expect(try await engine.resume(workflow, id: "i").status == expected)
        #expect(try await engine.client.result(of: Step("d"), in: "i", of: workflow, as: Int.self) == 2)
        clock.advance(by: .milliseconds(1))
        #expect(try await engine.client.status(of: "i") == expected)
        let again = try await openEngine(on: disk.crash(keeping: .nothing), clock: clock)
        #expect(try await again.resume(workflow, id: "i").output == 4)
        #expect(calls.count("a") == 1)
    }

    @Test("DELAY-04: in memory delays are waited for")
    func inMemory() async throws {
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self).then("a") { $0 + 3 }.delay("d", .seconds(86_400))
            .delay("e", .seconds(86_400)).then("b") { $0 * 10 }.build()
        let start = clock.now
        #expect(try await clock.skippingSleep { try await runWorkflow(workflow, 7, clock: clock) } == 100)
        #expect(clock.now - start >= .seconds(2 * 86_400))
    }

    @Test(
        "DELAY-05, DELAY-06, DELAY-07: delays without length, at the start, alone, one after the other and at the end")
    func places() async throws {
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        let zero = try Flow("w", input: Int.self).delay("d", .zero).build()
        #expect(try await engine.run(zero, id: "i", input: 14).status.name == "waiting")
        #expect(try await engine.resume(zero, id: "i").output == 14)
        let two = try Flow("w", input: Int.self).delay("d", .seconds(1)).delay("d2", .seconds(1)).build()
        let first = clock.now
        #expect(
            try await engine.run(two, id: "j", input: 7).status == .waiting(step: Step("d"), until: first + .seconds(1))
        )
        clock.advance(by: .seconds(1))
        #expect(try await engine.resume(two, id: "j").status == .waiting(step: Step("d2"), until: first + .seconds(2)))
        clock.advance(by: .seconds(1))
        let done = try await engine.resume(two, id: "j")
        #expect(done.output == 7)
        #expect(try await engine.client.status(of: "j", as: two).output == 7)
        let last = try Flow("w", input: Int.self).then(adding(1, "a")).delay("d", .zero).build()
        _ = try await engine.run(last, id: "k", input: 1)
        #expect(try await engine.resume(last, id: "k").output == 2)
        #expect(try await engine.client.state(of: "k").output?.bytes == [UInt8(ascii: "2")])
    }

    @Test("DELAY-08, DELAY-11, DELAY-12: ids used twice, and lengths that are negative or absurd, are refused")
    func buildErrors() throws {
        func text(_ flow: FlowBuilder<Int, Int>) -> String {
            #expect(throws: FlowError.self) { try flow.build() }?.description ?? ""
        }
        let flow = Flow("w", input: Int.self)
        #expect(text(flow.then(adding(1, "d")).delay("d", .zero)) == "Duplicate task id: 'd'")
        #expect(text(flow.delay("d", .zero).delay("d", .zero)) == "Duplicate task id: 'd'")
        #expect(text(flow.delay("d", .seconds(-1))) == "Delay 'd': delay duration must be a finite non-negative number")
        #expect(
            text(flow.delay("d", .seconds(1_000_000_000_000_000)))
                == "Delay 'd': delay duration must not be longer than 200 years")
        _ = try flow.delay("d", .seconds(1_000_000_000)).build()
        #expect(try flow.delay("d", .seconds(5)).build().nodes[0].timeout == .seconds(5))
    }

    @Test(
        "CAN-01, PAU-02: Cancelling or pausing an instance that waits and that nobody runs takes effect at once",
        arguments: [true, false])
    func stopping(cancels: Bool) async throws {
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        let workflow = try Flow("w", input: Int.self).delay("d", .seconds(60)).build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        if cancels {
            try await engine.client.cancel("i", by: "me", reason: "why")
        } else {
            try await engine.client.pause("i", by: "me", reason: "why")
        }
        #expect(try await engine.client.status(of: "i").name == (cancels ? "cancelled" : "paused"))
        let status = try await engine.resume(workflow, id: "i")
        #expect(cancels ? status.isCancelled : status.isPaused)
        #expect(status.request?.reason == "why" && status.request?.actor == "me")
        #expect(try await engine.resume(workflow, id: "i").status == status.status)
        if cancels { #expect(try await engine.client.state(of: "i").interruptedStep == Step("d")) }
        guard !cancels else { return }
        try await engine.client.unpause("i")
        clock.advance(by: .seconds(60))
        #expect(try await engine.resume(workflow, id: "i").output == 1)
    }
}
