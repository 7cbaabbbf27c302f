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
    /// Those who wait for an append of the same instance, in the order of their arrival.
    private var waiting: [InstanceID: [CheckedContinuation<Void, Never>]] = [:]
    private var watchers = Watchers()
    private var listeners: [Int: AsyncStream<InstanceID>.Continuation] = [:]

    init(storage: Storage, states: [InstanceID: InstanceState] = [:]) {
        self.storage = storage
        lastEpoch = states.values.map(\.leaseEpoch).max() ?? 0
        entries = states.mapValues { LedgerEntry($0, keepingEnded: Storage.keepsEndedStates) }
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
        entries[lease.instance]?.lease = nil
        if entry.revision == 0 { entries[lease.instance] = nil }
    }

    // MARK: Events

    func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        guard let first = events.first else { return }
        try checkForm(of: events, first)
        let instance = first.instance
        await waitForTurn(instance)
        defer { endTurn(instance) }
        if let lease, entries[instance]?.lease != lease {
            throw .fenced(instance: instance, epoch: lease.epoch)
        }
        let revision = entries[instance]?.revision ?? 0
        guard first.revision == revision + 1 else {
            throw .conflict(instance: instance, expected: revision + 1, found: first.revision)
        }
        if entries[instance]?.state == nil, revision > 0 {
            let ended = try await loadState(of: instance)
            entries[instance]?.state = ended
        }
        try await storage.append(events)
        // In place: a copy of the state would cost as much as the history is long.
        entry(of: instance).apply(events, keepingEnded: Storage.keepsEndedStates)
        watchers.notify(of: instance)
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

    private func entry(of instance: InstanceID) -> LedgerEntry {
        if let entry = entries[instance] { return entry }
        let entry = LedgerEntry()
        entries[instance] = entry
        return entry
    }

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
        let watcher = watchers.nextNumber()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Cancelled already: what `onCancel` does may have come before.
                if Task.isCancelled { return continuation.resume() }
                watchers.add(continuation, as: watcher, for: instance)
            }
        } onCancel: {
            Task { await self.stopWatching(watcher, instance) }
        }
    }

    func wakeUps() -> AsyncStream<InstanceID> {
        let (stream, continuation) = AsyncStream.makeStream(of: InstanceID.self)
        let listener = watchers.nextNumber()
        listeners[listener] = continuation
        continuation.onTermination = { _ in Task { await self.stopListening(listener) } }
        return stream
    }

    func announce(_ instance: InstanceID) {
        for listener in listeners.values { listener.yield(instance) }
    }

    private func stopListening(_ listener: Int) { listeners[listener] = nil }

    private func stopWatching(_ watcher: Int, _ instance: InstanceID) { watchers.remove(watcher, for: instance) }

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

/// What the ledger keeps of one instance. A class, for the ledger alone: looking at one member of a state costs nothing then.
private final class LedgerEntry {
    /// The last durable revision.
    private(set) var revision: UInt64 = 0
    /// The state; `nil` if there is none yet, or if the instance has ended and its storage need not be kept in memory.
    var state: InstanceState?
    private(set) var summary: InstanceSummary?
    /// The current lease; `nil` if nobody runs the instance.
    var lease: Lease?

    init() {}

    init(_ state: InstanceState, keepingEnded: Bool) {
        self.state = state
        settle(keepingEnded: keepingEnded)
    }

    func apply(_ events: [Event], keepingEnded: Bool) {
        guard let first = events.first else { return }
        if state == nil { state = InstanceState(first.instance) }
        for event in events { state?.apply(event) }
        settle(keepingEnded: keepingEnded)
    }

    private func settle(keepingEnded: Bool) {
        guard let settled = state else { return }
        revision = settled.revision
        summary = InstanceSummary(settled)
        if !keepingEnded && settled.phase.isEnded { state = nil }
    }
}

/// Those who wait for an instance to change.
private struct Watchers: Sendable {
    private var waiting: [InstanceID: [Int: CheckedContinuation<Void, Never>]] = [:]
    private var lastNumber = 0

    mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    mutating func add(_ continuation: CheckedContinuation<Void, Never>, as number: Int, for instance: InstanceID) {
        waiting[instance, default: [:]][number] = continuation
    }

    mutating func remove(_ number: Int, for instance: InstanceID) {
        let continuation = waiting[instance]?.removeValue(forKey: number)
        if waiting[instance]?.isEmpty == true { waiting[instance] = nil }
        continuation?.resume()
    }

    mutating func notify(of instance: InstanceID) {
        guard let waiters = waiting.removeValue(forKey: instance) else { return }
        for continuation in waiters.values { continuation.resume() }
    }
}
