import Sayiir
import SayiirEvents
import SayiirTesting
import TestSupport
import Testing

/// Signals that some step cannot decode.
@Suite struct RejectedSignalTests {
    @Test("A signal that one waiting step cannot decode is taken by one that can, also while a third one runs")
    func otherStep() async throws {
        for isBusy in [false, true] {
            let calls = Calls()
            let workflow = try Flow("w", input: Int.self)
                .fork(
                    Branch("x") { $0.waitForSignal("go", of: Int.self, as: "number") },
                    Branch("y") { $0.waitForSignal("go", of: String.self, as: "text") },
                    Branch("z") {
                        $0.then("busy") { (value: Int) in
                            calls.note("busy")
                            if isBusy { await waitIgnoringCancellation { calls.count("open") > 0 } }
                            return value
                        }
                    }
                ).join("j") { (number: Int, text: String, _: Int) in "\(number)\(text)" }.build()
            let engine = try await openEngine()
            try engine.register(workflow)
            try await serving(engine) {
                try await engine.client.submit(workflow, id: "i", input: 1)
                try await waitUntil { calls.count("busy") == 1 }
                try await engine.client.signal("go", to: "i", payload: "t")
                for _ in 0..<5000 where try await !isDone("text", engine) {
                    try await Task.sleep(for: .milliseconds(1))
                }
                #expect(try await isDone("text", engine))
                try await engine.client.signal("go", to: "i", payload: 5)
                calls.note("open")
                #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == "5t")
            }
            let state = try await engine.client.state(of: "i")
            #expect(state.mailbox.isEmpty && state.anomalies.isEmpty)
        }
    }

    private func isDone(_ step: NodeID, _ engine: Engine) async throws -> Bool {
        try await engine.client.state(of: "i").steps[Step(step)]?.isCompleted == true
    }

    @Test("A later step takes a signal that an earlier one of another type rejected")
    func laterStep() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).waitForSignal("go", of: Int.self, as: "number")
            .waitForSignal("go", of: String.self, as: "text").then("use") { (text: String) in
                calls.note(text)
                return text
            }.build()
        let engine = try await openEngine()
        try engine.register(workflow)
        try await serving(engine) {
            try await engine.client.submit(workflow, id: "i", input: 1)
            try await waitUntil { try await engine.client.status(of: "i").name == "awaiting_signal" }
            try await engine.client.signal("go", to: "i", payload: "early")
            try await waitUntil { try await engine.client.state(of: "i").mailbox.entries.first?.rejection != nil }
            try await engine.client.signal("go", to: "i", payload: 5)
            #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == "early")
        }
    }

    @Test("Signals that no waiting step can decode are rejected once each, however many there are")
    func onceEach() async throws {
        let workflow = try Flow("w", input: Int.self)
            .fork(
                Branch("x") { $0.waitForSignal("go", of: Int.self, as: "number") },
                Branch("y") { $0.waitForSignal("go", of: [Int].self, as: "numbers") }
            ).join("j") { (number: Int, numbers: [Int]) in number + numbers.count }.build()
        let engine = try await openEngine()
        try engine.register(workflow)
        try await serving(engine) {
            try await engine.client.submit(workflow, id: "i", input: 1)
            for _ in 0..<50 { try await engine.client.signal("go", to: "i", payload: "wrong") }
            try await engine.client.signal("go", to: "i", payload: 5)
            try await engine.client.signal("go", to: "i", payload: [1, 2])
            #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == 7)
        }
        let kinds = try await engine.client.history(of: "i").map(\.event.body.kindName)
        #expect(kinds.count { $0 == "signal_rejected" } <= 51, "\(kinds)")
        #expect(try await engine.client.state(of: "i").mailbox.count == 50)
    }

    @Test("A rejected signal with a known deduplication id is not recorded again")
    func deduplicated() async throws {
        let workflow = try Flow("w", input: Int.self).waitForSignal("go", of: Int.self).build()
        let engine = try await openEngine()
        _ = try await engine.run(workflow, id: "i", input: 1)
        #expect(try await engine.client.signal("go", to: "i", payload: "x", deduplicationID: "1").isRecorded)
        _ = try await engine.resume(workflow, id: "i")
        #expect(try await engine.client.signal("go", to: "i", payload: 7, deduplicationID: "1").isRecorded == false)
        try await engine.client.fork(workflow, from: "i", as: "copy")
        try await engine.client.signal("go", to: "copy", payload: 8)
        #expect(try await engine.resume(workflow, id: "copy").output == 8)
        #expect(try await engine.client.state(of: "copy").mailbox.entries.first?.rejection != nil)
    }

    @Test("A rejected signal does not keep a wait from running out of time")
    func timeOut() async throws {
        let clock = VirtualClock()
        let workflow = try Flow("w", input: Int.self)
            .waitForSignal(Signal("go", of: Int.self), timeout: .seconds(5), orElse: -1).build()
        let engine = try await openEngine(clock: clock)
        try engine.register(workflow)
        try await serving(engine) {
            try await engine.client.submit(workflow, id: "i", input: 1)
            try await engine.client.signal("go", to: "i", payload: "x")
            try await waitUntil { try await engine.client.state(of: "i").mailbox.entries.first?.rejection != nil }
            try await waitUntil { clock.sleeperCount > 0 }
            clock.advance(by: .seconds(6))
            #expect(try await engine.client.waitForCompletion(of: "i", as: workflow).output == -1)
        }
    }
}
