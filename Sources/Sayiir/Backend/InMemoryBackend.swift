public import SayiirEvents
import SayiirLog
public import SayiirProjection

/// A backend that keeps everything in memory: for tests, and for work that need not outlive its process.
///
/// It keeps every event for as long as it lives.
public struct InMemoryBackend: Backend {
    private let ledger: InstanceLedger<InMemoryStorage>
    private let services = RunningServices()
    private let definitions = Monitor<[DefinitionHash: String]>([:])
    /// About so many events of an instance are stored between two chances for others.
    private static let turnLength: UInt64 = 128

    /// An empty backend.
    public init() { ledger = InstanceLedger(storage: InMemoryStorage()) }

    /// Gives `executor` the right to run an instance.
    public func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        try ledger.acquireLease(on: instance, by: executor, takingOver: takingOver)
    }

    /// Gives `executor` the right to run an instance if its state is one that it can go on with.
    public func acquireLease(
        on instance: InstanceID, by executor: String, if condition: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> (lease: Lease, state: InstanceState)? {
        try await ledger.acquireLease(on: instance, by: executor, if: condition)
    }

    /// Calls `handler` for what the holder of a lease has to know.
    public func observe(_ lease: Lease, _ handler: @escaping @Sendable (LeaseNotice) -> Void) async {
        ledger.observe(lease, handler)
    }

    /// Gives a lease back.
    public func release(_ lease: Lease, leaving rest: InstanceRest?) async {
        ledger.release(lease, leaving: rest)
    }

    /// Appends events of one instance.
    public nonisolated(nonsending) func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        try await ledger.append(events, lease: lease)
        // Nothing here ever waits, and others want the thread, too.
        if let last = events.last, last.revision % Self.turnLength < UInt64(events.count) { await Task.yield() }
    }

    /// Keeps the text of a definition.
    public func keep(definition text: String, _ hash: DefinitionHash, at time: Timestamp) async throws(BackendError) {
        definitions.withLock { $0[hash] = text }
    }

    /// The text of a definition that was kept.
    public func definition(_ hash: DefinitionHash) async throws(BackendError) -> String? {
        definitions.withLock { $0[hash] }
    }

    /// The state of an instance; `nil` if it has no events.
    public func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        try await ledger.state(of: instance)
    }

    /// The events of an instance, oldest first.
    public func history(
        of instance: InstanceID, after sequence: UInt64
    ) async throws(BackendError) -> [RecordedEvent] {
        try await ledger.history(of: instance, after: sequence)
    }

    /// Returns once an instance has a durable revision above the given one.
    public func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        await ledger.waitForChange(of: instance, after: revision)
    }

    /// The state of an instance once its run has ended.
    public func stateAtEnd(
        of instance: InstanceID, orWhen isFinal: @escaping @Sendable (InstanceState) -> Bool
    ) async throws(BackendError) -> InstanceState? {
        try await ledger.stateAtEnd(of: instance, orWhen: isFinal)
    }

    /// Announces the workflows that a service in this process serves.
    public func announceService(of workflows: [ServedWorkflow]?, by executor: String) async {
        services.announce(workflows, by: executor)
    }

    /// The workflows that the services of this process serve.
    public func servedWorkflows() async throws(BackendError) -> Set<ServedWorkflow>? { services.workflows }

    /// The instances that may have work for an executor.
    public func wakeUps() async -> AsyncStream<InstanceID> { ledger.wakeUps() }

    /// Tells those who listen that an instance may have work for them.
    public func announce(_ instance: InstanceID) async { ledger.announce(instance) }

    /// The instances that have not ended, and what they wait for.
    public func waitingInstances(
        of workflows: Set<ServedWorkflow>
    ) async throws(BackendError) -> [WaitingInstance] {
        ledger.waitingInstances(of: workflows)
    }

    /// All instances.
    public func instances() async throws(BackendError) -> [InstanceSummary] { try await ledger.instances() }
}

/// Events in memory, by instance.
private final class InMemoryStorage: EventStorage {
    static let keepsEndedStates = true

    private struct Contents: Sendable {
        var events: [InstanceID: [RecordedEvent]] = [:]
        var lastSequence: UInt64 = 0
    }

    private let contents = Monitor(Contents())

    var position: LogPosition? { nil }

    /// The ledger keeps all there is.
    func mayHold(_ instance: InstanceID) -> Bool { false }

    func append(_ events: [Event]) -> UInt64 {
        contents.withLock { contents in
            let first = contents.lastSequence + 1
            guard let instance = events.first?.instance else { return first }
            let recorded = zip(first..., events).lazy.map { RecordedEvent(sequence: $0, event: $1) }
            contents.events[instance, default: []].append(contentsOf: recorded)
            contents.lastSequence += UInt64(events.count)
            return first
        }
    }

    func history(of instance: InstanceID, after sequence: UInt64) -> [RecordedEvent] {
        let all = contents.withLock { $0.events[instance] ?? [] }
        guard sequence > 0 else { return all }
        return Array(all.suffix(from: all.lastIndex { $0.sequence <= sequence }.map { $0 + 1 } ?? 0))
    }
}
