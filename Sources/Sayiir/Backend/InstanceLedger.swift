import SayiirEvents
import SayiirLog
import SayiirProjection
import Synchronization

/// Where an ``InstanceLedger`` keeps events.
protocol EventStorage: Sendable {
    /// Whether the states of ended instances stay in memory; if not, they are folded again from their history.
    static var keepsEndedStates: Bool { get }

    /// Appends events of one instance; returns the first one's sequence once they are durable.
    nonisolated(nonsending) func append(_ events: [Event]) async throws(BackendError) -> UInt64

    /// The durable events of an instance behind a sequence, oldest first.
    func history(of instance: InstanceID, after sequence: UInt64) async throws(BackendError) -> [RecordedEvent]

    /// Whether there may be events of an instance that the ledger does not know; false is certain. Does not block.
    func mayHold(_ instance: InstanceID) -> Bool

    /// Where storage ends; `nil` if it is not a log.
    var position: LogPosition? { get }
}

/// What a process that alone writes its storage knows of its instances: the revisions and the states of those that are
/// live, and who runs which. Of others it asks the storage. It orders the appends of each instance, and checks revision and lease before each.
///
/// Behind locks rather than an actor: what is done here takes less time than a change of executors would, and an append has one wait, for the
/// disk.
final class InstanceLedger<Storage: EventStorage>: Sendable {
    /// What is known of some of the instances, behind one lock.
    private struct Shard: Sendable {
        var entries: [InstanceID: LedgerEntry] = [:]
        var appendsUnderWay = AppendsUnderWay()
        var lastWatcher = 0

        /// Forgets an entry that says nothing.
        mutating func drop(_ entry: LedgerEntry, of instance: InstanceID) {
            if entry.isBlank, entries[instance] === entry { entries[instance] = nil }
        }
    }

    private let storage: Storage
    /// So many that threads seldom meet at one.
    private let shards: [Monitor<Shard>]
    /// The highest fencing epoch that was given out, over all instances.
    private let lastEpoch: Atomic<UInt64>
    private let listeners = Monitor<[Int: AsyncStream<InstanceID>.Continuation]>([:])
    private let lastListener = Atomic(0)

    /// A power of two.
    private static var shardCount: Int { 64 }

    init(storage: Storage, instances: [InstanceID: LiveInstance] = [:], lastEpoch: UInt64 = 0) {
        self.storage = storage
        self.lastEpoch = Atomic(lastEpoch)
        shards = (0..<Self.shardCount).map { _ in Monitor(Shard()) }
        for (id, live) in instances { shard(of: id).withLock { $0.entries[id] = LedgerEntry(live) } }
    }

    private func shard(of instance: InstanceID) -> Monitor<Shard> {
        // Ids that come together mostly differ at their ends.
        var hash: UInt32 = 0
        for byte in instance.rawValue.utf8.suffix(8) { hash = hash &* 31 &+ UInt32(byte) }
        return shards[Int(hash ^ hash >> 6) & (Self.shardCount - 1)]
    }

    private func entry(of instance: InstanceID, in shard: inout Shard) -> LedgerEntry {
        if let entry = shard.entries[instance] { return entry }
        let entry = LedgerEntry(isKnown: !storage.mayHold(instance))
        shard.entries[instance] = entry
        return entry
    }

    // MARK: Leases

    func acquireLease(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) throws(BackendError) -> Lease {
        try shard(of: instance).withLock { shard throws(BackendError) in
            let entry = self.entry(of: instance, in: &shard)
            if let holder = entry.lease?.executor, !takingOver {
                throw .leaseHeld(instance: instance, holder: holder)
            }
            let epoch = lastEpoch.wrappingAdd(1, ordering: .relaxed).newValue
            let lease = Lease(instance: instance, executor: executor, epoch: epoch)
            entry.lease = lease
            return lease
        }
    }

    func release(_ lease: Lease) {
        shard(of: lease.instance).withLock { shard in
            guard let entry = shard.entries[lease.instance], entry.lease == lease else { return }
            entry.lease = nil
            entry.settle()
            shard.drop(entry, of: lease.instance)
        }
    }

    // MARK: Events

    @inline(__always)
    nonisolated(nonsending) func append(_ events: [Event], lease: Lease?) async throws(BackendError) {
        guard let first = events.first else { return }
        try events.checkForm()
        let shard = shard(of: first.instance)
        let (entry, beginning) = shard.withLock { shard in
            let entry = self.entry(of: first.instance, in: &shard)
            guard entry.takeTurn() else { return (entry, Beginning.waiting) }
            return (entry, begin(with: first, under: lease, entry, &shard.appendsUnderWay))
        }
        do throws(BackendError) {
            if case .begun = beginning {} else { try await complete(beginning, with: first, under: lease, entry, in: shard) }
            let sequence = try await storage.append(events)
            end(entry, first.instance, appended: (events, sequence), in: shard)
        } catch {
            end(entry, first.instance, appended: nil, in: shard)
            throw error
        }
        // Who has a lease knows what it did; others have to be told.
        if lease == nil { announce(first.instance) }
    }

    /// How far the beginning of an append got.
    private enum Beginning {
        /// Another append of the instance is under way.
        case waiting
        /// What storage has of the instance must be learnt first.
        case unknown
        case refused(BackendError)
        case begun
    }

    /// Checks that events may be appended now, the first of which is `first`, by whoever has the turn. Called with the lock held.
    private func begin(
        with first: Event, under lease: Lease?, _ entry: LedgerEntry, _ appendsUnderWay: inout AppendsUnderWay
    ) -> Beginning {
        if let lease, entry.lease != lease { return .refused(.fenced(instance: first.instance, epoch: lease.epoch)) }
        entry.decode()
        guard entry.isKnown else { return .unknown }
        guard first.revision == entry.revision + 1 else {
            return .refused(
                .conflict(instance: first.instance, expected: entry.revision + 1, found: first.revision))
        }
        entry.appendGeneration = appendsUnderWay.begin()
        return .begun
    }

    /// Waits for the turn and for the history, as far as needed.
    private nonisolated(nonsending) func complete(
        _ beginning: Beginning, with first: Event, under lease: Lease?, _ entry: LedgerEntry,
        in shard: Monitor<Shard>
    ) async throws(BackendError) {
        var beginning = beginning
        while true {
            switch beginning {
            case .begun: return
            case .refused(let error): throw error
            case .waiting: await waitForTurn(entry, in: shard)
            case .unknown:
                let history = try await storage.history(of: first.instance, after: 0)
                shard.withLock { _ in entry.learn(LiveInstance(folding: history)) }
            }
            beginning = shard.withLock { begin(with: first, under: lease, entry, &$0.appendsUnderWay) }
        }
    }

    /// Waits until no append of the instance is under way, and takes the turn.
    private nonisolated(nonsending) func waitForTurn(_ entry: LedgerEntry, in shard: Monitor<Shard>) async {
        await withCheckedContinuation { continuation in
            let hasTurn = shard.withLock { _ in
                if entry.takeTurn() { return true }
                entry.waiting.append(continuation)
                return false
            }
            if hasTurn { continuation.resume() }
        }
    }

    /// Takes in what was appended, wakes those who wait for it, and hands the turn to whoever waits longest.
    private func end(
        _ entry: LedgerEntry, _ instance: InstanceID, appended: (events: [Event], firstSequence: UInt64)?,
        in shard: Monitor<Shard>
    ) {
        let (woken, next) = shard.withLock { shard in
            var woken: [CheckedContinuation<Void, Never>] = []
            if let generation = entry.appendGeneration.take() { woken = shard.appendsUnderWay.end(generation) }
            if let (events, firstSequence) = appended {
                entry.apply(events, firstSequence: firstSequence, keepingEnded: Storage.keepsEndedStates)
                woken += entry.takeWatchers()
            }
            let next = entry.passTurn()
            shard.drop(entry, of: instance)
            return (woken, next)
        }
        for waiter in woken { waiter.resume() }
        next?.resume()
    }

    func state(of instance: InstanceID) async throws(BackendError) -> InstanceState? {
        let known = shard(of: instance).withLock { shard -> InstanceState?? in
            guard let entry = shard.entries[instance] else { return .none }
            entry.decode()
            return entry.isKnown ? .some(entry.live?.state) : .none
        }
        if let known { return known }
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
        for shard in shards {
            let (read, left) = shard.withLock { Self.summaries($0) }
            summaries += read
            unreadable += left
        }
        for id in unreadable {
            if let state = try await state(of: id) { summaries.append(InstanceSummary(state)) }
        }
        return summaries
    }

    /// What is live of a shard, and the instances whose states cannot be read.
    private static func summaries(_ shard: Shard) -> ([InstanceSummary], [InstanceID]) {
        var summaries: [InstanceSummary] = []
        var unreadable: [InstanceID] = []
        for (id, entry) in shard.entries where entry.live != nil {
            entry.decode()
            if let state = entry.live?.state {
                summaries.append(InstanceSummary(state))
            } else {
                unreadable.append(id)
            }
        }
        return (summaries, unreadable)
    }

    /// The live instances, and a place in the log before which there is nothing that they do not know; `nil` if storage is not a log.
    func capture() async -> LedgerCapture? {
        guard let position = storage.position else { return nil }
        var instances: [LiveInstance] = []
        for shard in shards {
            // What is under way now may be durable before that place, and is not in a state yet.
            await withCheckedContinuation { continuation in
                if shard.withLock({ $0.appendsUnderWay.wait(continuation) }) { continuation.resume() }
            }
            instances += shard.withLock { $0.entries.values.compactMap(\.live).filter { !$0.isEnded } }
        }
        return LedgerCapture(
            position: position, instances: instances, lastEpoch: lastEpoch.load(ordering: .relaxed))
    }

    // MARK: Watching

    func waitForChange(of instance: InstanceID, after revision: UInt64) async {
        let watcher = shard(of: instance).withLock { shard -> Int? in
            guard (shard.entries[instance]?.revision ?? 0) <= revision else { return nil }
            shard.lastWatcher += 1
            return shard.lastWatcher
        }
        guard let watcher else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { startWatching($0, as: watcher, instance, after: revision) }
        } onCancel: {
            stopWatching(watcher, instance)
        }
    }

    private func startWatching(
        _ continuation: CheckedContinuation<Void, Never>, as watcher: Int, _ instance: InstanceID,
        after revision: UInt64
    ) {
        let isKnown = shard(of: instance).withLock { shard -> Bool? in
            let entry = self.entry(of: instance, in: &shard)
            // Cancelled already: what `onCancel` does may have come before. Or changed since it was looked at.
            guard !Task.isCancelled, entry.revision <= revision else {
                shard.drop(entry, of: instance)
                return nil
            }
            entry.watchers[watcher] = continuation
            return entry.isKnown
        }
        switch isKnown {
        case nil: continuation.resume()
        case true?: break
        // Looked at once the watcher is there, so that no change falls in between.
        case false?: Task { await wakeIfBehind(watcher, instance, revision) }
        }
    }

    /// Wakes a watcher of an instance that storage knows more of than the watcher does.
    private func wakeIfBehind(_ watcher: Int, _ instance: InstanceID, _ revision: UInt64) async {
        let history = try? await storage.history(of: instance, after: 0)
        // What cannot be read is for the watcher to find out.
        let isBehind = history.map { $0.last.map { $0.event.revision > revision } ?? false } ?? true
        if isBehind { stopWatching(watcher, instance) }
    }

    private func stopWatching(_ watcher: Int, _ instance: InstanceID) {
        let continuation = shard(of: instance).withLock { shard -> CheckedContinuation<Void, Never>? in
            guard let entry = shard.entries[instance] else { return nil }
            let continuation = entry.watchers.removeValue(forKey: watcher)
            shard.drop(entry, of: instance)
            return continuation
        }
        continuation?.resume()
    }

    func wakeUps() -> AsyncStream<InstanceID> {
        let (stream, continuation) = AsyncStream.makeStream(of: InstanceID.self)
        let listener = lastListener.wrappingAdd(1, ordering: .relaxed).newValue
        listeners.withLock { $0[listener] = continuation }
        continuation.onTermination = { _ in self.listeners.withLock { $0[listener] = nil } }
        return stream
    }

    func announce(_ instance: InstanceID) {
        let listeners = listeners.withLock { Array($0.values) }
        for listener in listeners { listener.yield(instance) }
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
