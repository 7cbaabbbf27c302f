import SayiirEvents
import SayiirLog
import SayiirProjection

/// Where an ``InstanceLedger`` keeps events.
protocol EventStorage: Sendable {
    /// Whether the states of ended instances stay in memory; if not, they are folded again from their history.
    static var keepsEndedStates: Bool { get }

    /// Appends events of one instance; returns the first one's sequence once they are durable.
    func append(_ events: [Event]) async throws(BackendError) -> UInt64

    /// The durable events of an instance behind a sequence, oldest first.
    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent]

    /// Whether there may be events of an instance that the ledger does not know; false is certain. Does not block.
    func mayHold(_ instance: InstanceID) -> Bool

    /// Where storage ends; `nil` if it is not a log.
    var position: LogPosition? { get }
}

/// What a process that alone writes its storage knows of its instances: the revisions and the states of those that are
/// live, and who runs which. Of others it asks the storage. It orders the appends of each instance, and checks revision and lease before each.
actor InstanceLedger<Storage: EventStorage> {
    private let storage: Storage
    private var entries: [InstanceID: LedgerEntry]
    /// The highest fencing epoch that was given out, over all instances.
    private var lastEpoch: UInt64
    private var listeners: [Int: AsyncStream<InstanceID>.Continuation] = [:]
    private var lastNumber = 0

    init(storage: Storage, instances: [InstanceID: LiveInstance] = [:], lastEpoch: UInt64 = 0) {
        self.storage = storage
        self.lastEpoch = lastEpoch
        entries = instances.mapValues { LedgerEntry($0) }
    }

    private func entry(of instance: InstanceID) -> LedgerEntry {
        if let entry = entries[instance] { return entry }
        let entry = LedgerEntry(isKnown: !storage.mayHold(instance))
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
        try events.checkForm()
        let instance = first.instance
        let entry = entry(of: instance)
        await waitForTurn(entry)
        defer { endTurn(entry, of: instance) }
        if let lease, entry.lease != lease { throw .fenced(instance: instance, epoch: lease.epoch) }
        entry.decode()
        if !entry.isKnown { entry.learn(LiveInstance(folding: try await storage.history(of: instance, after: 0))) }
        guard first.revision == entry.revision + 1 else {
            throw .conflict(instance: instance, expected: entry.revision + 1, found: first.revision)
        }
        entry.appendStart = storage.position
        defer { entry.appendStart = nil }
        let sequence = try await storage.append(events)
        entry.apply(events, firstSequence: sequence, keepingEnded: Storage.keepsEndedStates)
        entry.wakeWatchers()
        // Who has a lease knows what it did; others have to be told.
        if lease == nil { announce(instance) }
    }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        if let entry = entries[instance] {
            entry.decode()
            if entry.isKnown { return entry.live?.state }
        }
        guard storage.mayHold(instance) else { return nil }
        return InstanceState(folding: try await storage.history(of: instance, after: 0).map(\.event))
    }

    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent] {
        try await storage.history(of: instance, after: sequence)
    }

    /// The instances in memory: all that are live, and ended ones if storage keeps their states there.
    func instances() async throws(BackendError) -> [InstanceSummary] {
        var summaries: [InstanceSummary] = []
        var unreadable: [InstanceID] = []
        for (id, entry) in entries where entry.live != nil {
            entry.decode()
            if let state = entry.live?.state {
                summaries.append(InstanceSummary(state))
            } else {
                unreadable.append(id)
            }
        }
        for id in unreadable {
            if let state = try await state(of: id) { summaries.append(InstanceSummary(state)) }
        }
        return summaries
    }

    /// The live instances, and a place in the log before which there is nothing that they do not know.
    func capture() -> LedgerCapture? {
        guard var position = storage.position else { return nil }
        var instances: [LiveInstance] = []
        instances.reserveCapacity(entries.count)
        for entry in entries.values {
            // What is on its way may be durable already and not yet in the state.
            if let start = entry.appendStart, start.sequence < position.sequence { position = start }
            if let live = entry.live, !live.isEnded { instances.append(live) }
        }
        return LedgerCapture(position: position, instances: instances, lastEpoch: lastEpoch)
    }

    // MARK: Watching

    func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        guard (entries[instance]?.revision ?? 0) <= revision else { return }
        let watcher = newNumber()
        if !entry(of: instance).isKnown {
            // Looked at once the watcher is there, so that no change falls in between.
            Task { await self.wakeIfBehind(watcher, instance, revision) }
        }
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

    /// Wakes a watcher of an instance that storage knows more of than the watcher does.
    private func wakeIfBehind(_ watcher: Int, _ instance: InstanceID, _ revision: UInt64) async {
        let history = try? await storage.history(of: instance, after: 0)
        // What cannot be read is for the watcher to find out.
        let isBehind = history.map { $0.last.map { $0.event.revision > revision } ?? false } ?? true
        if isBehind { stopWatching(watcher, instance) }
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

/// What a snapshot is made of.
struct LedgerCapture: Sendable {
    /// All events up to here are in the states, and some later ones.
    var position: LogPosition
    var instances: [LiveInstance]
    var lastEpoch: UInt64

    /// The sequence from which records are needed by what is live.
    var neededFrom: UInt64 { instances.reduce(position.sequence + 1) { min($0, $1.firstSequence) } }
}
