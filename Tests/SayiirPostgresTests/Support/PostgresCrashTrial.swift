import CrashEquivalence
import Sayiir
import SayiirPostgres
import SayiirTesting
import TestSupport

/// Runs a plan on PostgreSQL without a crash, and then with a process that ends after some append, and another that goes on.
struct PostgresCrashTrial {
    /// Where trials happen, all in the same tables.
    struct Store: Sendable {
        var options: PostgresOptions
        /// What the processes that end had: it does not know that they ended.
        var first: PostgresBackend
        let trialCount = Atomically(0)
    }

    private let plan: FlowPlan
    private let store: Store
    private var random: SplitMix64

    /// How many appends are tried of each plan; the others would take too long.
    private static let crashCount = 4

    static func store() async throws -> Store {
        var options = TestStore.options()
        options.maximumConnections = 2
        return Store(options: options, first: try await TestStore.connect(options))
    }

    /// What goes wrong with a plan; `nil` if nothing does.
    static func problem(with plan: FlowPlan, seed: UInt64, in store: Store) async -> String? {
        do {
            var trial = PostgresCrashTrial(plan: plan, store: store, random: SplitMix64(seed: seed))
            return try await trial.run()
        } catch {
            return "\(error)"
        }
    }

    private mutating func run() async throws -> String? {
        let runner = try PlanRunner(plan, id: newID())
        let record = try await runner.run(on: store.first)
        if let problem = RunComparison(runner.expectation).problem(with: record, from: nil) {
            return "uncrashed: \(problem)"
        }
        let comparison = RunComparison(runner.expectation, uncrashed: record)
        for count in (0...record.appends.count).shuffled(using: &random).prefix(Self.crashCount) {
            if let problem = try await crash(after: count, comparison) {
                return "crashed after append \(count) of \(record.appends.count): \(problem)"
            }
        }
        return nil
    }

    /// Ends a process after so many appends, perhaps another one soon after it took over, and lets the last one go on to the end.
    private mutating func crash(after count: Int, _ comparison: RunComparison) async throws -> String? {
        let id = newID()
        await runMortally(id, on: store.first, from: nil, appends: count)
        var (backend, left) = try await takeOver(id)
        if Int.random(in: 0..<4, using: &random) == 0 {
            await runMortally(id, on: backend, from: left, appends: Int.random(in: 0..<4, using: &random))
            (backend, left) = try await takeOver(id)
        }
        let pause = Duration.seconds(Bool.random(using: &random) ? 0 : 3600)
        let record = try await PlanRunner(plan, id: id).run(on: backend, from: left, after: pause)
        return comparison.problem(with: record, from: left)
    }

    private func runMortally(_ id: InstanceID, on backend: PostgresBackend, from left: InstanceState?, appends: Int)
        async
    {
        let mortal = MortalBackend(inner: backend, appends: appends)
        // It is meant to fail, unless it comes to its end before.
        _ = try? await PlanRunner(plan, id: id).run(on: mortal, from: left)
    }

    /// A backend as another process has it, once the lease of the one before has ended, and what it finds.
    private func takeOver(_ id: InstanceID) async throws -> (PostgresBackend, InstanceState?) {
        let backend = try await TestStore.connect(store.options)
        let lease = try await backend.acquireLease(on: id, by: "later", takingOver: true)
        await backend.release(lease)
        return (backend, try await backend.state(of: id))
    }

    private func newID() -> InstanceID {
        InstanceID("trial \(store.trialCount.change { $0 += 1; return $0 })")
    }
}
