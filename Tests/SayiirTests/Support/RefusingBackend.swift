import Sayiir
import SayiirEvents
import TestSupport

/// A backend that refuses to store, or to read, what is of some of its instances.
struct RefusingBackend: Backend {
    let inner: any Backend
    /// The error of each append to an instance; `nil` if there is none.
    let appendError = Atomically<@Sendable ([Event]) -> BackendError?>({ _ in nil })
    /// The error of each look at an instance; `nil` if there is none.
    let readError = Atomically<@Sendable (InstanceID) -> BackendError?>({ _ in nil })

    var executor: (any TaskExecutor)? { inner.executor }

    func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        if let error = appendError.value(events) { throw error }
        try await inner.append(events, lease: lease)
    }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        if let error = readError.value(instance) { throw error }
        return try await inner.state(of: instance)
    }

    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent] {
        if let error = readError.value(instance) { throw error }
        return try await inner.history(of: instance, after: sequence)
    }

    func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        try await inner.acquireLease(on: instance, by: executor, takingOver: takingOver)
    }

    func release(_ lease: Lease, leaving rest: InstanceRest?) async { await inner.release(lease, leaving: rest) }

    func wakeUps() async -> AsyncStream<InstanceID> { await inner.wakeUps() }

    func announce(_ instance: InstanceID) async { await inner.announce(instance) }

    func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        await inner.waitForChange(of: instance, after: revision)
    }

    func liveInstances() async throws(BackendError) -> [InstanceSummary] { try await inner.liveInstances() }

    func instances() async throws(BackendError) -> [InstanceSummary] { try await inner.instances() }
}
