import SayiirEvents
import SayiirProjection

/// Where an ``InstanceLedger`` keeps events.
protocol EventStorage: Sendable {
    /// Whether the states of ended instances stay in memory; if not, they are folded again from their history.
    static var keepsEndedStates: Bool { get }

    /// Appends events of one instance; returns once they are durable.
    func append(_ events: [Event]) async throws(BackendError)

    /// The durable events of an instance behind a sequence, oldest first.
    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent]
}

/// What a process that alone writes its storage knows of all instances: the revisions, the states of those that are
/// live, and who runs which. It orders the appends of each instance, and checks revision and lease before each.
actor InstanceLedger<Storage: EventStorage> {
    private let storage: Storage
    private var entries: [InstanceID: LedgerEntry]
    /// The highest fencing epoch that was given out, over all instances.
    private var lastEpoch: UInt64
    private var listeners: [Int: AsyncStream<InstanceID>.Continuation] = [:]
    private var lastNumber = 0

    init(storage: Storage, states: [InstanceID: InstanceState] = [:]) {
        self.storage = storage
        lastEpoch = states.values.map(\.leaseEpoch).max() ?? 0
        entries = states.mapValues { LedgerEntry($0, keepingEnded: Storage.keepsEndedStates) }
    }

    private func entry(of instance: InstanceID) -> LedgerEntry {
        if let entry = entries[instance] { return entry }
        let entry = LedgerEntry()
        entries[instance] = entry
        return entry
    }

    /// Forgets an entry that says nothing.
    private func drop(_ entry: LedgerEntry, of instance: InstanceID) {
        if entry.isBlank, entries[instance] === entry { entries[instance] = nil }
    }

    private func newNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    // MARK: Leases

    func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) throws(BackendError) -> Lease {
        if let holder = entries[instance]?.lease?.executor, !takingOver {
            throw .leaseHeld(instance: instance, holder: holder)
        }
        lastEpoch += 1
        let lease = Lease(instance: instance, executor: executor, epoch: lastEpoch)
        entry(of: instance).lease = lease
        return lease
    }

    func release(_ lease: Lease) {
        guard let entry = entries[lease.instance], entry.lease == lease else { return }
        entry.lease = nil
        drop(entry, of: lease.instance)
    }

    // MARK: Events

    func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        guard let first = events.first else { return }
        try checkForm(of: events, first)
        let instance = first.instance
        let entry = entry(of: instance)
        await waitForTurn(entry)
        defer { endTurn(entry, of: instance) }
        if let lease, entry.lease != lease { throw .fenced(instance: instance, epoch: lease.epoch) }
        guard first.revision == entry.revision + 1 else {
            throw .conflict(instance: instance, expected: entry.revision + 1, found: first.revision)
        }
        if entry.state == nil, entry.revision > 0 { entry.state = try await loadState(of: instance) }
        try await storage.append(events)
        // In place: a copy of the state would cost as much as the history is long.
        entry.apply(events, keepingEnded: Storage.keepsEndedStates)
        entry.wakeWatchers()
        // Who has a lease knows what it did; others have to be told.
        if lease == nil { announce(instance) }
    }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        try await loadState(of: instance)
    }

    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent] {
        try await storage.history(of: instance, after: sequence)
    }

    func instances() -> [InstanceSummary] { entries.values.compactMap(\.summary) }

    /// The state from memory, or from its history if the instance has ended.
    private func loadState(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        guard let entry = entries[instance], entry.revision > 0 else { return nil }
        if let state = entry.state { return state }
        return InstanceState(folding: try await storage.history(of: instance, after: 0).map(\.event))
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

    // MARK: Watching

    func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        guard (entries[instance]?.revision ?? 0) <= revision else { return }
        let watcher = newNumber()
        await withTaskCancellationHandler {
            // What touches an entry stands in methods: a closure that does not need `self` is not on the actor.
            await withCheckedContinuation { self.startWatching($0, as: watcher, instance) }
        } onCancel: {
            Task { await self.stopWatching(watcher, instance) }
        }
    }

    private func startWatching(
        _ continuation: CheckedContinuation<Void, Never>, as watcher: Int, _ instance: InstanceID
    ) {
        // Cancelled already: what `onCancel` does may have come before.
        if Task.isCancelled { continuation.resume() } else { entry(of: instance).watchers[watcher] = continuation }
    }

    private func stopWatching(_ watcher: Int, _ instance: InstanceID) {
        guard let entry = entries[instance], let continuation = entry.watchers.removeValue(forKey: watcher) else {
            return
        }
        continuation.resume()
        drop(entry, of: instance)
    }

    func wakeUps() -> AsyncStream<InstanceID> {
        let (stream, continuation) = AsyncStream.makeStream(of: InstanceID.self)
        let listener = newNumber()
        listeners[listener] = continuation
        continuation.onTermination = { _ in Task { await self.stopListening(listener) } }
        return stream
    }

    func announce(_ instance: InstanceID) {
        for listener in listeners.values { listener.yield(instance) }
    }

    private func stopListening(_ listener: Int) { listeners[listener] = nil }

    // MARK: Turns

    /// Waits until no append of the instance is under way, and takes the turn.
    private func waitForTurn(_ entry: LedgerEntry) async {
        if entry.isTurnTaken {
            await withCheckedContinuation { entry.waiting.append($0) }
        } else {
            entry.isTurnTaken = true
        }
    }

    /// Hands the turn to whoever waits longest.
    private func endTurn(_ entry: LedgerEntry, of instance: InstanceID) {
        if entry.waiting.isEmpty {
            entry.isTurnTaken = false
            drop(entry, of: instance)
        } else {
            entry.waiting.removeFirst().resume()
        }
    }
}

/// What the ledger keeps of one instance. A class, for the ledger alone: looking at one member of a state costs nothing then.
private final class LedgerEntry {
    /// The last durable revision.
    private(set) var revision: UInt64 = 0
    /// The state; `nil` if there is none yet, or if the instance has ended and its storage need not be kept in memory.
    var state: InstanceState?
    /// What is kept of a run that has ended.
    private var endedSummary: InstanceSummary?
    /// The current lease; `nil` if nobody runs the instance.
    var lease: Lease?
    /// Whether an append is under way.
    var isTurnTaken = false
    /// Those who wait for their turn to append, in the order of their arrival.
    var waiting: [CheckedContinuation<Void, Never>] = []
    /// Those who wait for a change.
    var watchers: [Int: CheckedContinuation<Void, Never>] = [:]

    init() {}

    init(_ state: InstanceState, keepingEnded: Bool) {
        self.state = state
        settle(keepingEnded: keepingEnded)
    }

    /// Whether nothing was stored, and nobody has to do with the instance.
    var isBlank: Bool { revision == 0 && lease == nil && !isTurnTaken && watchers.isEmpty }

    func apply(_ events: [Event], keepingEnded: Bool) {
        guard let first = events.first else { return }
        if state == nil { state = InstanceState(first.instance) }
        for event in events { state?.apply(event) }
        settle(keepingEnded: keepingEnded)
    }

    func wakeWatchers() {
        guard !watchers.isEmpty else { return }
        let woken = watchers
        watchers = [:]
        for watcher in woken.values { watcher.resume() }
    }

    var summary: InstanceSummary? { state.map { InstanceSummary($0) } ?? endedSummary }

    private func settle(keepingEnded: Bool) {
        revision = state?.revision ?? revision
        guard !keepingEnded, state?.phase.isEnded == true else { return }
        endedSummary = summary
        state = nil
    }
}
