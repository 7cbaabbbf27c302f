import SayiirEvents
import SayiirProjection
import Testing

@testable import Sayiir

/// The decider alone: no engine, no storage, no time but what it is given.
@Suite struct DeciderTests {
    private let graph: Graph
    private let start = Timestamp(nanosecondsSinceEpoch: 1_000)

    init() throws {
        let retries = RetryPolicy(maxRetries: 1, initialDelay: .seconds(1))
        graph = try Flow("w", input: Int.self)
            .then("a", options: TaskOptions(retries: retries)) { $0 }
            .then("b", options: TaskOptions(execution: .atMostOnce)) { $0 }
            .then("c") { $0 }
            .build().graph
    }

    private func submitted() -> Decider {
        var decider = Decider(InstanceState("i"), graph: graph, codecs: Codecs(writing: JSONCodec()), executor: "e")
        decider.submit(
            .init(
                workflow: "w", definition: DefinitionHash(of: graph), input: Payload(codec: "json", bytes: [49]),
                priority: 3), at: start)
        return decider
    }

    private func kinds(_ decider: borrowing Decider) -> [String] { decider.events.map { $0.body.kindName } }

    private let output = Payload(codec: "json", bytes: [49])

    @Test("the same command on the same state at the same time gives the same events")
    func determinism() {
        var one = submitted()
        var other = submitted()
        for command in [Command.takeUp, .attemptEnded(Step("a"), attempt: 1, .succeeded(output: output)), .look] {
            one.decide(command, at: start)
            other.decide(command, at: start)
        }
        #expect(one.events == other.events && one.state == other.state)
        #expect(one.state == InstanceState(folding: one.events))
        #expect(one.events.map(\.revision) == [1, 2, 3, 4])
    }

    @Test("an end of an attempt that is not the current one changes nothing")
    func staleAttempts() {
        var decider = submitted()
        decider.decide(.takeUp, at: start)
        decider.decide(.takeUp, at: start)
        let before = decider.events
        decider.decide(.attemptEnded(Step("a"), attempt: 1, .succeeded(output: output)), at: start)
        decider.decide(.attemptEnded(Step("b"), attempt: 1, .succeeded(output: output)), at: start)
        decider.decide(.attemptEnded(Step("zzz"), attempt: 1, .timedOut(limit: .zero)), at: start)
        #expect(decider.events == before)
        decider.decide(.attemptEnded(Step("a"), attempt: 2, .succeeded(output: output)), at: start)
        decider.decide(.attemptEnded(Step("a"), attempt: 2, .succeeded(output: output)), at: start)
        #expect(kinds(decider) == ["submitted", "task_started", "task_started", "task_checkpointed", "task_started"])
    }

    @Test("looking again before a retry is due changes nothing; when it is, it starts")
    func dueRetry() {
        var decider = submitted()
        decider.decide(.takeUp, at: start)
        decider.decide(
            .attemptEnded(Step("a"), attempt: 1, .failed(Failure(type: "E", message: ""), isRetryable: true)), at: start
        )
        _ = decider.takeEvents()
        decider.decide(.look, at: start + .milliseconds(999))
        #expect(decider.events.isEmpty)
        decider.decide(.look, at: start + .seconds(1))
        #expect(decider.events.map(\.body) == [.taskStarted(.init(step: Step("a"), attempt: 2, executor: "e"))])
    }

    @Test("who takes up goes on behind the last step that has completed, wherever that is", arguments: 1...18)
    func takingUp(nodes count: Int) throws {
        var flow = Flow("w", input: Int.self).then("step_0") { $0 }
        for number in 1..<max(1, count) { flow = flow.then("step_\(number)") { $0 } }
        let graph = try flow.build().graph
        for completed in 0...count {
            var first = Decider(InstanceState("i"), graph: graph, codecs: Codecs(writing: JSONCodec()), executor: "e")
            first.submit(
                .init(
                    workflow: "w", definition: DefinitionHash(of: graph), input: Payload(codec: "json", bytes: [49]),
                    priority: 3), at: start)
            first.decide(.takeUp, at: start)
            for number in 0..<completed {
                first.isDraining = number == completed - 1
                let step = Step(NodeID("step_\(number)"))
                first.decide(.attemptEnded(step, attempt: 1, .succeeded(output: output)), at: start)
            }
            var next = Decider(first.state, graph: graph, codecs: Codecs(writing: JSONCodec()), executor: "e")
            next.decide(.takeUp, at: start)
            let begun = next.events.compactMap { event in
                if case .taskStarted(let body) = event.body { body.step } else { nil }
            }
            #expect(begun == (completed < count ? [Step(NodeID("step_\(completed)"))] : []))
            #expect(next.state.phase == (completed < count ? .active : .completed))
        }
    }

    @Test("a failure that cannot be mended by trying again ends the run at once")
    func notRetryable() {
        var decider = submitted()
        decider.decide(.takeUp, at: start)
        decider.decide(
            .attemptEnded(Step("a"), attempt: 1, .failed(Failure(type: "E", message: "m"), isRetryable: false)),
            at: start)
        #expect(kinds(decider) == ["submitted", "task_started", "task_failed", "failed"])
        #expect(decider.state.status == .failed(Failure(type: "E", message: "m")))
    }

    @Test("who is about to stop ends what runs and begins nothing; who takes up goes on from there")
    func draining() {
        var decider = submitted()
        decider.decide(.takeUp, at: start)
        decider.isDraining = true
        decider.decide(.attemptEnded(Step("a"), attempt: 1, .succeeded(output: output)), at: start)
        #expect(kinds(decider) == ["submitted", "task_started", "task_checkpointed"])
        var next = Decider(decider.state, graph: graph, codecs: Codecs(writing: JSONCodec()), executor: "f")
        next.decide(.takeUp, at: start)
        #expect(next.events.map(\.body) == [.taskStarted(.init(step: Step("b"), attempt: 1, executor: "f"))])
    }

    @Test("an interrupted attempt at a task that may run at most once is in doubt, even if somebody asked to cancel")
    func doubtAndCancel() throws {
        var decider = submitted()
        decider.decide(.takeUp, at: start)
        decider.decide(.attemptEnded(Step("a"), attempt: 1, .succeeded(output: output)), at: start)
        var state = decider.state
        state.apply(Event(instance: "i", revision: state.revision + 1, time: start, body: .cancelRequested(.init())))
        var next = Decider(state, graph: graph, codecs: Codecs(writing: JSONCodec()), executor: "f")
        next.decide(.takeUp, at: start)
        #expect(
            next.events.map(\.body) == [
                .taskInDoubt(.init(step: Step("b"), attempt: 1)), .cancelled(.init(interrupted: Step("b"))),
            ])
    }
}
