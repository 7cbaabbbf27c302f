internal import Sayiir
internal import TestSupport

/// A backend that notes what each append made durable, and tells of it before the appending run goes on.
struct RecordingBackend: Backend {
    let inner: any Backend
    /// What was appended, in the order of revisions.
    let appends = Atomically<[[Event]]>([])
    /// Called with each append that was acknowledged.
    var onAppend: @Sendable ([Event]) async -> Void = { _ in }
    /// Whether runs are told of changes by others too late, so that they find out by appends that are refused.
    var tellsTooLate = false

    func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        try await inner.append(events, lease: lease)
        appends.change { appends in
            let place = appends.lastIndex { ($0.first?.revision ?? 0) < (events.first?.revision ?? 0) }
            appends.insert(events, at: place.map { $0 + 1 } ?? 0)
        }
        await onAppend(events)
    }

    func keep(definition text: String, _ hash: DefinitionHash, at time: Timestamp) async throws(BackendError) {
        try await inner.keep(definition: text, hash, at: time)
    }

    func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        try await inner.acquireLease(on: instance, by: executor, takingOver: takingOver)
    }

    func release(_ lease: Lease, leaving rest: InstanceRest?) async { await inner.release(lease, leaving: rest) }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        try await inner.state(of: instance)
    }

    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent] {
        try await inner.history(of: instance, after: sequence)
    }

    func wakeUps() async -> AsyncStream<InstanceID> { await inner.wakeUps() }

    func announce(_ instance: InstanceID) async { await inner.announce(instance) }

    func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        if tellsTooLate { try? await Task.sleep(for: .seconds(3600)) }
        await inner.waitForChange(of: instance, after: revision)
    }

    func liveInstances() async throws(BackendError) -> [InstanceSummary] { try await inner.liveInstances() }

    func instances() async throws(BackendError) -> [InstanceSummary] { try await inner.instances() }
}
