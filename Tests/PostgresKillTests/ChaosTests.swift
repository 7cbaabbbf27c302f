import Foundation
import PostgresCluster
import Sayiir
import SayiirTesting
import Testing

@Suite("Workers on PostgreSQL while everything breaks")
struct ChaosTests {
    @Test("bring every instance to its right end: nothing is lost, and nothing that was checkpointed runs again")
    func nothingIsLostOrRepeated() async throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["SAYIIR_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: .min ... .max)
        print("chaos on PostgreSQL: seed \(seed)")
        // `SAYIIR_CHAOS` is how many instances there are to be.
        let long = environment["SAYIIR_CHAOS"].map { Int($0) ?? 4000 }
        let password = "s3cret+\(UInt32.random(in: .min ... .max))"
        let cluster = try await PostgresCluster.start(overTCP: true, password: password)
        let start = ContinuousClock.now
        var chaos = try await Chaos(cluster, workerCount: 4, instanceCount: long ?? 275, seed: seed)
        try await chaos.run(disturbances: long.map { max(20, $0 / 20) } ?? 18, pauses: 100...500)
        let client = chaos.client
        let disturbed = ContinuousClock.now
        do {
            try await waitUntil("all instances end", within: .seconds(long == nil ? 60 : 600)) {
                try await Task.sleep(for: .milliseconds(100))
                return try await client.liveInstances().isEmpty
            }
        } catch {
            Issue.record("seed \(seed): \(error): \(try await client.liveInstances().map(\.id))")
        }
        let end = ContinuousClock.now
        var findings = try Findings(chaos)
        try await findings.check()
        #expect(await chaos.fleet.complaints() == [], "no service ended by itself")
        #expect(!chaos.fleet.logs().contains("s3cret"))
        let counts = Chaos.Disturbance.allCases.map { "\($0) \(chaos.counts[$0] ?? 0)" }.joined(separator: ", ")
        print(
            """
            chaos on PostgreSQL: seed \(seed), \(chaos.plans.count) instances, \(findings.eventCount) events, \(counts), \
            \(findings.repeatedAttempts) attempts repeated; \(disturbed - start) of it, and \(end - disturbed) until all was over
            """)
        try await cluster.remove()
    }
}
