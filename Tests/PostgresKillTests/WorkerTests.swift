import Foundation
import PostgresCluster
import PostgresWork
import Sayiir
import SayiirEvents
import SayiirPostgres
import TestPrograms
import Testing

@Suite("A worker process on PostgreSQL")
struct WorkerTests {
    @Test(
        "that is stopped for longer than its lease lasts is fenced: another one goes on, and it stores nothing, but works on"
    )
    func stopped() async throws {
        let cluster = try await PostgresCluster.shared
        let fleet = try Fleet(at: cluster.url, lease: .milliseconds(800), poll: .milliseconds(100))
        let stopped = try await fleet.add()
        let backend = try await PostgresBackend.connect(to: cluster.url, options: fleet.options)
        let client = WorkflowClient(backend: backend)
        let slow = try slowWorkflow(.none)
        try await client.submit(slow, id: "i", input: 300)
        try await waitUntil("the first worker has begun") { fleet.effects()["worker-0"]?.isEmpty == false }
        try stopped.pause(for: .seconds(20))
        try await fleet.add()
        #expect(try await client.waitForCompletion(of: "i", as: slow).output == 301)
        let history = try await client.history(of: "i")
        stopped.signal(SIGCONT)
        // It comes to its task's end, and must not store that.
        try await Task.sleep(for: .milliseconds(700))
        #expect(try await client.history(of: "i") == history)
        #expect(
            fleet.effects() == [
                "worker-0": [["i", "slow", "1"]], "worker-1": [["i", "slow", "2"], ["i", "next", "1"]],
            ])
        #expect(try await client.state(of: "i").anomalies == [])
        await fleet.kill(1)
        try await client.submit(slow, id: "j", input: 1)
        #expect(try await client.waitForCompletion(of: "j", as: slow).output == 2)
        #expect(fleet.effects()["worker-0"]?.last == ["j", "next", "1"])
        backend.close()
    }

    @Test(
        "that is stopped while somebody takes its lease stores nothing more, even if nobody else has written anything")
    func overtaken() async throws {
        let cluster = try await PostgresCluster.shared
        // Nothing but the server tells it: it renews its lease only after the task's end.
        let fleet = try Fleet(at: cluster.url, lease: .seconds(60), poll: .milliseconds(100))
        let stopped = try await fleet.add()
        let backend = try await PostgresBackend.connect(to: cluster.url, options: fleet.options)
        let client = WorkflowClient(backend: backend)
        let slow = try slowWorkflow(.none)
        try await client.submit(slow, id: "i", input: 300)
        try await waitUntil("the worker has begun") { fleet.effects()["worker-0"]?.isEmpty == false }
        try stopped.pause(for: .seconds(20))
        let lease = try await backend.acquireLease(on: "i", by: "test", takingOver: true)
        let history = try await client.history(of: "i")
        stopped.signal(SIGCONT)
        try await Task.sleep(for: .milliseconds(700))
        #expect(try await client.history(of: "i") == history)
        #expect(fleet.effects() == ["worker-0": [["i", "slow", "1"]]])
        await backend.release(lease)
        #expect(try await client.waitForCompletion(of: "i", as: slow).output == 301)
        #expect(fleet.effects() == ["worker-0": [["i", "slow", "1"], ["i", "slow", "2"], ["i", "next", "1"]]])
        backend.close()
    }

    #if os(Linux)
        @Test("whose time of day is off by hours keeps to the server's: waits end when they should, whoever began them")
        func skewedClocks() async throws {
            let cluster = try await PostgresCluster.shared
            let fleet = try Fleet(at: cluster.url, lease: .milliseconds(1000), poll: .milliseconds(100))
            for skew in [Duration.seconds(7200), .seconds(-10_800)] {
                let clock = try await fleet.add(skew: skew).lines(atLeast: 1).first?.split(separator: " ").last
                let difference = Double(try #require(clock.flatMap { Int($0) })) - Date().timeIntervalSince1970
                #expect(abs(difference - Double(skew.components.seconds)) < 60, "its clock is off indeed")
            }
            let backend = try await PostgresBackend.connect(to: cluster.url, options: fleet.options)
            let client = WorkflowClient(backend: backend)
            let flows = try ChaosFlows(.none)
            let names = ["delayed", "timed-out", "chain"]
            // On a busy machine one of them may be there for all of a round.
            for round in 0..<20 where fleet.effects().values.count(where: { !$0.isEmpty }) < 2 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in round * 30..<(round + 1) * 30 {
                        let entry = try #require(flows.entries[names[number % 3]])
                        group.addTask { try await Self.checkTimes(of: entry, number, client) }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(fleet.effects().values.count { !$0.isEmpty } == 2, "both have worked")
            backend.close()
        }

        /// All times are the server's, which is this machine's, and no wait is shorter than it should be, nor much longer.
        private static func checkTimes(of entry: ChaosFlows.Entry, _ number: Int, _ client: WorkflowClient) async throws
        {
            let (id, start, steady) = (InstanceID("i\(number)"), SystemClock().now, ContinuousClock.now)
            try await client.submit(entry.workflow, id: id, input: number)
            let end = try await client.waitForCompletion(of: id, as: entry.workflow)
            let length = ContinuousClock.now - steady
            #expect(end.output == entry.expected(number))
            let tolerance = Duration.milliseconds(20)
            for event in try await client.history(of: id).map(\.event) {
                #expect(event.time + tolerance >= start && event.time <= SystemClock().now + tolerance, "\(event)")
            }
            let due: Duration? =
                switch entry.workflow.name {
                case "delayed": .milliseconds(700)
                case "timed-out": .milliseconds(600)
                default: number % 3 == 0 ? .milliseconds(20) : nil
                }
            // The machine that tests may be busy; an hour's error would be seen.
            if let due { #expect(length > due - tolerance && length < due + .seconds(10), "\(id): \(length)") }
        }
    #endif
}
