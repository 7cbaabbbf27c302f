import SayiirEvents
import SayiirProjection

/// Where an ``InstanceLedger`` keeps events.
protocol EventStorage: Sendable {
    /// Whether the states of ended instances stay in memory; if not, they are folded again from their history.
    static var keepsEndedStates: Bool { get }

    /// Appends events of one instance; returns once they are durable.
    func append(_ events: [Event]) async throws(BackendError)

    /// The durable events of an instance, oldest first.
    func history(of instance: InstanceID) async throws(BackendError) -> [RecordedEvent]
}

/// What a process that alone writes its storage knows of all instances: the revisions, the states of those that are
/// live, and who runs which. It orders the appends of each instance, and checks revision and lease before each.
actor InstanceLedger<Storage: EventStorage> {
    private let storage: Storage
    private var entries: [InstanceID: LedgerEntry]
    /// Those who wait for an append of the same instance, in the order of their arrival.
    private var waiting: [InstanceID: [CheckedContinuation<Void, Never>]] = [:]

    init(storage: Storage, states: [InstanceID: InstanceState] = [:]) {
        self.storage = storage
        entries = states.mapValues { LedgerEntry($0, keepingEnded: Storage.keepsEndedStates) }
    }

    // MARK: Leases

    func acquireLease(on instance: InstanceID, by executor: String) throws(BackendError) -> Lease {
        var entry = entries[instance] ?? LedgerEntry()
        if let holder = entry.holder { throw .leaseHeld(instance: instance, holder: holder) }
        entry.epoch += 1
        entry.holder = executor
        entries[instance] = entry
        return Lease(instance: instance, executor: executor, epoch: entry.epoch)
    }

    func release(_ lease: Lease) {
        guard let entry = entries[lease.instance], entry.epoch == lease.epoch else { return }
        entries[lease.instance]?.holder = nil
    }

    // MARK: Events

    func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        guard let first = events.first else { return }
        try checkForm(of: events, first)
        let instance = first.instance
        await waitForTurn(instance)
        defer { endTurn(instance) }
        let entry = entries[instance] ?? LedgerEntry()
        if let lease {
            guard lease.instance == instance, lease.epoch == entry.epoch, entry.holder != nil else {
                throw .fenced(instance: instance, epoch: lease.epoch)
            }
        }
        guard first.revision == entry.revision + 1 else {
            throw .conflict(instance: instance, expected: entry.revision + 1, found: first.revision)
        }
        var state = try await loadState(of: instance) ?? InstanceState(instance)
        try await storage.append(events)
        for event in events { state.apply(event) }
        // Leases may have changed hands during the append; the rest is this turn's alone.
        var current = entries[instance] ?? LedgerEntry()
        current.update(to: state, keepingEnded: Storage.keepsEndedStates)
        entries[instance] = current
    }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        try await loadState(of: instance)
    }

    func history(of instance: InstanceID) async throws(BackendError) -> [RecordedEvent] {
        try await storage.history(of: instance)
    }

    func instances() -> [InstanceSummary] { entries.values.compactMap(\.summary) }

    /// The state from memory, or from its history if the instance has ended.
    private func loadState(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        guard let entry = entries[instance], entry.revision > 0 else { return nil }
        if let state = entry.state { return state }
        return InstanceState(folding: try await storage.history(of: instance).map(\.event))
    }

    private func checkForm(of events: [Event], _ first: Event) throws(BackendError) {
        var revision = first.revision
        for event in events {
            guard event.instance == first.instance else {
                throw .malformedAppend("they belong to '\(first.instance)' and '\(event.instance)'")
            }
            guard event.revision == revision else {
                throw .malformedAppend("revision \(event.revision) stands where \(revision) should")
            }
            revision += 1
        }
    }

    // MARK: Turns

    /// Waits until no append of the instance is under way, and takes the turn. An entry in `waiting`, even an empty one,
    /// is a turn that somebody has.
    private func waitForTurn(_ instance: InstanceID) async {
        if waiting[instance] == nil {
            waiting[instance] = []
            return
        }
        await withCheckedContinuation { waiting[instance]?.append($0) }
    }

    /// Hands the turn to whoever waits longest.
    private func endTurn(_ instance: InstanceID) {
        guard var queue = waiting[instance] else { return }
        guard !queue.isEmpty else {
            waiting[instance] = nil
            return
        }
        let next = queue.removeFirst()
        waiting[instance] = queue
        next.resume()
    }
}

/// What the ledger keeps of one instance.
private struct LedgerEntry: Sendable {
    /// The last durable revision.
    var revision: UInt64 = 0
    /// The state; `nil` if the instance has ended and its storage need not be kept in memory.
    var state: InstanceState?
    var summary: InstanceSummary?
    var epoch: UInt64 = 0
    /// Who runs the instance; `nil` if nobody does.
    var holder: String?

    init() {}

    init(_ state: InstanceState, keepingEnded: Bool) {
        epoch = state.leaseEpoch
        update(to: state, keepingEnded: keepingEnded)
    }

    mutating func update(to state: InstanceState, keepingEnded: Bool) {
        revision = state.revision
        summary = InstanceSummary(state)
        self.state = keepingEnded || !state.phase.isEnded ? state : nil
    }
}
