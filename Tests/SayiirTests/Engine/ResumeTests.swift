import Foundation
import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct ResumeTests {
    /// `a`, `b`, `c`, of which the named one hangs at its first call.
    private func workflow(hangingIn victim: String, _ calls: Calls) throws -> Workflow<Int, Int> {
        func step(_ id: String) -> DurableTask<Int, Int> {
            DurableTask(id) { (value: Int) in
                calls.note(id)
                if id == victim, calls.count(id) == 1 { try await Task.sleep(for: .seconds(3600)) }
                return value * 10
            }
        }
        return try Flow("w", input: Int.self).then(step("a")).then(step("b")).then(step("c")).build()
    }

    @Test(
        "RES-04, RES-07: after a crash in a task that task runs again with its own input, and nothing else does",
        arguments: ["a", "b", "c"])
    func crash(in victim: String) async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        let workflow = try workflow(hangingIn: victim, calls)
        let engine = try await openEngine(on: disk)
        let lost = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count(victim) == 1 }
        let afterCrash = disk.crash(keeping: .nothing)
        let again = try await openEngine(on: afterCrash)
        #expect(try await again.client.status(of: "i") == .inProgress)
        #expect(try await again.resume(workflow, id: "i").output == 1000)
        for id in ["a", "b", "c"] { #expect(calls.count(id) == (id == victim ? 2 : 1)) }
        #expect(try await again.client.state(of: "i").steps[Step(NodeID(victim))]?.attempt == 2)
        lost.cancel()
        _ = await lost.result
    }

    @Test("a crash at any moment of a run leaves something from which it ends as if nothing had happened")
    func crashAnywhere() async throws {
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        let images = Atomically<[InMemoryFileSystem]>([])
        func step(_ id: String) -> DurableTask<Int, Int> {
            DurableTask(id) { (value: Int) in
                images.change { $0.append(disk.crash(keeping: .nothing)) }
                return value * 10
            }
        }
        let workflow = try Flow("w", input: Int.self).then(step("a")).then(step("b")).then(step("c")).build()
        _ = try await engine.run(workflow, id: "i", input: 1)
        let before = images.value
        #expect(before.count == 3)
        for (completed, image) in before.enumerated() {
            let again = try await openEngine(on: image)
            #expect(try await again.client.state(of: "i").steps.completedCount == completed)
            #expect(try await again.resume(workflow, id: "i").output == 1000)
        }
    }

    @Test("RES-01: what has ended is told as it is, and nothing runs")
    func ended() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: Int.self).then(failing(1, "t", retries: nil, calls)).build()
        let disk = InMemoryFileSystem()
        let engine = try await openEngine(on: disk)
        #expect(try await engine.run(workflow, id: "bad", input: 1).isFailed)
        #expect(try await engine.run(workflow, id: "good", input: 1).output == 1)
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        #expect(try await again.resume(workflow, id: "bad").error?.description == "TestError: err1")
        #expect(try await again.resume(workflow, id: "good").output == 1)
        #expect(calls.count("t") == 2)
    }

    @Test("RES-02, RES-09: an id that nobody submitted here is not found")
    func unknown() async throws {
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        let other = try await openEngine()
        _ = try await other.run(workflow, id: "elsewhere", input: 1)
        let engine = try await openEngine()
        for id in ["nonexistent", "elsewhere"] as [InstanceID] {
            let error = await #expect(throws: WorkflowError.self) { try await engine.resume(workflow, id: id) }
            #expect(error?.description.hasPrefix("Workflow instance not found: \(id)") == true)
        }
        await #expect(throws: WorkflowError.self) { try await engine.client.history(of: "nonexistent") }
        await #expect(throws: WorkflowError.self) {
            try await engine.client.result(of: Step("a"), in: "nonexistent", as: Int.self)
        }
    }

    @Test("RES-05, RES-06: What was submitted is run by a flow of another name only if that names the former one")
    func submitted() async throws {
        let engine = try await openEngine()
        let one = try Flow("one", input: Int.self).then(adding(1, "a")).build()
        let stranger = try Flow("two", input: Int.self).then(adding(1, "a")).build()
        let two = try Flow("two", input: Int.self).then(adding(1, "a")).formerly("one").build()
        #expect(try await engine.client.submit(one, id: "i", input: 5).isInProgress)
        await #expect(throws: WorkflowError.self) { try await engine.resume(stranger, id: "i") }
        #expect(try await engine.resume(two, id: "i").output == 6)
    }

    @Test("HASH-03: a changed definition is refused, a changed version too, and nothing is touched")
    func changedDefinition() async throws {
        let engine = try await openEngine()
        func workflow(_ version: String?) throws -> Workflow<Int, Int> {
            try Flow("w", input: Int.self).then("a", options: TaskOptions(version: version)) { $0 }.build()
        }
        try await engine.client.submit(workflow("1.0"), id: "i", input: 5)
        for version in ["2.0", nil] {
            let error = await #expect(throws: WorkflowError.self) {
                try await engine.resume(workflow(version), id: "i")
            }
            #expect(error?.description.hasPrefix("Workflow definition mismatch (instance 'i'): ") == true)
        }
        #expect(try await engine.client.history(of: "i").count == 1)
        #expect(try await engine.resume(workflow("1.0"), id: "i").output == 5)
    }

    @Test("CNC-01: of several executors at once one runs the instance, and each task once")
    func concurrent() async throws {
        let calls = Calls()
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).then("t") { (value: Int) in
            calls.note("t")
            while calls.count("refused") < 2 { await Task.yield() }
            return value
        }.build()
        try await engine.client.submit(workflow, id: "i", input: 1)
        let outputs = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    do {
                        return try await engine.resume(workflow, id: "i").output
                    } catch WorkflowError.alreadyRunning(_, let holder) {
                        if holder == "tester" { calls.note("refused") }
                        return nil
                    } catch { return nil }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outputs.compactMap { $0 } == [1])
        #expect(calls.count("t") == 1)
    }

    @Test("a task that may run at most once is in doubt after a crash, until a person decides", arguments: [0, 1, 2])
    func atMostOnce(decision: Int) async throws {
        let calls = Calls()
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self)
            .then("pay", options: TaskOptions(execution: .atMostOnce)) { (value: Int) in
                calls.note("pay")
                if calls.count("pay") == 1 { try await Task.sleep(for: .seconds(3600)) }
                return value + 1
            }
            .then(adding(10, "next", calls)).build()
        let engine = try await openEngine(on: disk)
        let lost = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { calls.count("pay") == 1 }
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        lost.cancel()
        _ = await lost.result
        #expect(try await again.resume(workflow, id: "i").status == .inDoubt(step: Step("pay")))
        #expect(try await again.resume(workflow, id: "i").status == .inDoubt(step: Step("pay")))
        #expect(calls.count("pay") == 1)
        let wrong = await #expect(throws: WorkflowError.self) {
            try await again.client.resolveDoubt(of: Step("next"), in: "i", as: .rerun)
        }
        #expect(wrong?.description == "Step 'next' of instance 'i' is not in doubt: there is nothing to decide.")
        let payload = Payload(codec: "json", bytes: Array("100".utf8))
        let resolution: [Event.DoubtResolved.Resolution] = [
            .rerun, .completed(output: payload), .failed(Failure(type: "Bank", message: "no")),
        ]
        try await again.client.resolveDoubt(
            of: Step("pay"), in: "i", as: resolution[decision], by: "me", reason: "bank says so")
        let status = try await again.resume(workflow, id: "i")
        switch decision {
        case 0: #expect(status.output == 12 && calls.count("pay") == 2)
        case 1: #expect(status.output == 110 && calls.count("pay") == 1)
        default: #expect(status.error?.description == "Bank: no" && calls.count("next") == 0)
        }
    }

    @Test("COD-08: a stored value that is of another type by now is an error that names task, type and place")
    func changedType() async throws {
        struct Old: Codable, Sendable { var name: String }
        struct New: Codable, Sendable { var name: String; var age: Int }
        let engine = try await openEngine()
        let old = try Flow("w", input: Int.self)
            .then("a") { (_: Int) in Old(name: "x") }.then("b") { (_: Old) in 1 }.build()
        let new = try Flow("w", input: Int.self)
            .then("a") { (_: Int) in New(name: "x", age: 1) }.then("b", options: TaskOptions()) { (_: New) in 1 }
            .build()
        let calls = Calls()
        let stopped = try Flow("w", input: Int.self).then("a") { (_: Int) in Old(name: "x") }
            .then("b") { (_: Old) in
                calls.note("b")
                try await Task.sleep(for: .seconds(3600))
                return 1
            }.build()
        #expect(old.definitionHash == new.definitionHash)
        let running = Task { try await engine.run(stopped, id: "i", input: 1) }
        try await waitUntil { calls.count("b") == 1 }
        running.cancel()
        _ = await running.result
        let status = try await engine.resume(new, id: "i")
        #expect(status.description == "i: stuck at 'b' (a 'json' value cannot be decoded as New: 'age' is missing)")
        // The output of a workflow too.
        _ = try await engine.run(old, id: "j", input: 1)
        let texts = try Flow("w", input: Int.self).then("a") { (_: Int) in Old(name: "x") }.then("b") { (_: Old) in "1"
        }.build()
        let error = await #expect(throws: WorkflowError.self) { try await engine.resume(texts, id: "j") }
        #expect(error?.description.hasPrefix("The output of instance 'j' cannot be read as String: ") == true)
    }

    @Test("a value that another codec wrote is read with that codec, or refused with both names")
    func codecs() async throws {
        let disk = InMemoryFileSystem()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).build()
        var options = EngineOptions()
        options.codec = ReversedJSON()
        let engine = Engine(backend: try await openLog(disk), options: options)
        #expect(try await engine.run(workflow, id: "i", input: 122).output == 123)
        #expect(
            try await engine.client.history(of: "i")[2].event.body
                == .taskCheckpointed(
                    .init(
                        step: Step("a"), attempt: 1, output: Payload(codec: "reversed", bytes: Array("321".utf8)))))
        let other = Engine(backend: engine.backend)
        let error = await #expect(throws: WorkflowError.self) { try await other.resume(workflow, id: "i") }
        #expect(
            error?.description.contains("stored with codec 'reversed', which this engine does not have (it has 'json')")
                == true)
        var both = EngineOptions()
        both.otherCodecs = [ReversedJSON()]
        #expect(try await Engine(backend: engine.backend, options: both).resume(workflow, id: "i").output == 123)
    }

    @Test("COD-05: ten megabytes go through; what is too large for a commit is a failure that says so")
    func largeValues() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).then("make") { (count: Int) in Data(repeating: 7, count: count) }
            .then("same") { $0 }.then("count") { $0.count }.build()
        let size = 7_500_000
        #expect(try await engine.run(workflow, id: "i", input: size).output == size)
        let status = try await engine.run(workflow, id: "j", input: 13_000_000)
        #expect(
            status.error?.description.hasPrefix("Failed to encode output for task 'make': it has 17333") == true)
    }

    @Test("COD-05: two branches of ten megabytes each are joined, also after a crash")
    func largeBranches() async throws {
        let disk = InMemoryFileSystem()
        let calls = Calls()
        func make(_ id: String, _ byte: UInt8) -> Branch<Int, Data> {
            Branch { $0.then(id) { (count: Int) in Data(repeating: byte, count: count) } }
        }
        let workflow = try Flow("w", input: Int.self).fork(make("p", 1), make("q", 2))
            .join("j") { (p: Data, q: Data) in
                calls.note("j")
                if calls.count("j") == 1 { try await Task.sleep(for: .seconds(3600)) }
                return [p.count, q.count, Int(p[0]), Int(q[0])]
            }.build()
        let engine = try await openEngine(on: disk)
        let lost = Task { try await engine.run(workflow, id: "i", input: 7_500_000) }
        try await waitUntil { calls.count("j") == 1 }
        let again = try await openEngine(on: disk.crash(keeping: .nothing))
        lost.cancel()
        _ = await lost.result
        #expect(try await again.resume(workflow, id: "i").output == [7_500_000, 7_500_000, 1, 2])
    }

    /// JSON, backwards.
    private struct ReversedJSON: PayloadCodec {
        let id = "reversed"
        func encode(_ value: some Encodable) throws -> [UInt8] { try JSONCodec().encode(value).reversed() }
        func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
            try JSONCodec().decode(type, from: bytes.reversed())
        }
    }
}
