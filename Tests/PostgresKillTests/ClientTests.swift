import Foundation
import PostgresCluster
import PostgresWork
import Sayiir
import SayiirPostgres
import TestPrograms
import TestSupport
import Testing

@Suite("A client of PostgreSQL in a process that runs nothing", .serialized)
struct ClientTests {
    @Test("hears of an instance's end within a moment, not at the next poll")
    func waitForCompletion() async throws {
        let cluster = try await PostgresCluster.shared
        let fleet = try Fleet(at: cluster.url, lease: .seconds(30), poll: .seconds(30))
        try await fleet.add()
        let backend = try await PostgresBackend.connect(to: cluster.url, options: fleet.options)
        let client = WorkflowClient(backend: backend)
        let slow = try slowWorkflow(.none)
        var delays: [Duration] = []
        for number in 0..<15 {
            let id = InstanceID("i\(number)")
            try await client.submit(slow, id: id, input: 60)
            #expect(try await client.waitForCompletion(of: id, as: slow).output == 61)
            let now = SystemClock().now
            let ended = try #require(try await client.state(of: id).endedAt)
            delays.append(now - ended)
        }
        let median = delays.sorted()[delays.count / 2]
        print(
            "PostgreSQL: an end is heard of in another process after \(median) (median), \(delays.max() ?? .zero) at worst"
        )
        #expect(median < .milliseconds(500))
        backend.close()
    }

    @Test("that waits for a change goes on waiting while the server restarts, and hears of the change")
    func serverRestarts() async throws {
        let cluster = try await PostgresCluster.start()
        let fleet = try Fleet(at: cluster.url, lease: .seconds(5), poll: .milliseconds(200))
        try await fleet.add()
        let backend = try await PostgresBackend.connect(to: cluster.url, options: fleet.options)
        let client = WorkflowClient(backend: backend)
        let flow = try #require(try ChaosFlows(.none).entries["signalled"])
        try await client.submit(flow.workflow, id: "i", input: 1)
        try await waitUntil("it waits for its signal") {
            if case .awaitingSignal = try await client.status(of: "i") { true } else { false }
        }
        let waiting = Task { try await client.waitForCompletion(of: "i", as: flow.workflow).output }
        for mode in [PostgresCluster.StopMode.fast, .immediate] {
            try await Task.sleep(for: .milliseconds(200))
            try await cluster.stop(mode)
            try await Task.sleep(for: .milliseconds(400))
            try await cluster.startAgain()
        }
        try await client.signal("go", to: "i", payload: 5)
        #expect(try await waiting.value == 15)
        #expect(await fleet.complaints() == [])
        backend.close()
        try await cluster.remove()
    }

    @Test(
        "gets a typed error when the server is away for longer than it tries, which says nothing secret; workers go on later"
    )
    func serverIsAway() async throws {
        let password = "geheim/123 ü"
        let cluster = try await PostgresCluster.start(overTCP: true, password: password)
        let fleet = try Fleet(at: cluster.tcpURL(), lease: .seconds(2), poll: .milliseconds(200))
        try await fleet.add()
        var options = fleet.options
        options.reconnectTimeout = .milliseconds(800)
        options.connectTimeout = .milliseconds(500)
        let logged = LogLines()
        let backend = try await PostgresBackend.connect(to: cluster.tcpURL(), options: options)
        var engineOptions = EngineOptions()
        engineOptions.logger = logged.logger
        let engine = Engine(backend: backend, options: engineOptions)
        let slow = try slowWorkflow(.none)
        try engine.register(slow)
        let service = Task { try await engine.run() }
        try await engine.client.submit(slow, id: "i", input: 1000)
        try await waitUntil("it is begun") { try await engine.client.history(of: "i").count > 1 }
        try await cluster.kill9()
        let start = ContinuousClock.now
        do throws(WorkflowError) {
            try await engine.client.submit(slow, id: "j", input: 1)
            Issue.record("a server that is away took it")
        } catch {
            guard case .backend(.store(let cause as PostgresError)) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(cause.kind == .unreachable && cause.isPassing)
            #expect(!"\(error)".contains(password) && !"\(error)".contains("geheim"))
        }
        #expect(ContinuousClock.now - start < .seconds(6))
        try await waitUntil("the service says so") { !logged.lines.isEmpty }
        try await cluster.startAgain()
        try await engine.client.submit(slow, id: "j", input: 1)
        for id in ["i", "j"] as [InstanceID] {
            #expect(try await engine.client.waitForCompletion(of: id, as: slow).isCompleted)
        }
        service.cancel()
        try? await service.value
        for text in [fleet.logs(), logged.lines.joined(separator: "\n")] { #expect(!text.contains("geheim")) }
        #expect(await fleet.complaints() == [])
        backend.close()
        try await cluster.remove()
    }

    @Test("that listens on a connection which is lost without a word listens on another one soon")
    func silentLoss() async throws {
        let cluster = try await PostgresCluster.start(overTCP: true)
        let proxy = try TCPProxy(to: cluster.port)
        var options = PostgresOptions()
        // What it asks the server for, it does so now and then; nothing else finds out here.
        options.leaseDuration = .seconds(1)
        options.statementTimeout = .seconds(1)
        options.pollInterval = .seconds(600)
        let direct = try await PostgresBackend.connect(to: cluster.url)
        let behind = try await PostgresBackend.connect(to: cluster.tcpURL(port: proxy.port), options: options)
        let heard = LogLines()
        let wakeUps = await behind.wakeUps()
        let listening = Task { for await instance in wakeUps { heard.add(instance.rawValue) } }
        await direct.announce("before")
        try await waitUntil("it listens") { heard.lines.contains("before") }
        proxy.loseAll()
        await direct.announce("lost")
        try await waitUntil("it listens again", within: .seconds(20)) {
            await direct.announce("after")
            try await Task.sleep(for: .milliseconds(50))
            return heard.lines.contains("after")
        }
        #expect(!heard.lines.contains("lost"))
        listening.cancel()
        behind.close()
        direct.close()
        proxy.close()
        try await cluster.remove()
    }

    @Test(
        "of a server that takes no changes for a while gets an error that says so, and services go on when it does again"
    )
    func readOnly() async throws {
        let cluster = try await PostgresCluster.start()
        var options = PostgresOptions()
        options.reconnectTimeout = .milliseconds(300)
        options.pollInterval = .milliseconds(200)
        options.leaseDuration = .seconds(8)
        let backend = try await PostgresBackend.connect(to: cluster.url, options: options)
        let engine = Engine(backend: backend)
        let slow = try slowWorkflow(.none)
        try engine.register(slow)
        let service = Task { try await engine.run() }
        try await engine.client.submit(slow, id: "i", input: 500)
        try await waitUntil("it is begun") { try await engine.client.history(of: "i").count > 1 }
        try await cluster.psql("ALTER SYSTEM SET default_transaction_read_only = on")
        try await cluster.psql("SELECT pg_reload_conf()")
        try await waitUntil("the server takes no changes") {
            do throws(WorkflowError) {
                try await engine.client.submit(slow, id: InstanceID(UUID().uuidString), input: 1)
                return false
            } catch {
                guard case .backend(.store(let cause as PostgresError)) = error else { throw error }
                #expect(
                    cause.kind == .readOnly && cause.isPassing && !cause.isOutcomeUnknown && cause.sqlState == "25006")
                return true
            }
        }
        try await Task.sleep(for: .seconds(1))
        try await cluster.psql("ALTER SYSTEM RESET default_transaction_read_only")
        try await cluster.psql("SELECT pg_reload_conf()")
        let start = ContinuousClock.now
        #expect(try await engine.client.waitForCompletion(of: "i", as: slow).output == 501)
        // What could not be given back meanwhile does not have to end by itself.
        #expect(ContinuousClock.now - start < .seconds(5))
        service.cancel()
        try? await service.value
        backend.close()
        try await cluster.remove()
    }
}
