import Sayiir
import SayiirTesting
import TestSupport
import Testing

@testable import CrashEquivalence

@Suite struct SignalTests {
    private func workflow(timeout: Duration? = nil) throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then(adding(1, "a")).waitForSignal(
            "s", of: Int.self, as: "node", timeout: timeout
        )
        .then("b") { $0 * 10 }.build()
    }

    @Test("SIG-01, SIG-02, SIG-03: the instance waits for the signal, whose payload takes the place of the value")
    func waits() async throws {
        let engine = try await openEngine()
        let expected = InstanceStatus.awaitingSignal(step: Step("node"), signal: "s", deadline: nil)
        #expect(try await engine.run(workflow(), id: "i", input: 1).status == expected)
        #expect(try await engine.resume(workflow(), id: "i").status == expected)
        try await engine.client.signal("s", to: "i", payload: 42)
        #expect(try await engine.client.status(of: "i") == expected)
        #expect(try await engine.resume(workflow(), id: "i").output == 420)
        #expect(try await engine.client.result(of: Step("node"), in: "i", as: Int.self) == 42)
        #expect(try await engine.client.result(of: Step("s"), in: "i", as: Int.self) == nil)
        // The wait is called after its signal, if it has no name.
        #expect(try Flow("w", input: Int.self).waitForSignal("s", of: Int.self).build().nodes.map(\.id) == ["s"])
    }

    @Test("SIG-04: a signal may come before the wait, and before the instance")
    func early() async throws {
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        try await engine.client.signal("s", to: "i", payload: 7)
        await #expect(throws: WorkflowError.self) { try await engine.client.status(of: "i") }
        await #expect(throws: WorkflowError.self) { try await engine.client.cancel("i") }
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        #expect(try await again.run(workflow(), id: "i", input: 1).output == 70)
        #expect(try await again.client.history(of: "i").map(\.event.body.kindName).contains("signal_awaited") == false)
    }

    @Test("SIG-05, STO-05: signals are consumed in the order of their arrival, each name and instance by itself")
    func order() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).waitForSignal("s", of: Int.self, as: "one").then("keep") { [$0] }
            .waitForSignal("s", of: Int.self, as: "two").then("end") { $0 }.build()
        for number in 0..<3 { try await engine.client.signal("s", to: "i", payload: number) }
        try await engine.client.signal("S", to: "i", payload: 100)
        try await engine.client.signal("s", to: "other", payload: 200)
        #expect(try await engine.run(workflow, id: "i", input: 1).output == 1)
        #expect(try await engine.client.result(of: Step("one"), in: "i", as: Int.self) == 0)
        let left = try await engine.client.state(of: "i").mailbox.entries
        #expect(left.map(\.signal) == ["s", "S"] && left[0].payload.bytes == [UInt8(ascii: "2")])
    }

    @Test("SIG-06: two waits of one name need names of their own")
    func duplicates() throws {
        let flow = Flow("w", input: Int.self).waitForSignal("s", of: Int.self).waitForSignal("s", of: Int.self)
        #expect(#expect(throws: FlowError.self) { try flow.build() }?.description == "Duplicate task id: 's'")
    }

    @Test("SIG-08: payloads arrive as they were sent; what cannot be stored is refused, and nothing is kept")
    func payloads() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).waitForSignal("s", of: [String: [Int?]]?.self).build()
        for (number, payload) in ([nil, [:], ["é": [nil, 0]]] as [[String: [Int?]]?]).enumerated() {
            let id = InstanceID("i\(number)")
            try await engine.client.signal("s", to: id, payload: payload)
            #expect(try await engine.run(workflow, id: id, input: 1).requireOutput() == payload)
        }
        let error = await #expect(throws: WorkflowError.self) {
            try await engine.client.signal("s", to: "x", payload: Double.nan)
        }
        #expect(error?.description.hasPrefix("The payload of signal 's' of instance 'x' cannot be stored") == true)
        await #expect(throws: WorkflowError.self) { try await engine.client.history(of: "x") }
    }

    @Test(
        "SIG-09: what has ended takes signals without complaint; SIG-10: a new run does not see those of the one before"
    )
    func ended() async throws {
        let engine = try await openEngine()
        try await engine.client.signal("s", to: "i", payload: 1)
        try await engine.client.signal("s", to: "i", payload: 2)
        #expect(try await engine.run(workflow(), id: "i", input: 1).output == 10)
        try await engine.client.signal("s", to: "i", payload: 3)
        let status = try await engine.run(workflow(), id: "i", input: 1, onConflict: .terminateExisting)
        #expect(status.status.name == "awaiting_signal")
        try await engine.client.signal("s", to: "i", payload: 4)
        #expect(try await engine.resume(workflow(), id: "i").output == 40)
    }

    @Test(
        "SIG-12, SIG-14: without a signal in time the workflow fails and says so; a wait of no length still waits once",
        arguments: [0, 100])
    func timeout(milliseconds: Int) async throws {
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        let workflow = try workflow(timeout: .milliseconds(milliseconds))
        let deadline = clock.now + .milliseconds(milliseconds)
        #expect(
            try await engine.run(workflow, id: "i", input: 1).status
                == .awaitingSignal(step: Step("node"), signal: "s", deadline: deadline))
        clock.advance(by: .milliseconds(milliseconds))
        let status = try await engine.resume(workflow, id: "i")
        #expect(status.error?.description == "Signal 's' did not arrive at 'node' in time")
        #expect(try await engine.resume(workflow, id: "i").isFailed)
    }

    @Test("a wait with a fallback goes on with it when the time is over")
    func fallback() async throws {
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        let workflow = try Flow("w", input: Int.self).waitForSignal("s", timeout: .seconds(5), orElse: 99).then("b") {
            $0 + 1
        }.build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        clock.advance(by: .seconds(5))
        #expect(try await engine.resume(workflow, id: "i").output == 100)
        try await engine.client.signal("s", to: "j", payload: 1)
        #expect(try await engine.run(workflow, id: "j", input: 1).output == 2)
    }

    @Test("SIG-13: a late signal is better than none, if it is there when the instance is resumed")
    func late() async throws {
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        _ = try await engine.run(workflow(timeout: .seconds(1)), id: "i", input: 1)
        clock.advance(by: .seconds(10))
        try await engine.client.signal("s", to: "i", payload: 5)
        #expect(try await engine.resume(workflow(timeout: .seconds(1)), id: "i").output == 50)
    }

    @Test("SIG-14, SIG-15: in memory, where nobody can send one, a wait is a failure; a negative time is refused")
    func inMemory() async throws {
        let error = await #expect(throws: WorkflowError.self) { try await runWorkflow(workflow(), 1) }
        #expect(error?.description.hasPrefix("AwaitSignal 's' not supported in sync executor") == true)
        #expect(throws: FlowError.self) { try workflow(timeout: .seconds(-1)) }
    }

    @Test("SIG-18: a request to cancel comes before a signal that waits")
    func cancelled() async throws {
        let engine = try await openEngine()
        _ = try await engine.run(workflow(), id: "i", input: 1)
        try await engine.client.signal("s", to: "i", payload: 1)
        try await engine.client.cancel("i")
        #expect(try await engine.resume(workflow(), id: "i").isCancelled)
    }

    @Test(
        "COD-08: A payload of another type than the wait's is rejected, also where nothing follows, and the wait continues"
    )
    func wrongPayload() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).waitForSignal("s", of: Int.self).build()
        try await engine.client.signal("s", to: "i", payload: "text")
        let status = try await engine.run(workflow, id: "i", input: 1)
        #expect(status.status == .awaitingSignal(step: Step("s"), signal: "s", deadline: nil))
        #expect(try await engine.client.state(of: "i").mailbox.entries.first?.rejection?.expected == "Int")
    }

    @Test(
        "a signal that comes while another branch's task is under way is taken, also if only the refused checkpoint tells of it"
    )
    func signalBeforeCheckpoint() async throws {
        var backend = RecordingBackend(inner: InMemoryBackend())
        backend.tellsTooLate = true
        let engine = Engine(backend: backend)
        let sending = DurableTask("send") { (value: Int) in
            try await engine.client.signal("s", to: "i", payload: 40)
            return value
        }
        let workflow = try Flow("w", input: Int.self)
            .fork(Branch("wait") { $0.waitForSignal("s", of: Int.self) }, Branch(sending))
            .join("sum") { (signal: Int, value: Int) in signal + value }.build()
        #expect(try await engine.run(workflow, id: "i", input: 2).output == 42)
    }

    @Test("a delivery with an id that was seen before is dropped, also after the first was consumed")
    func deduplication() async throws {
        let engine = try await openEngine()
        for _ in 0..<2 { try await engine.client.signal("s", to: "i", payload: 1, deduplicationID: "x") }
        #expect(try await engine.run(workflow(), id: "i", input: 1).output == 10)
        try await engine.client.signal("s", to: "i", payload: 1, deduplicationID: "x")
        let state = try await engine.client.state(of: "i")
        #expect(state.mailbox.isEmpty && state.anomalies.isEmpty)
    }

    @Test(
        "COD-06: A payload that does not fit the model is rejected where it is waited for, with what is missing"
    )
    func model() async throws {
        struct Person: Codable, Sendable { var name: String }
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).waitForSignal("s", of: Person.self)
            .then("greet") { "Hello, \($0.name)" }.build()
        try await engine.client.signal("s", to: "i", payload: ["name": "Ada"])
        #expect(try await engine.run(workflow, id: "i", input: 1).output == "Hello, Ada")
        try await engine.client.signal("s", to: "j", payload: ["nome": "Ada"])
        #expect(try await engine.run(workflow, id: "j", input: 1).status.name == "awaiting_signal")
        let rejection = try await engine.client.state(of: "j").mailbox.entries.first?.rejection
        #expect(rejection?.description == "a 'json' value cannot be decoded as Person: 'name' is missing")
    }

    @Test("A declared signal carries its payload from a typed sender and from one that knows only the name")
    func declared() async throws {
        let approve = Signal("approve", of: [String].self)
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self)
            .waitForSignal(approve, as: "one").then("keep") { $0 }
            .waitForSignal(approve, as: "two", timeout: .seconds(60)).then("end") { $0.joined() }.build()
        #expect(workflow.nodes.first?.id == "one")
        try await engine.client.signal(approve, to: "i", payload: ["a"], deduplicationID: "x", by: "ada")
        try await engine.client.signal(approve, to: "i", payload: ["b"], deduplicationID: "x")
        try await engine.client.signal("approve", to: "i", payload: ["c", "d"])
        #expect(try await engine.run(workflow, id: "i", input: 1).output == "cd")
        #expect(try await engine.client.result(of: Step("one"), in: "i") == ["a"])
        let received = try await engine.client.history(of: "i").compactMap { $0.event.actor }
        #expect(received == ["ada"])
    }

    @Test("A wait for a declared signal is the same definition as a wait for its name")
    func sameDefinition() throws {
        let approve = Signal("approve", of: Int.self)
        func hash(_ flow: FlowBuilder<Int, Int>) throws -> String { "\(try flow.build().definitionHash)" }
        let flow = Flow("w", input: Int.self)
        #expect(try hash(flow.waitForSignal(approve)) == hash(flow.waitForSignal("approve", of: Int.self)))
        let typed = flow.waitForSignal(approve, as: "n", timeout: .seconds(1), orElse: 1)
        #expect(try hash(typed) == hash(flow.waitForSignal("approve", as: "n", timeout: .seconds(1), orElse: 1)))
    }
}
