import Sayiir
import SayiirTesting
import TestSupport
import Testing

@Suite struct ConflictTests {
    private let calls = Calls()

    private func workflow(_ number: Int = 1) throws -> Workflow<Int, Int> {
        try Flow("w", input: Int.self).then(adding(number, "a", calls)).build()
    }

    @Test("CON-01: an id is taken whatever became of its instance, and nothing runs")
    func fails() async throws {
        let engine = try await openEngine()
        let workflow = try workflow()
        try await engine.client.submit(workflow, id: "submitted", input: 1)
        _ = try await engine.run(workflow, id: "completed", input: 1)
        try await engine.client.submit(workflow, id: "paused", input: 1)
        try await engine.client.pause("paused")
        _ = try await engine.resume(workflow, id: "paused")
        let before = calls.all
        for id in ["submitted", "completed", "paused"] as [InstanceID] {
            for call in [engine.run, { try await engine.client.submit($0, id: $1, input: $2, onConflict: $3) }]
                as [(Workflow<Int, Int>, InstanceID, Int, ConflictPolicy) async throws -> WorkflowStatus<Int>]
            {
                let error = await #expect(throws: WorkflowError.self) { try await call(workflow, id, 5, .fail) }
                #expect(error?.description.hasPrefix("Workflow instance already exists: \(id)") == true)
            }
        }
        #expect(calls.all == before)
    }

    @Test("CON-02: the instance that is there is told as it stands, the new input is ignored, nothing runs")
    func usesExisting() async throws {
        let engine = try await openEngine()
        let workflow = try workflow()
        _ = try await engine.run(workflow, id: "i", input: 1)
        let status = try await engine.run(workflow, id: "i", input: 100, onConflict: .useExisting)
        #expect(status.output == 2)
        try await engine.client.submit(workflow, id: "j", input: 1)
        #expect(try await engine.run(workflow, id: "j", input: 100, onConflict: .useExisting).isInProgress)
        #expect(try await engine.client.submit(workflow, id: "j", input: 100, onConflict: .useExisting).isInProgress)
        #expect(calls.all == ["a"])
        // Where none is, the policy does not matter.
        #expect(try await engine.run(workflow, id: "k", input: 1, onConflict: .useExisting).output == 2)
    }

    @Test("an instance that ended is replaced by a fresh run, and its past stays in the history")
    func replaces() async throws {
        let engine = try await openEngine()
        _ = try await engine.run(workflow(), id: "i", input: 1)
        let status = try await engine.run(workflow(), id: "i", input: 10, onConflict: .terminateExisting)
        #expect(status.output == 11)
        #expect(try await engine.client.state(of: "i").run == 2)
        #expect(
            try await engine.client.history(of: "i").map(\.event.body.kindName) == [
                "submitted", "task_started", "task_checkpointed", "completed", "superseded", "submitted",
                "task_started", "task_checkpointed", "completed",
            ])
        #expect(
            try await engine.client.submit(workflow(), id: "i", input: 20, onConflict: .terminateExisting).isInProgress)
        #expect(try await engine.resume(workflow(), id: "i").output == 21)
    }

    @Test("an instance that is being run is replaced at once, and its executor records nothing more")
    func replacesRunning() async throws {
        let engine = try await openEngine()
        let gate = Calls()
        let workflow = try Flow("w", input: Int.self).then("t") { (value: Int) in
            gate.note("t")
            if value == 1 { while gate.count("open") == 0 { await Task.yield() } }
            return value
        }.build()
        let old = Task { try await engine.run(workflow, id: "i", input: 1) }
        try await waitUntil { gate.count("t") == 1 }
        #expect(try await engine.run(workflow, id: "i", input: 2, onConflict: .terminateExisting).output == 2)
        gate.note("open")
        let error = await #expect(throws: WorkflowError.self) { try await old.value }
        #expect(error?.description.contains("taken over by another executor") == true)
        #expect(try await engine.client.status(of: "i", as: workflow).output == 2)
    }

    @Test("CON-05, CON-06: another definition under the id is a mismatch, told before the conflict, unless it replaces")
    func mismatch() async throws {
        let engine = try await openEngine()
        let first = try workflow()
        let other = try Flow("w", input: Int.self).then(adding(1, "other", calls)).build()
        _ = try await engine.run(first, id: "i", input: 1)
        for policy in [ConflictPolicy.fail, .useExisting] {
            let error = await #expect(throws: WorkflowError.self) {
                try await engine.run(other, id: "i", input: 1, onConflict: policy)
            }
            guard case .definitionMismatch("i", let mismatch)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(mismatch.expected.definition == other.definitionHash)
            #expect(mismatch.foundDefinition == first.definitionHash)
        }
        // Who replaces an instance does not care what it was.
        #expect(try await engine.run(other, id: "i", input: 5, onConflict: .terminateExisting).output == 6)
    }

    @Test("CON-04: the policies have the names of the original")
    func names() {
        #expect(ConflictPolicy.allCases.map(\.rawValue) == ["fail", "use_existing", "resume", "terminate_existing"])
    }

    @Test("CON-07, RES-08: input that cannot be stored is an error to the caller, and creates nothing")
    func unencodableInput() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Double.self).then("t") { $0 }.build()
        for call in [engine.run, { try await engine.client.submit($0, id: $1, input: $2, onConflict: $3) }]
            as [(Workflow<Double, Double>, InstanceID, Double, ConflictPolicy) async throws -> WorkflowStatus<Double>]
        {
            let error = await #expect(throws: WorkflowError.self) { try await call(workflow, "i", .nan, .fail) }
            #expect(error?.description.hasPrefix("The input of instance 'i' cannot be stored: ") == true)
        }
        await #expect(throws: WorkflowError.self) { try await engine.client.status(of: "i") }
        _ = try await engine.run(workflow, id: "i", input: 1)
        // The conflict is told first: the input is not even looked at.
        let error = await #expect(throws: WorkflowError.self) { try await engine.run(workflow, id: "i", input: .nan) }
        #expect(error?.description.hasPrefix("Workflow instance already exists") == true)
    }

    @Test("ID-01: an id has 1 to 256 bytes; ID-02: any text will do")
    func ids() async throws {
        let engine = try await openEngine()
        let workflow = try workflow()
        for (id, text) in [
            ("", "instance_id must not be empty"),
            (String(repeating: "x", count: 257), "instance_id length 257 exceeds maximum 256 bytes"),
            (String(repeating: "é", count: 129), "instance_id length 258 exceeds maximum 256 bytes"),
        ] {
            for call in [
                { _ = try await engine.run(workflow, id: InstanceID(id), input: 1) },
                { _ = try await engine.client.submit(workflow, id: InstanceID(id), input: 1) },
                { _ = try await engine.resume(workflow, id: InstanceID(id)) },
            ] as [() async throws -> Void] {
                let error = await #expect(throws: WorkflowError.self) { try await call() }
                #expect(error?.description == text)
            }
        }
        for id in [String(repeating: "x", count: 256), String(repeating: "é", count: 128), " a\nb\u{0} 🎉 ü"] {
            #expect(try await engine.run(workflow, id: InstanceID(id), input: 1).output == 2)
            #expect(try await engine.client.history(of: InstanceID(id)).count == 4)
        }
    }

    @Test("CON-01, CON-02: what waits, has failed or was cancelled is there too, and is told with what belongs to it")
    func otherStates() async throws {
        let engine = try await openEngine()
        let workflow = try Flow("w", input: Int.self).then("t") { (value: Int) in
            if value < 0 { throw TestError("negative") }
            return value
        }.waitForSignal("s", of: Int.self).build()
        let waiting = try await engine.run(workflow, id: "waiting", input: 1)
        #expect(waiting.status == .awaitingSignal(step: Step("s"), signal: "s", deadline: nil))
        let failed = try await engine.run(workflow, id: "failed", input: -1)
        #expect(failed.error?.description == "TestError: negative")
        try await engine.client.submit(workflow, id: "cancelled", input: 1)
        try await engine.client.cancel("cancelled", by: "me", reason: "why")
        let cancelled = try await engine.resume(workflow, id: "cancelled")
        for status in [waiting, failed, cancelled] {
            let before = try await engine.client.history(of: status.id).count
            await #expect(throws: WorkflowError.self) { try await engine.run(workflow, id: status.id, input: 2) }
            for call in [engine.run, { try await engine.client.submit($0, id: $1, input: $2, onConflict: $3) }]
                as [(Workflow<Int, Int>, InstanceID, Int, ConflictPolicy) async throws -> WorkflowStatus<Int>]
            {
                #expect(try await call(workflow, status.id, 2, .useExisting) == status)
            }
            #expect(try await engine.client.history(of: status.id).count == before)
        }
    }
}
