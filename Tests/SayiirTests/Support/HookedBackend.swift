import Sayiir
import SayiirEvents
import TestSupport

/// A backend that lets a test do something at a moment that is hard to meet otherwise.
struct HookedBackend: Backend {
    let inner: InMemoryBackend
    /// Called with the executor before a service takes a lease; the service waits for it.
    let beforeConditionalLease = Atomically<@Sendable (String) async -> Void>({ _ in })
    /// Called with the lease after it was taken without a condition.
    let afterLease = Atomically<@Sendable (Lease) async -> Void>({ _ in })
    /// Called with the lease once its holder is told of notices.
    let afterObserve = Atomically<@Sendable (Lease) async -> Void>({ _ in })
    /// Called with the lease before it is given back.
    let beforeRelease = Atomically<@Sendable (Lease) async -> Void>({ _ in })

    init(_ inner: InMemoryBackend = InMemoryBackend()) { self.inner = inner }

    func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        let lease = try await inner.acquireLease(on: instance, by: executor, takingOver: takingOver)
        await afterLease.value(lease)
        return lease
    }

    func acquireLease(
        on instance: InstanceID, by executor: String, if condition: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> (lease: Lease, state: InstanceState)? {
        await beforeConditionalLease.value(executor)
        return try await inner.acquireLease(on: instance, by: executor, if: condition)
    }

    func observe(_ lease: Lease, _ handler: @escaping @Sendable (LeaseNotice) -> Void) async {
        await inner.observe(lease, handler)
        await afterObserve.value(lease)
    }

    func release(_ lease: Lease, leaving rest: InstanceRest?) async {
        await beforeRelease.value(lease)
        await inner.release(lease, leaving: rest)
    }

    func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        try await inner.append(events, lease: lease)
    }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        try await inner.state(of: instance)
    }

    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent] {
        try await inner.history(of: instance, after: sequence)
    }

    func wakeUps() async -> AsyncStream<InstanceID> { await inner.wakeUps() }

    func announce(_ instance: InstanceID) async { await inner.announce(instance) }

    func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        await inner.waitForChange(of: instance, after: revision)
    }

    func liveInstances() async throws(BackendError) -> [InstanceSummary] { try await inner.liveInstances() }

    func instances() async throws(BackendError) -> [InstanceSummary] { try await inner.instances() }
}
