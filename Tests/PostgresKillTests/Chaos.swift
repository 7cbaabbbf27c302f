import Foundation
import PostgresCluster
import PostgresWork
import Sayiir
import SayiirEvents
import SayiirPostgres
import SayiirTesting
import TestPrograms
import Testing

/// What is done to workers and to the server while clients submit, signal, pause and cancel instances.
struct Chaos {
    /// What can happen.
    enum Disturbance: CaseIterable {
        case killWorker, stopWorker, terminateSessions, restartServer, crashServer, killServer
        case cutConnections, freezeConnections, loseConnections
    }

    let cluster: PostgresCluster
    let proxy: TCPProxy
    let fleet: Fleet
    let client: WorkflowClient
    let plans: [InstancePlan]
    var generator: SplitMix64
    private(set) var counts: [Disturbance: Int] = [:]

    static let lease = Duration.milliseconds(1500)

    init(_ cluster: PostgresCluster, workerCount: Int, instanceCount: Int, seed: UInt64) async throws {
        self.cluster = cluster
        proxy = try TCPProxy(to: cluster.port)
        fleet = try Fleet(
            at: cluster.tcpURL(port: proxy.port), lease: Self.lease, poll: .milliseconds(150))
        for _ in 0..<workerCount { try await fleet.add() }
        // Clients are not cut off; the server's end is enough for them.
        client = WorkflowClient(backend: try await PostgresBackend.connect(to: cluster.url, options: fleet.options))
        var generator = SplitMix64(seed: seed)
        let flows = try ChaosFlows(.none)
        let names = flows.entries.keys.sorted()
        plans = (0..<instanceCount).compactMap { number in
            let name = names[number % names.count]
            return flows.entries[name].map { InstancePlan(number, name, $0, using: &generator) }
        }
        self.generator = generator
    }

    /// Makes so many disturbances, of all kinds, while all instances are submitted; returns when all is well again.
    mutating func run(disturbances count: Int, pauses: ClosedRange<Int>) async throws {
        var disturbances: [Disturbance] = Disturbance.allCases
        while disturbances.count < count {
            // The server's restarts take the longest, and leave the others nothing to break.
            let isOfServer = Int.random(in: 0..<8, using: &generator) == 0
            let kinds: [Disturbance] =
                isOfServer
                ? [.restartServer, .crashServer, .killServer]
                : [.killWorker, .killWorker, .killWorker, .stopWorker, .terminateSessions, .cutConnections]
            disturbances.append(kinds[Int.random(in: 0..<kinds.count, using: &generator)])
        }
        disturbances.shuffle(using: &generator)
        let clients = Task { [client, plans] in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<16 {
                    group.addTask {
                        for plan in plans where plan.number % 16 == lane { try await plan.carryOut(by: client) }
                    }
                }
                try await group.waitForAll()
            }
        }
        for disturbance in disturbances {
            try await Task.sleep(for: .milliseconds(Int.random(in: pauses, using: &generator)))
            try await cause(disturbance)
            counts[disturbance, default: 0] += 1
        }
        try await clients.value
    }

    private mutating func cause(_ disturbance: Disturbance) async throws {
        let place = Int.random(in: 0..<fleet.workers.count, using: &generator)
        switch disturbance {
        case .killWorker:
            await fleet.kill(place)
            try await Task.sleep(for: .milliseconds(Int.random(in: 0..<300, using: &generator)))
            try fleet.replace(place)
        case .stopWorker: try fleet.workers[place].pause(for: Self.lease * 1.7)
        case .terminateSessions:
            try await cluster.psql(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                """)
        case .restartServer:
            try await cluster.stop(.fast)
            try await cluster.startAgain()
        case .crashServer:
            try await cluster.stop(.immediate)
            try await cluster.startAgain()
        case .killServer:
            try await cluster.kill9()
            try await cluster.startAgain()
        case .cutConnections: proxy.cut()
        case .freezeConnections:
            proxy.freeze(true)
            try await Task.sleep(for: Self.lease * 1.3)
            proxy.freeze(false)
        case .loseConnections: proxy.loseAll()
        }
    }
}

/// What a client does with one instance, and how that has to end.
struct InstancePlan: Sendable {
    enum End: Equatable {
        case completed(Int)
        case failed
        case cancelled
    }

    let number: Int
    let id: InstanceID
    let end: End
    private let entry: ChaosFlows.Entry
    private let isPaused: Bool
    private let signalsFirst: Bool
    private let pace: Int

    init(_ number: Int, _ name: String, _ entry: ChaosFlows.Entry, using generator: inout SplitMix64) {
        self.number = number
        self.entry = entry
        id = InstanceID("\(name)-\(number)")
        isPaused = Int.random(in: 0..<5, using: &generator) == 0
        signalsFirst = Bool.random(using: &generator)
        pace = Int.random(in: 50..<700, using: &generator)
        let isCancelled = name == ChaosFlows.endless && Int.random(in: 0..<2, using: &generator) == 0
        end = isCancelled ? .cancelled : entry.expected(number).map { .completed($0) } ?? .failed
    }

    /// Does it, again and again while the server is away.
    func carryOut(by client: WorkflowClient) async throws {
        if signalsFirst { try await signal(client) }
        try await persistently { () throws(WorkflowError) in
            try await client.submit(entry.workflow, id: id, input: number, onConflict: .useExisting)
        }
        try await Task.sleep(for: .milliseconds(pace / 4))
        if isPaused { try await control { () throws(WorkflowError) in try await client.pause(id) } }
        try await Task.sleep(for: .milliseconds(pace))
        if !signalsFirst { try await signal(client) }
        if isPaused { try await control { () throws(WorkflowError) in try await client.unpause(id) } }
        if end == .cancelled { try await control { () throws(WorkflowError) in try await client.cancel(id) } }
    }

    private func signal(_ client: WorkflowClient) async throws {
        guard end != .cancelled else { return }
        for (name, payload) in entry.signals(number) {
            try await persistently { () throws(WorkflowError) in
                try await client.signal(name, to: id, payload: payload, deduplicationID: "\(id)-\(name)")
            }
        }
    }

    /// What is asked may have come too late, or may have been done by the time that it is asked again.
    private func control(_ body: () async throws(WorkflowError) -> Void) async throws {
        try await persistently { () throws(WorkflowError) in
            do throws(WorkflowError) {
                try await body()
            } catch {
                guard case .notPossible = error else { throw error }
            }
        }
    }

    private func persistently<Value>(_ body: () async throws(WorkflowError) -> Value) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            do throws(WorkflowError) {
                _ = try await body()
                return
            } catch {
                guard case .backend(.store(let cause)) = error, cause.isPassing, ContinuousClock.now < deadline else {
                    throw error
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
