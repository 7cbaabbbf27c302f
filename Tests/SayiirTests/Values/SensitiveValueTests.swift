import Sayiir
import SayiirTesting
import TestSupport
import Testing

/// What is marked as sensitive, and what is not.
@Suite struct SensitiveValueTests {
    private struct Card: Codable, Equatable, SensitiveValue {
        var number: String
    }

    private struct Order: Codable {
        var card: Card
    }

    /// The payloads of a history that are marked, by their events.
    private func marked(_ history: [RecordedEvent]) -> [String] {
        history.compactMap { recorded in
            let payload: Payload? =
                switch recorded.event.body {
                case .submitted(let body): body.input
                case .taskCheckpointed(let body): body.output
                case .signalReceived(let body): body.payload
                case .signalTimedOut(let body): body.fallback
                default: nil
                }
            return payload?.isSensitive == true ? recorded.event.body.kindName : nil
        }
    }

    @Test("a task's option marks its output, and nothing else")
    func option() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a"))
            .then("b", options: TaskOptions(sensitive: true)) { $0 * 10 }
            .then(DurableTask("c", sensitive: true) { (value: Int) in value }, as: "renamed").then(adding(1, "d"))
            .build()
        #expect(try await engine.run(workflow, id: "i", input: 1).output == 21)
        let history = try await engine.client.history(of: "i")
        #expect(marked(history) == ["task_checkpointed", "task_checkpointed"])
        let state = try await engine.client.state(of: "i")
        #expect(state.steps[Step("b")]?.output == Payload(codec: "json", bytes: Array("20".utf8), isSensitive: true))
        #expect(state.steps[Step("a")]?.output?.isSensitive == false)
    }

    @Test("a type marks its values wherever they are stored, and comes back after a crash")
    func type() async throws {
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        let workflow = try Flow("w", input: Card.self).then("keep") { $0 }.waitForSignal("s", of: [Card].self)
            .then("first") { $0.first?.number ?? "" }.build()
        _ = try await engine.run(workflow, id: "i", input: Card(number: "1"))
        try await engine.client.signal("s", to: "i", payload: [Card(number: "2")])
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        #expect(try await again.resume(workflow, id: "i").output == "2")
        #expect(
            marked(try await again.client.history(of: "i")) == ["submitted", "task_checkpointed", "signal_received"])
    }

    @Test(
        "arrays, optionals, dictionaries and results of loops of such values are marked, other types with them are not")
    func composed() async throws {
        let engine = try await openEngine()
        let card = Card(number: "1")
        let workflow = try Flow("w", input: Int.self).then("array") { _ in [card] }.then("optional") { $0.first }
            .then("dictionary") { ["a": $0] }.then("member") { _ in Order(card: card) }
            .then("card") { $0.card }.loop { $0.then("body") { LoopResult.done($0) } }.build()
        #expect(try await engine.run(workflow, id: "i", input: 1).output == card)
        let state = try await engine.client.state(of: "i")
        let isMarked = state.steps.filter { $0.output != nil }.map { ($0.step.node.rawValue, $0.output?.isSensitive) }
        #expect(isMarked.map(\.0) == ["array", "optional", "dictionary", "member", "card", "body"])
        #expect(isMarked.map(\.1) == [true, true, true, false, true, true])
    }

    @Test("a fallback for a signal is marked by its type")
    func fallback() async throws {
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        let workflow = try Flow("w", input: Int.self)
            .waitForSignal("s", timeout: .seconds(1), orElse: Card(number: "0")).then("end") { $0.number }.build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        clock.advance(by: .seconds(2))
        #expect(try await engine.resume(workflow, id: "i").output == "0")
        #expect(marked(try await engine.client.history(of: "i")) == ["signal_timed_out"])
    }

    @Test("a sensitive codec marks all values, and reads what the plain one wrote and the other way round")
    func codec() async throws {
        let disk = InMemoryFileSystem()
        var options = EngineOptions()
        options.codec = JSONCodec().sensitive
        options.clock = VirtualClock()
        let engine = Engine(backend: try await openLog(disk), options: options)
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).waitForSignal("s", of: Int.self).build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        #expect(marked(try await engine.client.history(of: "i")) == ["submitted", "task_checkpointed"])
        let plain = try await openEngine(on: disk.crash(keeping: .nothing))
        try await plain.client.signal("s", to: "i", payload: 5)
        #expect(try await plain.resume(workflow, id: "i").output == 5)
        #expect(marked(try await plain.client.history(of: "i")) == ["submitted", "task_checkpointed"])
    }
}
