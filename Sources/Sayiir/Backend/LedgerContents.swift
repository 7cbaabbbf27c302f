import SayiirEvents
import SayiirProjection

/// What an ``InstanceLedger`` keeps behind its lock.
struct LedgerContents: Sendable {
    /// The instances that somebody has to do with, or had lately. An entry stays for as long as somebody has the turn to append, waits for it,
    /// has a lease or watches.
    private(set) var entries: [InstanceID: LedgerEntry] = [:]
    /// The other live ones.
    private(set) var parked: ParkedInstances
    /// Entries of which some were used lately, in turn.
    private var recent = RecentEntries()
    /// Of how many instances it was learnt since the last snapshot what they wait for, beside the events that the log has grown by.
    var learntRests = 0
    var appendsUnderWay = AppendsUnderWay()
    /// The highest fencing epoch that was given out, over all instances.
    private(set) var lastEpoch: UInt64
    var listeners: [Int: AsyncStream<InstanceID>.Continuation] = [:]
    private var lastNumber = 0

    init(parked: ParkedInstances, lastEpoch: UInt64) {
        self.parked = parked
        self.lastEpoch = lastEpoch
    }

    /// How many instances are in memory.
    var count: Int { entries.count + parked.packed.count }

    mutating func newNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    // MARK: Entries

    /// An entry, to be changed in place.
    ///
    /// Called for one that ``load(_:isKnown:)`` has put there, or that stays because somebody has to do with it: one that is not there says
    /// nothing.
    subscript(instance: InstanceID) -> LedgerEntry {
        get { entries[instance, default: LedgerEntry(isKnown: false)] }
        _modify { yield &entries[instance, default: LedgerEntry(isKnown: false)] }
    }

    /// Whether there is an entry. It is looked for only, and not copied.
    func isLoaded(_ instance: InstanceID) -> Bool { entries.index(forKey: instance) != nil }

    /// Sees to it that there is an entry of an instance that is in memory; false if it is not.
    mutating func unpark(_ instance: InstanceID) -> Bool {
        if isLoaded(instance) { return true }
        switch parked.take(instance) {
        case .absent: return false
        case .instance(let live): entries[instance] = LedgerEntry(live)
        case .unreadable: entries[instance] = LedgerEntry(isKnown: false)
        }
        return true
    }

    /// Sees to it that there is an entry.
    ///
    /// - Parameter isKnown: Whether nothing of the instance is in storage, if it is not in memory.
    mutating func load(_ instance: InstanceID, isKnown: @autoclosure () -> Bool) {
        if !unpark(instance) { entries[instance] = LedgerEntry(isKnown: isKnown()) }
    }

    /// The last durable revision of an instance; 0 if it is not known.
    func revision(of instance: InstanceID) -> UInt64 {
        entries[instance]?.revision ?? parked.packed[instance]?.revision ?? 0
    }

    /// Forgets an entry that says nothing, and parks what nobody has used for long.
    mutating func drop(_ instance: InstanceID) {
        guard let place = entries.index(forKey: instance), entries.values[place].isIdle else { return }
        if entries.values[place].isBlank {
            entries.remove(at: place)
            return
        }
        guard !entries.values[place].isRecent else { return }
        entries.values[place].isRecent = true
        if let oldest = recent.add(instance) { park(oldest) }
    }

    /// Parks an instance whose place among the recent ones was taken by another.
    private mutating func park(_ instance: InstanceID) {
        guard let entry = entries[instance] else { return }
        guard entry.isIdle, entry.hasSeenAll, let live = entry.live, !live.isEnded else {
            self[instance].isRecent = false
            return
        }
        entries[instance] = nil
        parked.park(live)
    }

    // MARK: Leases

    mutating func lease(
        _ instance: InstanceID, to executor: String, takingOver: Bool
    ) throws(BackendError) -> Lease {
        let place = entries.index(forKey: instance)
        if !takingOver, let place, let holder = entries.values[place].lease?.executor {
            throw .leaseHeld(instance: instance, holder: holder)
        }
        lastEpoch += 1
        let lease = Lease(instance: instance, executor: executor, epoch: lastEpoch)
        if let place { entries.values[place].give(lease) } else { self[instance].give(lease) }
        return lease
    }

    /// Notes whom to tell what the holder of a lease has to know; false if the lease is not the current one.
    mutating func observe(_ lease: Lease, _ handler: @escaping @Sendable (LeaseNotice) -> Void) -> Bool {
        guard let place = entries.index(forKey: lease.instance), entries.values[place].lease == lease else {
            return false
        }
        entries.values[place].handler = handler
        return true
    }

    /// Whom to tell what the holder of an instance's lease has to know; `nil` if there is no holder that wants to know.
    func handler(of instance: InstanceID) -> (@Sendable (LeaseNotice) -> Void)? { entries[instance]?.handler }

    /// Returns the notice that the lease holder gets of events that other clients appended. If they replace the run, the lease is
    /// taken away.
    mutating func notice(
        to instance: InstanceID, of events: [Event]
    ) -> (handler: @Sendable (LeaseNotice) -> Void, notice: LeaseNotice)? {
        guard entries[instance]?.lease != nil else { return nil }
        let isReplaced = events.contains { $0.body.mayEndRun }
        let isCancelled = events.contains { if case .cancelRequested = $0.body { true } else { false } }
        guard isReplaced || isCancelled else { return nil }
        let handler = entries[instance]?.handler
        if isReplaced { self[instance].give(nil) }
        return handler.map { ($0, isReplaced ? .lost : .cancelRequested) }
    }

    /// Ends a lease, unless it has ended before.
    ///
    /// - Returns: Who waits for the end of the run, to be woken.
    mutating func end(_ lease: Lease, leaving rest: InstanceRest?) -> [LedgerEntry.Watcher] {
        let instance = lease.instance
        guard let place = entries.index(forKey: instance), entries.values[place].lease == lease else { return [] }
        let (hasLearnt, watchers) = entries.values[place].endLease(leaving: rest)
        if hasLearnt { learntRests += 1 }
        drop(instance)
        return watchers
    }

    // MARK: Appends

    /// Begins an append of events, the first of which is given, or says why it cannot begin yet; `nil` if the instance has no entry.
    mutating func begin(with first: Event, under lease: Lease?, hasTurn: Bool) -> LedgerEntry.Beginning? {
        guard let place = entries.index(forKey: first.instance) else { return nil }
        return entries.values[place].begin(with: first, under: lease, hasTurn: hasTurn, &appendsUnderWay)
    }

    /// Ends an append.
    ///
    /// - Returns: Who waits for the turn, for what has begun before, or for a change, to be woken.
    mutating func end(
        appendOf instance: InstanceID, _ appended: (events: [Event], firstSequence: UInt64)?, keepingEnded: Bool
    ) -> (waiting: [CheckedContinuation<Void, Never>], watchers: [LedgerEntry.Watcher]) {
        guard let place = entries.index(forKey: instance) else { return ([], []) }
        let end = entries.values[place].end(appended, keepingEnded: keepingEnded)
        var waiting = end.generation.map { appendsUnderWay.end($0) } ?? []
        if let next = end.next { waiting.append(next) }
        if end.isIdle { drop(instance) }
        return (waiting, end.watchers)
    }
}
