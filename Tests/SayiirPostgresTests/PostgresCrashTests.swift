import CrashEquivalence
import Sayiir
import SayiirTesting
import TestSupport
import Testing

@testable import SayiirPostgres

/// Random flows on PostgreSQL, crashed and cut off. `SAYIIR_FLOWS` and `SAYIIR_SEED` ask for more, as for those on the log.
@Suite("Crash equivalence on PostgreSQL")
struct PostgresCrashTests {
    private static let flowCount = FlowSearch.askedCount.map { max(1, $0 / 20) } ?? 60
    private static let groups = 4
    private static let brokenConnectionCount = FlowSearch.askedCount ?? 60

    @Test(
        "a random flow whose process ends after any append comes to the same end in another one, and repeats nothing",
        arguments: 0..<groups)
    func crashes(group: Int) async throws {
        let share = (Self.flowCount + Self.groups - 1) / Self.groups
        let store = try await PostgresCrashTrial.store()
        let first = (FlowSearch.isAskedForMore ? FlowSearch.newSeeds : 2_000_000) + UInt64(group * share)
        let problem = await FlowSearch.firstProblem(from: first, count: share) { plan, seed in
            await PostgresCrashTrial.problem(with: plan, seed: seed, in: store)
        }
        #expect(problem == nil)
    }

    @Test("flows whose connections break over and over come to the same end, and repeat nothing")
    func brokenConnections() async throws {
        var options = TestStore.options()
        options.maximumConnections = 4
        let url = try await TestStore.url(adding: "application_name=\(options.schema)")
        let backend = try await PostgresBackend.connect(to: url, options: options)
        let terminator = try await ConnectionTerminator(of: options.schema)
        let kills = Atomically(0)
        let breaking = Task {
            while !Task.isCancelled {
                let count = try await terminator.terminate()
                kills.change { $0 += count }
                try await Task.sleep(for: .milliseconds(.random(in: 5..<60)))
            }
        }
        var seed: UInt64 = 3_000_000
        while kills.value < Self.brokenConnectionCount {
            let problems = await withTaskGroup(of: String?.self) { group in
                for number in seed..<(seed + 8) {
                    group.addTask { await Self.problem(ofUncrashed: number, on: backend) }
                }
                return await group.reduce(into: [String]()) { if let problem = $1 { $0.append(problem) } }
            }
            #expect(problems == [])
            if !problems.isEmpty { break }
            seed += 8
        }
        breaking.cancel()
        _ = await breaking.result
        print("PostgreSQL: \(seed - 3_000_000) flows while \(kills.value) connections were ended")
    }

    private static func problem(ofUncrashed seed: UInt64, on backend: PostgresBackend) async -> String? {
        let plan = FlowGenerator.plan(seed: seed)
        do {
            let runner = try PlanRunner(plan, id: "\(seed)")
            let record = try await runner.run(on: backend)
            return RunComparison(runner.expectation).problem(with: record, from: nil).map { "\(seed): \(plan): \($0)" }
        } catch {
            return "\(seed): \(plan): \(error)"
        }
    }
}
