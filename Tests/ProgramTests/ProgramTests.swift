import CrashEquivalence
import Foundation
import PostgresCluster
import TestPrograms
import Testing

/// Random programs of options at their extremes, each run on several stores, by hand and by a service, with and without crashes.
///
/// `SAYIIR_PROGRAMS` says how many there are, and `SAYIIR_SEED` where their seeds begin. A process of its own runs each share of them,
/// so that a program that traps ends that process, and is named.
@Suite("Programs at their extremes") struct ProgramTests {
    private static let askedCount = ProcessInfo.processInfo.environment["SAYIIR_PROGRAMS"].flatMap { Int($0) }
    private static let first = ProcessInfo.processInfo.environment["SAYIIR_SEED"].flatMap { UInt64($0) } ?? 1
    /// As many as run at a time.
    private static let groups = max(2, ProcessInfo.processInfo.activeProcessorCount)

    @Test(
        "A random program comes to the same end in memory and on the log, and ends neither process nor service",
        arguments: 0..<groups)
    func memoryAndLog(group: Int) async throws {
        try await tryShare(group, of: Self.askedCount ?? 400, with: [])
    }

    @Test("A random program comes to the same end in memory, on the log and on PostgreSQL", arguments: 0..<groups)
    func allStores(group: Int) async throws {
        let schema = "programs_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
        let count = Self.askedCount.map { max(1, $0 / 20) } ?? 40
        try await tryShare(group, of: count, with: [PostgresCluster.shared.url, schema])
    }

    @Test("Among the first programs are some that run and some that are refused, with every part of a dress")
    func coverage() {
        var parts: Set<PlanDress.Part> = []
        for seed in UInt64(1)...200 { parts.formUnion(PlanDress(seed: seed).parts) }
        #expect(parts == Set(PlanDress.Part.allCases))
    }

    private func tryShare(_ group: Int, of count: Int, with store: [String]) async throws {
        let share = (count + Self.groups - 1) / Self.groups
        let first = Self.first + UInt64(group * share)
        let (next, runs) = try await ProgramProcesses(store: store).run(from: first, count: share) { problem in
            Issue.record(Comment(rawValue: problem))
        }
        #expect(next == first + UInt64(share))
        #expect(runs > share / 4)
        if Self.askedCount != nil { print("Programs: \(share) from seed \(first), of which \(runs) ran") }
    }
}
