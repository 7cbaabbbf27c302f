package import Sayiir
internal import TestSupport

/// A backend in a process that ends after so many appends: from then on nothing reaches the store.
package struct MortalBackend: Backend {
    /// The store's backend, which outlives the process.
    package let inner: any Backend
    /// Called with each append that was acknowledged, before the appending run goes on.
    package var onAppend: (@Sendable ([Event]) async -> Void)?
    /// How many appends are still to come.
    private let remaining: Atomically<Int>

    /// What its callers get once the process has ended. In truth nobody is there to get anything.
    struct Dead: StoreError {
        let isPassing = false
        let isOutcomeUnknown = false
        let description = "the process has ended"
    }

    /// A backend whose process ends after so many appends.
    package init(inner: any Backend, appends: Int) {
        self.inner = inner
        remaining = Atomically(appends)
    }

    /// Whether the process has ended.
    package var isDead: Bool { remaining.value <= 0 }

    private func live() throws(BackendError) {
        if isDead { throw .store(Dead()) }
    }

    package var executor: (any TaskExecutor)? { inner.executor }
    package var clock: (any EngineClock)? { inner.clock }

    package func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        let mayAppend = remaining.change { count in
            count -= 1
            return count >= 0
        }
        guard mayAppend else { throw .store(Dead()) }
        do throws(BackendError) {
            try await inner.append(events, lease: lease)
        } catch {
            // What was refused is no append.
            if !isDead { remaining.change { $0 += 1 } }
            throw error
        }
        // The last one is durable, but nobody is told.
        try live()
        await onAppend?(events)
    }

    package func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        // Also a process that never appends anything may have got as far as this.
        try await inner.acquireLease(on: instance, by: executor, takingOver: takingOver)
    }

    package func acquireLease(
        on instance: InstanceID, by executor: String, if condition: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> (lease: Lease, state: InstanceState)? {
        try await inner.acquireLease(on: instance, by: executor, if: condition)
    }

    package func observe(_ lease: Lease, _ handler: @escaping @Sendable (LeaseNotice) -> Void) async {
        await inner.observe(lease, handler)
    }

    package func release(_ lease: Lease, leaving rest: InstanceRest?) async {
        if !isDead { await inner.release(lease, leaving: rest) }
    }

    package func keep(definition text: String, _ hash: DefinitionHash, at time: Timestamp) async throws(BackendError) {
        try await inner.keep(definition: text, hash, at: time)
    }

    package func definition(_ hash: DefinitionHash) async throws(BackendError) -> String? {
        try await inner.definition(hash)
    }

    package func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        try await inner.state(of: instance)
    }

    package func history(
        of instance: InstanceID, after sequence: UInt64
    ) async throws(BackendError) -> [RecordedEvent] { try await inner.history(of: instance, after: sequence) }

    package func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        await inner.waitForChange(of: instance, after: revision)
    }

    package func stateAtEnd(
        of instance: InstanceID, orWhen isFinal: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> InstanceState? { try await inner.stateAtEnd(of: instance, orWhen: isFinal) }

    package func wakeUps() async -> AsyncStream<InstanceID> { await inner.wakeUps() }
    package func announce(_ instance: InstanceID) async { if !isDead { await inner.announce(instance) } }

    package func announceService(of workflows: [ServedWorkflow]?, by executor: String) async {
        await inner.announceService(of: workflows, by: executor)
    }

    package func servedWorkflows() async throws(BackendError) -> Set<ServedWorkflow>? {
        try await inner.servedWorkflows()
    }

    package func checkHealth() async throws(BackendError) { try await inner.checkHealth() }
    package func instances() async throws(BackendError) -> [InstanceSummary] { try await inner.instances() }
    package func liveInstances() async throws(BackendError) -> [InstanceSummary] { try await inner.liveInstances() }

    package func waitingInstances(
        of workflows: Set<ServedWorkflow>
    ) async throws(BackendError) -> [WaitingInstance] { try await inner.waitingInstances(of: workflows) }
}
