internal import Sayiir

/// A ``MortalBackend`` on a store that hands out work: a process that has ended is handed nothing more.
struct MortalSharedBackend: SharedBackend {
    let mortal: MortalBackend
    let inner: any SharedBackend

    var pollInterval: Duration { inner.pollInterval }
    var executor: (any TaskExecutor)? { mortal.executor }
    var clock: (any EngineClock)? { mortal.clock }

    func claim(_ claim: WorkClaim) async throws(BackendError) -> [Lease] {
        if mortal.isDead { throw .store(MortalBackend.Dead()) }
        return try await inner.claim(claim)
    }

    func notices(of lease: Lease) async -> AsyncStream<LeaseNotice> { await inner.notices(of: lease) }

    func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        try await mortal.append(events, lease: lease)
    }

    func acquireLease(on instance: InstanceID, by executor: String, takingOver: Bool) async throws(BackendError)
        -> Lease
    {
        try await mortal.acquireLease(on: instance, by: executor, takingOver: takingOver)
    }

    func release(_ lease: Lease, leaving rest: InstanceRest?) async { await mortal.release(lease, leaving: rest) }

    func keep(definition text: String, _ hash: DefinitionHash, at time: Timestamp) async throws(BackendError) {
        try await mortal.keep(definition: text, hash, at: time)
    }

    func definition(_ hash: DefinitionHash) async throws(BackendError) -> String? {
        try await mortal.definition(hash)
    }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        try await mortal.state(of: instance)
    }

    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent] {
        try await mortal.history(of: instance, after: sequence)
    }

    func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        await mortal.waitForChange(of: instance, after: revision)
    }

    func stateAtEnd(
        of instance: InstanceID, orWhen isFinal: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> InstanceState? { try await mortal.stateAtEnd(of: instance, orWhen: isFinal) }

    func wakeUps() async -> AsyncStream<InstanceID> { await mortal.wakeUps() }
    func announce(_ instance: InstanceID) async { await mortal.announce(instance) }

    func announceService(of workflows: [ServedWorkflow]?, by executor: String) async {
        await mortal.announceService(of: workflows, by: executor)
    }

    func servedWorkflows() async throws(BackendError) -> Set<ServedWorkflow>? { try await mortal.servedWorkflows() }
    func checkHealth() async throws(BackendError) { try await mortal.checkHealth() }
    func instances() async throws(BackendError) -> [InstanceSummary] { try await mortal.instances() }
    func liveInstances() async throws(BackendError) -> [InstanceSummary] { try await mortal.liveInstances() }

    func waitingInstances(of workflows: Set<ServedWorkflow>) async throws(BackendError) -> [WaitingInstance] {
        try await mortal.waitingInstances(of: workflows)
    }
}

extension MortalBackend {
    /// The backend for an engine that runs as a service: on a store that hands out work, one that does so.
    var asShared: any Backend {
        guard let shared = inner as? any SharedBackend else { return self }
        return MortalSharedBackend(mortal: self, inner: shared)
    }
}
