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

/// A backend in a process that ends after so many appends: from then on nothing reaches the store.
struct MortalBackend: Backend {
    let inner: any Backend
    /// How many appends are still to come.
    private let remaining: Atomically<Int>

    /// What its callers get once the process has ended. In truth nobody is there to get anything.
    struct Dead: StoreError {
        let isPassing = false
        let isOutcomeUnknown = false
        let description = "the process has ended"
    }

    init(inner: any Backend, appends: Int) {
        self.inner = inner
        remaining = Atomically(appends)
    }

    private var isDead: Bool { remaining.value <= 0 }

    private func live() throws(BackendError) {
        if isDead { throw .store(Dead()) }
    }

    func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        let mayAppend = remaining.change { count in
            count -= 1
            return count >= 0
        }
        guard mayAppend else { throw .store(Dead()) }
        try await inner.append(events, lease: lease)
        // The last one is durable, but nobody is told.
        try live()
    }

    func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        // Also a process that never appends anything may have got as far as this.
        try await inner.acquireLease(on: instance, by: executor, takingOver: takingOver)
    }

    func release(_ lease: Lease, leaving rest: InstanceRest?) async {
        if !isDead { await inner.release(lease, leaving: rest) }
    }

    func keep(definition text: String, _ hash: DefinitionHash, at time: Timestamp) async throws(BackendError) {
        try await inner.keep(definition: text, hash, at: time)
    }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        try await inner.state(of: instance)
    }

    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent] {
        try await inner.history(of: instance, after: sequence)
    }

    func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        await inner.waitForChange(of: instance, after: revision)
    }

    func wakeUps() async -> AsyncStream<InstanceID> { await inner.wakeUps() }
    func announce(_ instance: InstanceID) async { if !isDead { await inner.announce(instance) } }
    func instances() async throws(BackendError) -> [InstanceSummary] { try await inner.instances() }
}
