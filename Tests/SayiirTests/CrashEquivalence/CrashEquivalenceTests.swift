import Foundation
import Sayiir
import SayiirTesting
import Testing

@Suite struct CrashEquivalenceTests {
    /// How many random flows are tried in all; `SAYIIR_FLOWS` sets another number.
    static let flowCount = ProcessInfo.processInfo.environment["SAYIIR_FLOWS"].flatMap { Int($0) } ?? 2_000
    private static let groups = 10

    @Test(
        "a random flow that crashes at any append comes to the same end as without a crash, and repeats nothing",
        arguments: 0..<groups)
    func fixedSeeds(group: Int) async throws {
        try await tryFlows(from: 1_000_000, group)
    }

    private func tryFlows(from base: UInt64, _ group: Int) async throws {
        let share = (Self.flowCount + Self.groups - 1) / Self.groups
        for number in 0..<share {
            let seed = base + UInt64(group * share + number)
            let plan = FlowGenerator.plan(seed: seed)
            guard let problem = await CrashTrial.problem(with: plan, seed: seed) else { continue }
            let smallest = await Shrinker { await CrashTrial.problem(with: $0, seed: seed) != nil }.shrink(plan)
            let last = await CrashTrial.problem(with: smallest, seed: seed) ?? "it passes now"
            Issue.record("seed \(seed): \(plan)\n\(problem)\nshrunk to: \(smallest)\n\(last)")
            return
        }
    }
}
