import Sayiir
import SayiirProjection

/// A backend with a fault.
struct WrongBackend: Backend {
    enum Fault: Sendable {
        case ignoresLeases, acceptsRepeatedRevisions, forgetsWakeUps, releasesAnyLease
    }

    private let fault: Fault
    private let backend = InMemoryBackend()
    private let leases = Leases()
    private let announcements = Announcements()

    init(_ fault: Fault) { self.fault = fault }

    func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        let lease = try await backend.acquireLease(on: instance, by: executor, takingOver: takingOver)
        await leases.note(lease)
        return lease
    }

    func release(_ lease: Lease, leaving rest: InstanceRest?) async {
        guard fault == .releasesAnyLease else { return await backend.release(lease) }
        if let current = await leases.current(on: lease.instance) { await backend.release(current) }
    }

    func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        switch fault {
        case .ignoresLeases:
            guard let lease else { return try await backend.append(events, lease: nil) }
            do throws(BackendError) {
                try await backend.append(events, lease: await leases.current(on: lease.instance))
            } catch {
                guard case .fenced = error else { throw error }
                try await backend.append(events, lease: nil)
            }
        case .acceptsRepeatedRevisions:
            do throws(BackendError) {
                try await backend.append(events, lease: lease)
            } catch {
                guard case .conflict(_, let expected, let found) = error, found < expected else { throw error }
            }
        case .forgetsWakeUps, .releasesAnyLease:
            try await backend.append(events, lease: lease)
        }
    }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        try await backend.state(of: instance)
    }

    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent] {
        try await backend.history(of: instance, after: sequence)
    }

    func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        await backend.waitForChange(of: instance, after: revision)
    }

    /// With the fault, only what is announced.
    func wakeUps() async -> AsyncStream<InstanceID> {
        fault == .forgetsWakeUps ? await announcements.listen() : await backend.wakeUps()
    }

    func announce(_ instance: InstanceID) async {
        await announcements.tell(instance)
        await backend.announce(instance)
    }

    func instances() async throws(BackendError) -> [InstanceSummary] { try await backend.instances() }
}

/// The last lease on each instance.
private actor Leases {
    private var last: [InstanceID: Lease] = [:]

    func note(_ lease: Lease) { last[lease.instance] = lease }
    func current(on instance: InstanceID) -> Lease? { last[instance] }
}

/// Those who listen.
private actor Announcements {
    private var listeners: [AsyncStream<InstanceID>.Continuation] = []

    func listen() -> AsyncStream<InstanceID> {
        let (stream, continuation) = AsyncStream.makeStream(of: InstanceID.self)
        listeners.append(continuation)
        return stream
    }

    func tell(_ instance: InstanceID) { for listener in listeners { listener.yield(instance) } }
}
