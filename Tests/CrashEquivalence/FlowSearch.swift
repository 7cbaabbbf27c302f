internal import Foundation

/// Looks for a flow that does not do what it should, among those of a range of seeds.
package enum FlowSearch {
    private static let environment = ProcessInfo.processInfo.environment

    /// How many flows `SAYIIR_FLOWS` asks for; `nil` if it is not set.
    package static let askedCount = environment["SAYIIR_FLOWS"].flatMap { Int($0) }.map { max(1, $0) }
    /// Where seeds begin that nobody has tried: where `SAYIIR_SEED` says, or anywhere.
    package static let newSeeds = askedSeed ?? .random(in: 0..<1 << 48)
    /// Whether `SAYIIR_FLOWS` or `SAYIIR_SEED` asks for more than is tried always.
    package static let isAskedForMore = askedCount != nil || askedSeed != nil

    private static let askedSeed = environment["SAYIIR_SEED"].flatMap { UInt64($0) }

    /// What is wrong with the first flow that does not do what it should, and with the smallest like it; `nil` if none was found.
    ///
    /// - Parameters:
    ///   - first: The first seed.
    ///   - count: How many seeds.
    ///   - problem: What is wrong with a plan of a seed; `nil` if nothing is.
    package static func firstProblem(
        from first: UInt64, count: Int, with problem: @escaping (FlowPlan, _ seed: UInt64) async -> String?
    ) async -> String? {
        for seed in first..<(first + UInt64(count)) {
            let plan = FlowGenerator.plan(seed: seed)
            guard let found = await problem(plan, seed) else { continue }
            let smallest = await Shrinker { await problem($0, seed) != nil }.shrink(plan)
            let last = await problem(smallest, seed) ?? "it does not always fail"
            return """
                SAYIIR_SEED=\(seed): \(plan)
                \(found)
                shrunk: \(smallest)
                \(last)
                """
        }
        return nil
    }
}
