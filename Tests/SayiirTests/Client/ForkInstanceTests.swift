import Foundation
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

/// New instances that start from a chosen event of an old one.
@Suite struct ForkInstanceTests {
    /// Three tasks, each of which appends its digit.
    private func workflow(_ recorder: TaskRecorder) throws -> Workflow<Int, Int> {
        func step(_ digit: Int) -> DurableTask<Int, Int> {
            recorder.task("t\(digit)") { (value: Int) in value * 10 + digit }
        }
        return try Flow("w", input: Int.self).then(step(1)).then(step(2)).then(step(3)).build()
    }

    private func reason(of body: () async throws -> Void) async -> String {
        let error = await #expect(throws: WorkflowError.self) { try await body() }
        return error?.description ?? ""
    }

    @Test("a fork has the source's past, its lineage as an event, and runs only what had not completed by then")
    func fork() async throws {
        let recorder = TaskRecorder()
        let workflow = try workflow(recorder)
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        _ = try await engine.run(workflow, id: "old", input: 9)
        let before = try await engine.client.history(of: "old").map(\.event)
        // submitted, t1 started and done, t2 started.
        let begun = try await engine.fork(workflow, from: "old", at: 4, as: "new", by: "ada", reason: "to see")
        #expect(begun.isInProgress)
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        var copied = try await again.client.history(of: "new").map(\.event)
        let derived = copied.removeLast()
        #expect(derived.body == .derived(.init(source: "old", sourceRevision: 4)))
        #expect(derived.actor == "ada" && derived.reason == "to see" && derived.revision == 5)
        #expect(copied.allSatisfy { $0.instance == "new" })
        #expect(
            copied.map(\.body) == before.prefix(4).map(\.body) && copied.map(\.time) == before.prefix(4).map(\.time))
        #expect(try await again.client.state(of: "new").lineage == .derived(.init(source: "old", sourceRevision: 4)))
        #expect(try await again.resume(workflow, id: "new").output == 9123)
        #expect(recorder.calls.filter { $0.instance == "new" }.map(\.task) == ["t2", "t3"])
        #expect(recorder.calls(of: "t2").last?.attempt == 2)
        #expect(try await again.client.history(of: "old").map(\.event) == before)
        #expect(try await again.client.state(of: "new").anomalies.isEmpty)
    }

    @Test("with another output a step does not run again, and all that came after it does")
    func changedOutput() async throws {
        let recorder = TaskRecorder()
        let workflow = try workflow(recorder)
        let engine = try await openEngine()
        _ = try await engine.run(workflow, id: "old", input: 9)
        try await engine.fork(workflow, from: "old", as: "new", changing: .output(of: Step("t1"), 5))
        let change = Payload(codec: "json", bytes: Array("5".utf8))
        let last = try await engine.client.history(of: "new").last?.event.body
        #expect(last == .derived(.init(source: "old", sourceRevision: 3, change: change)))
        #expect(try await engine.client.result(of: Step("t1"), in: "new", as: Int.self) == 5)
        #expect(try await engine.resume(workflow, id: "new").output == 523)
        #expect(recorder.calls.filter { $0.instance == "new" }.map(\.task) == ["t2", "t3"])
        #expect(try await engine.client.result(of: Step("t1"), in: "old", as: Int.self) == 91)
    }

    @Test("with another input all runs again")
    func changedInput() async throws {
        let recorder = TaskRecorder()
        let workflow = try workflow(recorder)
        let engine = try await openEngine()
        _ = try await engine.run(workflow, id: "old", input: 9)
        try await engine.fork(workflow, from: "old", as: "new", changing: .input(8))
        #expect(try await engine.resume(workflow, id: "new").output == 8123)
        #expect(recorder.calls.filter { $0.instance == "new" }.map(\.task) == ["t1", "t2", "t3"])
    }

    @Test("a signal's payload can be changed, and a failed instance goes on from before its failure")
    func signalAndFailure() async throws {
        let recorder = TaskRecorder()
        recorder.fail("t")
        let workflow = try Flow("w", input: Int.self).waitForSignal("s", of: Int.self, as: "wait")
            .then(recorder.task("t") { (value: Int) in value + 1 }).build()
        let engine = try await openEngine()
        try await engine.client.submit(workflow, id: "old", input: 1)
        try await engine.client.signal("s", to: "old", payload: 41)
        #expect(try await engine.resume(workflow, id: "old").isFailed)
        let kinds = try await engine.client.history(of: "old").map(\.event.body.kindName)
        #expect(kinds == ["submitted", "signal_received", "signal_consumed", "task_started", "task_failed", "failed"])
        try await engine.fork(workflow, from: "old", at: 4, as: "same")
        #expect(try await engine.resume(workflow, id: "same").output == 42)
        try await engine.fork(workflow, from: "old", as: "other", changing: .output(of: Step("wait"), 1))
        #expect(try await engine.resume(workflow, id: "other").output == 2)
    }

    @Test("what was not to be shown stays so, in the past and in the lineage")
    func sensitive() async throws {
        let workflow = try Flow("w", input: Int.self)
            .then("secret", options: TaskOptions(sensitive: true)) { $0 + 1 }.then(adding(1, "b")).build()
        let engine = try await openEngine()
        _ = try await engine.run(workflow, id: "old", input: 1)
        try await engine.fork(workflow, from: "old", as: "new", changing: .output(of: Step("secret"), 7))
        let state = try await engine.client.state(of: "new")
        #expect(state.steps[Step("secret")]?.output?.isSensitive == true)
        guard case .derived(let lineage) = state.lineage else { throw TestError("no lineage") }
        #expect(lineage.change?.isSensitive == true)
    }

    @Test("an attempt that was under way is in doubt if the task may run at most once")
    func atMostOnce() async throws {
        let workflow = try Flow("w", input: Int.self)
            .then("once", options: TaskOptions(execution: .atMostOnce)) { $0 + 1 }.build()
        let engine = try await openEngine()
        _ = try await engine.run(workflow, id: "old", input: 1)
        try await engine.fork(workflow, from: "old", at: 2, as: "new")
        #expect(try await engine.resume(workflow, id: "new").status == .inDoubt(step: Step("once")))
    }

    @Test("what makes no sense is refused in a sentence, and nothing is stored")
    func refusals() async throws {
        let recorder = TaskRecorder()
        let workflow = try workflow(recorder)
        let other = try Flow("w", input: Int.self).then(adding(1, "else")).build()
        let engine = try await openEngine()
        _ = try await engine.run(workflow, id: "old", input: 9)
        func refusal(
            _ flow: Workflow<Int, Int>? = nil, from source: InstanceID = "old", at revision: UInt64? = nil,
            as id: InstanceID = "new", changing change: ForkChange<Int>? = nil
        ) async -> String {
            await reason {
                try await engine.fork(flow ?? workflow, from: source, at: revision, as: id, changing: change)
            }
        }
        let prefix = "Instance 'old' cannot be forked there: "
        #expect(await refusal() == prefix + "its run had ended at revision 8 (completed); choose an earlier one.")
        #expect(await refusal(at: 0) == prefix + "it has no revision 0: its last one is 8.")
        #expect(await refusal(at: .max) == prefix + "it has no revision \(UInt64.max): its last one is 8.")
        #expect(
            await refusal(at: 4, changing: .output(of: Step("t2"), 1)) == prefix
                + "step 't2' had not completed at revision 4.")
        #expect(
            await refusal(changing: .output(of: Step("no"), 1)) == prefix + "step 'no' had not completed at revision 8."
        )
        #expect(await refusal(from: "nobody", at: 1).hasPrefix("Workflow instance not found: nobody"))
        #expect(await refusal(at: 3, as: "old").hasPrefix("Workflow instance already exists: old"))
        #expect(await refusal(at: 3, as: "") == "instance_id must not be empty")
        #expect(await refusal(other, at: 3).contains("Workflow definition mismatch (instance 'old')"))
        try await engine.client.signal("s", to: "early", payload: 1)
        #expect(await refusal(at: 3, as: "early").hasPrefix("Workflow instance already exists: early"))
        try await engine.client.submit(workflow, id: "stop", input: 1)
        try await engine.client.cancel("stop")
        #expect(
            await refusal(from: "stop")
                == "Instance 'stop' cannot be forked there: its run had ended at revision 3 (cancelled); choose an earlier one."
        )
        #expect(
            await refusal(from: "stop", at: 2)
                == "Instance 'stop' cannot be forked there: it was about to be cancelled at revision 2; choose an earlier one."
        )
        #expect(recorder.calls.count == 3)
        await #expect(throws: WorkflowError.self) { try await engine.client.history(of: "new") }
    }

    @Test("what has no value of its own, as a delay, cannot be changed")
    func noValue() async throws {
        let workflow = try Flow("w", input: Int.self).delay("d", .zero).then(adding(1, "a")).build()
        let engine = try await openEngine()
        _ = try await engine.run(workflow, id: "old", input: 1)
        _ = try await engine.resume(workflow, id: "old")
        let text = await reason {
            try await engine.fork(workflow, from: "old", as: "new", changing: .output(of: Step("d"), 1))
        }
        #expect(
            text
                == "Instance 'old' cannot be forked there: step 'd' has no value of its own; change that of a step in it."
        )
    }

    @Test("a history of which retention took the beginning cannot be forked")
    func shortened() async throws {
        let engine = try await openEngine()
        _ = try await engine.run(try workflow(TaskRecorder()), id: "old", input: 9)
        let rest = try await engine.client.history(of: "old").map(\.event).dropFirst()
        let text = await reason { _ = try CopiedPast(of: Array(rest), of: "old", upTo: 4, changing: nil, as: "new") }
        #expect(text == "Instance 'old' cannot be forked there: the beginning of its history is gone.")
    }

    @Test("a crash while a fork is stored leaves all of it or nothing")
    func atomic() async throws {
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        let workflow = try workflow(TaskRecorder())
        _ = try await engine.run(workflow, id: "old", input: 9)
        disk.inject(Fault(.synchronize, .nth(1), .fail(EIO)))
        await #expect(throws: WorkflowError.self) { try await engine.fork(workflow, from: "old", at: 5, as: "new") }
        var found: Set<Int> = []
        for crash in [disk.crash(keeping: .nothing), disk.crash(keeping: .everything)] {
            let again = try await openEngine(on: crash)
            let events = try? await again.client.history(of: "new")
            found.insert(events?.count ?? 0)
            if events != nil { #expect(try await again.resume(workflow, id: "new").output == 9123) }
        }
        #expect(found == [0, 6])
    }

    @Test("a service takes a fork up by itself")
    func service() async throws {
        let workflow = try workflow(TaskRecorder())
        let engine = try await openEngine()
        _ = try await engine.run(workflow, id: "old", input: 9)
        try engine.register(workflow)
        let service = Task { try await engine.run() }
        try await engine.fork(workflow, from: "old", at: 5, as: "new")
        #expect(try await engine.client.waitForCompletion(of: "new", as: workflow).output == 9123)
        service.cancel()
        _ = await service.result
    }

    @Test("a fork from any event of a run with all kinds of nodes ends as the run did")
    func anyEvent() async throws {
        let workflow = try Flow("w", input: Int.self)
            .fork(
                Branch(DurableTask("p") { (value: Int) in value + 1 }),
                Branch(DurableTask("q") { (value: Int) in value + 2 })
            )
            .join("j") { (one: Int, two: Int) in one + two }
            .loop { $0.then("c") { $0 <= 20 ? LoopResult.done($0 - 1) : .again($0 - 1) } }
            .waitForSignal("s", of: Int.self)
            .then("list") { [$0, $0] }
            .map { $0.then("m") { $0 * 2 } }
            .then("sum") { (all: [Int]) in all.reduce(0, +) }
            .build()
        let engine = try await openEngine()
        try await engine.client.submit(workflow, id: "old", input: 10)
        try await engine.client.signal("s", to: "old", payload: 4)
        #expect(try await engine.resume(workflow, id: "old").output == 16)
        let history = try await engine.client.history(of: "old")
        for revision in 2..<UInt64(history.count) {
            let id = InstanceID("from-\(revision)")
            try await engine.fork(workflow, from: "old", at: revision, as: id)
            #expect(try await engine.resume(workflow, id: id).output == 16, "from revision \(revision)")
            #expect(try await engine.client.state(of: id).anomalies.isEmpty)
        }
    }
}
