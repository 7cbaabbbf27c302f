import SayiirEvents
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

/// Texts that a program chooses: long ones are refused where they come in.
@Suite struct TextLimitsTests {
    private static let lengths = [1, 16_384, 16_385, 65_536, 65_537, 20_000_000]

    private func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    private func builds(_ flow: FlowBuilder<Int, some Codable & Sendable>) -> Bool {
        do {
            _ = try flow.build()
            return true
        } catch {
            #expect(error.description.utf8.count < 2000)
            return false
        }
    }

    @Test("Names in a flow have 16 KiB at most", arguments: lengths)
    func names(count: Int) {
        let (name, isGood) = (text(count), count <= TextLimits.name)
        let flow = Flow("w", input: Int.self)
        #expect(builds(Flow(name, input: Int.self).then(adding(1, "a"))) == isGood)
        #expect(builds(flow.then(adding(1, name))) == isGood)
        #expect(builds(flow.delay(name, .zero)) == isGood)
        #expect(builds(flow.waitForSignal(name, of: Int.self)) == isGood)
        #expect(builds(flow.waitForSignal(name, of: Int.self, as: "s")) == isGood)
        #expect(builds(flow.fork(Branch(name) { $0.then(adding(1, "a")) }).join("j") { $0 }) == isGood)
        #expect(builds(flow.fork(Branch(adding(1, "a"))).join(name) { $0 }) == isGood)
        #expect(
            builds(flow.route(keys: [name], as: "r") { _ in "k" }.branch(name) { $0.then(adding(1, "a")) }.done())
                == isGood)
        #expect(
            builds(flow.route(keys: ["k"], as: name) { _ in "k" }.branch("k") { $0.then(adding(1, "a")) }.done())
                == isGood)
        #expect(
            builds(flow.loop(as: name) { $0.then("a") { (value: Int) -> LoopResult<Int> in .done(value) } }) == isGood)
        #expect(builds(flow.then(DurableTask("t", version: name) { (value: Int) in value })) == isGood)
        #expect(builds(flow.metadata(name).then(adding(1, "a"))) == (count < TextLimits.metadata))
        #expect(builds(flow.then(DurableTask("t", tags: [name]) { (value: Int) in value })) == (count <= 64))
        let oneCharacter = "e" + String(repeating: "\u{301}", count: count)
        #expect(
            builds(flow.then(DurableTask("t", tags: [oneCharacter]) { (value: Int) in value })) == (count == 1))
    }

    @Test("A fork of many branches may be called after all of them")
    func derivedName() {
        let branches = (0..<500).map { Branch(adding(1, "\($0)" + text(200))) }
        #expect(builds(Flow("w", input: Int.self).fork(branches).join("j") { $0.count }))
    }

    @Test("Actors, reasons and ids of signals have 64 KiB at most", arguments: lengths)
    func remarks(count: Int) async throws {
        let (remark, isGood) = (text(count), count <= TextLimits.remark)
        let workflow = try Flow("w", input: Int.self).waitForSignal("s", of: Int.self).build()
        let engine = try await openEngine()
        _ = try await engine.run(workflow, id: "i", input: 1)
        let client = engine.client
        func isTaken(_ body: () async throws -> Void) async throws -> Bool {
            do {
                try await body()
                return true
            } catch WorkflowError.textTooLong(_, let found, let limit) {
                #expect(found == count && limit < found)
                return false
            }
        }
        #expect(try await isTaken { try await client.signal("t", to: "i", payload: 1, by: remark) } == isGood)
        #expect(
            try await isTaken { try await client.signal("t", to: "i", payload: 1, deduplicationID: remark) } == isGood)
        #expect(
            try await isTaken { try await client.signal(remark, to: "i", payload: 1) } == (count <= TextLimits.name))
        #expect(try await isTaken { try await client.pause("i", by: remark) } == isGood)
        #expect(
            try await isTaken { try await engine.fork(workflow, from: "i", as: "copy", reason: remark) } == isGood)
        try await client.pause("i")
        _ = try await engine.resume(workflow, id: "i")
        #expect(try await isTaken { try await client.unpause("i", reason: remark) } == isGood)
        #expect(try await isTaken { try await client.cancel("i", by: remark, reason: remark) } == isGood)
    }

    @Test("A worker's name of any length is cut to 256 bytes", arguments: lengths)
    func executor(count: Int) async throws {
        var options = EngineOptions()
        options.executor = "\0" + text(count)
        let engine = Engine(backend: try await openLog(InMemoryFileSystem()), options: options)
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        #expect(try await engine.run(workflow, id: "i", input: 1).output == 2)
        #expect(engine.client.executor.utf8.count <= 256 && !engine.client.executor.utf8.contains(0))
    }

    @Test("Long texts of a person's decision about a step in doubt end that instance and nothing else")
    func decisions() async throws {
        let workflow = try Flow("w", input: Int.self).then(
            DurableTask("t", execution: .atMostOnce) { (value: Int) in value }
        ).build()
        let engine = try await openEngine()
        let backend = engine.backend
        for (index, resolution) in [
            Event.DoubtResolved.Resolution.failed(Failure(type: text(1_000_000), message: text(20_000_000))),
            .completed(output: Payload(codec: "json", bytes: [UInt8](repeating: 0x31, count: 16_000_000))),
            .completed(output: Payload(codec: text(100_000), bytes: [0x31])),
        ].enumerated() {
            let id = InstanceID("i\(index)")
            try await engine.client.submit(workflow, id: id, input: 1)
            let step = Step("t")
            for (revision, body) in [
                Event.Body.taskStarted(.init(step: step, attempt: 1, executor: "e")),
                .taskInDoubt(.init(step: step, attempt: 1)),
            ].enumerated() {
                let event = Event(
                    instance: id, revision: UInt64(revision) + 2, time: Timestamp(nanosecondsSinceEpoch: 0), body: body)
                try await backend.append([event], lease: nil)
            }
            do {
                try await engine.client.resolveDoubt(of: step, in: id, as: resolution)
                #expect(index == 0)
                #expect(try await engine.resume(workflow, id: id).description.utf8.count < 20_000)
            } catch WorkflowError.notEncodable {
                #expect(index > 0)
            }
        }
    }
}
