import CrashEquivalence
import Foundation
import Sayiir
import SayiirTesting
import TestSupport
import Testing

@testable import SayiirPostgres

/// What the server did without anybody getting to know.
@Suite struct LostReplyTests {
    @Test("flows of which the server's replies are lost at random come to the same end, and repeat nothing")
    func randomFlows() async throws {
        let options = TestStore.options()
        let proxy = try await Self.proxy(seed: 1)
        defer { proxy.stop() }
        let backend = try await PostgresBackend.connect(to: try await Self.url(through: proxy), options: options)
        proxy.lose(chance: 0.1)
        let problems = await withTaskGroup(of: String?.self) { group in
            for first in stride(from: UInt64(4_000_000), to: 4_000_040, by: 10) {
                group.addTask {
                    await FlowSearch.firstProblem(from: first, count: 10) { plan, seed in
                        do {
                            let runner = try PlanRunner(plan, id: InstanceID(UUID().uuidString))
                            let record = try await runner.run(on: backend)
                            return RunComparison(runner.expectation).problem(with: record, from: nil)
                        } catch { return "\(error)" }
                    }
                }
            }
            return await group.reduce(into: [String]()) { if let problem = $1 { $0.append(problem) } }
        }
        proxy.lose(chance: 0)
        #expect(problems == [])
        print("PostgreSQL: replies lost: \(proxy.lost.sorted { $0.key < $1.key })")
        #expect(proxy.lost["append", default: 0] > 0)
    }

    @Test("a lease is acquired once, though the reply was lost, and nobody else's is taken")
    func acquiring() async throws {
        let options = TestStore.options()
        let proxy = try await Self.proxy(seed: 2)
        defer { proxy.stop() }
        let backend = try await PostgresBackend.connect(to: try await Self.url(through: proxy), options: options)
        let other = try await TestStore.connect(options)
        _ = try await other.acquireLease(on: "taken", by: "other", takingOver: false)
        _ = try await backend.acquireLease(on: "own", by: "e", takingOver: false)
        proxy.lose(chance: 0.2)
        for number in 0..<20 {
            let id = InstanceID("i\(number)")
            let lease = try await backend.acquireLease(on: id, by: "e", takingOver: false)
            try await backend.append([Self.submission(of: id)], lease: lease)
            for held in ["taken", "own"] as [InstanceID] {
                await #expect(throws: BackendError.self) {
                    try await backend.acquireLease(on: held, by: "e", takingOver: false)
                }
            }
        }
        proxy.lose(chance: 0)
        #expect(proxy.lost["acquire_lease", default: 0] > 0 && proxy.lost["append", default: 0] > 0)
    }

    private static func submission(of id: InstanceID) -> Event {
        let input = Payload(codec: "json", bytes: Array("1".utf8))
        let definition = DefinitionHash(bytes: [UInt8](repeating: 1, count: 32))
        return Event(
            instance: id, revision: 1, time: Timestamp(nanosecondsSinceEpoch: 1),
            body: .submitted(.init(workflow: "w", definition: definition, input: input, priority: 3)))
    }

    private static func proxy(seed: UInt64) async throws -> LossyProxy {
        let access = try await ServerAccess()
        defer { access.close() }
        let path = try await access.texts(
            "SELECT split_part(current_setting('unix_socket_directories'), ',', 1) || '/.s.PGSQL.' || current_setting('port')"
        )
        return try LossyProxy(serverPath: try #require(path.first ?? nil), seed: seed)
    }

    private static func url(through proxy: LossyProxy) async throws -> String {
        try await TestStore.url(adding: "host=\(proxy.directory)&port=5432")
    }
}
