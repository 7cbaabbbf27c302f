import Foundation
import Sayiir
import SayiirPostgres
import TestSupport
import Testing

@Suite("Several executors on one PostgreSQL")
struct PostgresServiceTests {
    @Test("WRK-01: two workers share the work, and each task runs once")
    func sharedWork() async throws {
        let calls = Calls()
        let options = TestStore.options()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).then(adding(10, "b", calls)).build()
        let (one, two) = (try await worker("one", options, workflow), try await worker("two", options, workflow))
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        try await serving([one, two]) {
            for number in 0..<20 { try await client.submit(workflow, id: "i\(number)", input: number) }
            for number in 0..<20 {
                #expect(try await client.waitForCompletion(of: "i\(number)", as: workflow).output == number + 11)
            }
        }
        #expect(calls.count("a") == 20 && calls.count("b") == 20)
    }

    @Test("what is submitted is begun, and what is signalled goes on, within milliseconds on an idle worker")
    func wakeUps() async throws {
        let options = TestStore.options()
        let times = Atomically<[ContinuousClock.Instant]>([])
        let note = DurableTask("note") { (value: Int) in
            times.change { $0.append(.now) }
            return value
        }
        let signalled = DurableTask("signalled") { (value: Int) in
            times.change { $0.append(.now) }
            return value
        }
        let workflow = try Flow("w", input: Int.self).then(note).waitForSignal("go", of: Int.self).then(signalled)
            .build()
        let worker = try await worker("one", options, workflow)
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        var delays: [Duration] = []
        try await serving([worker]) {
            for number in 0..<20 {
                let id = InstanceID("i\(number)")
                let submission = ContinuousClock.now
                try await client.submit(workflow, id: id, input: 1)
                try await waitUntil { times.value.count == 2 * number + 1 }
                delays.append(times.value[2 * number] - submission)
                try await waitUntil {
                    if case .awaitingSignal = try await client.status(of: id) { true } else { false }
                }
                let signal = ContinuousClock.now
                try await client.signal("go", to: id, payload: 2)
                #expect(try await client.waitForCompletion(of: id, as: workflow).output == 2)
                delays.append(times.value[2 * number + 1] - signal)
            }
        }
        let median = delays.sorted()[delays.count / 2]
        print("PostgreSQL: wake-up latency, median of \(delays.count): \(median), worst \(delays.max() ?? .zero)")
        // The machine that tests may be busy; a poll would take seconds.
        #expect(median < .milliseconds(500))
    }

    @Test("a delay ends when it should, also if the worker that began it is gone")
    func delays() async throws {
        let options = TestStore.options()
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a")).delay("d", .milliseconds(300))
            .then(adding(1, "b")).build()
        let one = try await worker("one", options, workflow)
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        try await serving([one]) {
            try await client.submit(workflow, id: "i", input: 1)
            try await waitUntil { if case .waiting = try await client.status(of: "i") { true } else { false } }
        }
        let two = try await worker("two", options, workflow)
        try await serving([two]) {
            let end = try await client.waitForCompletion(of: "i", as: workflow)
            #expect(end.output == 3)
        }
    }

    @Test("a lease that is not renewed ends: another worker goes on, and the first one cannot write any more")
    func takeOver() async throws {
        let calls = Calls()
        var options = TestStore.options()
        options.leaseDuration = .milliseconds(400)
        options.pollInterval = .milliseconds(100)
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).then("b") { (value: Int) in
            calls.note("b")
            if calls.count("b") == 1 { try await Task.sleep(for: .seconds(3600)) }
            return value + 10
        }.build()
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        let first = try await TestStore.connect(options)
        let lost = Engine(backend: first, options: workerOptions("lost"))
        try lost.register(workflow)
        let service = Task { try await lost.run() }
        try await client.submit(workflow, id: "i", input: 1)
        try await waitUntil { calls.count("b") == 1 }
        // It can reach the server no more, and does not know it yet.
        first.close()
        let other = try await worker("other", options, workflow)
        try await serving([other]) {
            let end = try await client.waitForCompletion(of: "i", as: workflow)
            #expect(end.output == 12)
        }
        service.cancel()
        try? await service.value
        #expect(calls.count("a") == 1 && calls.count("b") == 2)
        #expect(try await client.state(of: "i").anomalies == [])
    }

    @Test("CAN-14: a cancel reaches the code that runs, and the instance is cancelled")
    func cancelsRunning() async throws {
        let calls = Calls()
        let options = TestStore.options()
        let workflow = try Flow("w", input: Int.self).then(hanging("a", calls)).then(adding(1, "b", calls)).build()
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        try await serving([try await worker("one", options, workflow)]) {
            try await client.submit(workflow, id: "i", input: 1)
            try await waitUntil { calls.count("a") == 1 }
            try await client.cancel("i", by: "me", reason: "why")
            let end = try await client.waitForCompletion(of: "i", as: workflow)
            guard case .cancelled(let request) = end.status else {
                Issue.record("it is \(end.status)")
                return
            }
            #expect(request.actor == "me" && request.reason == "why")
        }
        #expect(calls.all == ["a"])
    }

    @Test("TAG-01: a task goes to a worker that offers its tags")
    func tags() async throws {
        let calls = Calls()
        let options = TestStore.options()
        let tagged = DurableTask("gpu", tags: ["gpu"]) { (value: Int) in
            calls.note("gpu")
            return value * 2
        }
        let workflow = try Flow("w", input: Int.self).then(adding(1, "a", calls)).then(tagged).build()
        let client = WorkflowClient(backend: try await TestStore.connect(options))
        let plain = try await worker("plain", options, workflow, tags: ["cpu"])
        try await serving([plain]) {
            try await client.submit(workflow, id: "i", input: 1)
            try await waitUntil { calls.count("a") == 1 }
            try await Task.sleep(for: .milliseconds(300))
            #expect(calls.count("gpu") == 0)
            try await serving([try await worker("gpu", options, workflow, tags: ["gpu"])]) {
                let end = try await client.waitForCompletion(of: "i", as: workflow)
                #expect(end.output == 4)
            }
        }
        #expect(calls.all == ["a", "gpu"])
    }
}
