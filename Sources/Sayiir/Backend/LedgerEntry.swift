import SayiirEvents
import SayiirProjection

/// What the ledger keeps of one instance.
struct LedgerEntry: Sendable {
    /// Whether it is known what storage has of the instance.
    private(set) var isKnown: Bool
    /// The last durable revision, if that is known.
    private(set) var revision: UInt64 = 0
    /// The state, as of the last event that was seen; `nil` if none was, or if the instance has ended and its storage need not be kept in
    /// memory.
    private(set) var live: LiveInstance?
    /// The sequence of that event, or 0.
    private(set) var seenSequence: UInt64 = 0
    /// The sequence of the last event of all.
    private var lastSequence: UInt64 = 0
    /// The sequence with which the current run began.
    private var firstSequence: UInt64 = 0
    /// The current lease; `nil` if nobody runs the instance.
    private(set) var lease: Lease?
    /// Told what the holder of the lease has to know; `nil` if it does not want to know.
    var handler: (@Sendable (LeaseNotice) -> Void)?
    /// Whether somebody has asked for the state while another had the lease, and will most likely ask again.
    private var isAskedFor = false
    /// Whether an append is under way.
    private var isTurnTaken = false
    /// How many appends have found the turn taken and do not wait for it yet.
    private var arriving = 0
    /// Whether it is among those that were used lately.
    var isRecent = false
    /// The generation of that append, once it has begun; see ``AppendsUnderWay``.
    private var generation: Int?
    /// Those who wait for their turn to append, in the order of their arrival.
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// Those who wait for a change.
    private(set) var watchers: [Int: Watcher] = [:]

    /// One who waits for a change.
    struct Watcher: Sendable {
        /// Takes the state with which a run has ended, if that is at hand.
        var continuation: CheckedContinuation<InstanceState?, Never>
        /// Whether only the end of a run is of interest.
        var isForEnd: Bool
    }

    init(isKnown: Bool) { self.isKnown = isKnown }

    /// An entry of an instance that is here already, with all its events.
    init(_ live: LiveInstance) {
        isKnown = true
        learn(live)
    }

    /// Whether there are durable events that are not in the state: whoever runs the instance has them in a state of its own.
    var isBehind: Bool { isKnown && (live?.revision ?? 0) < revision }

    /// Whether its state is the instance's.
    var hasSeenAll: Bool { isKnown && !isBehind }

    /// Whether it says nothing that storage does not, and nobody has to do with the instance.
    var isBlank: Bool { live == nil && !isBehind && isIdle }

    /// Whether a run is known to be there that has not ended, or of which its executor will say so when it lets go.
    ///
    /// A state that is behind tells nothing once the lease is given back: the run may have ended since.
    var isUnderWay: Bool { isKnown && (lease != nil || !isBehind) && live?.state.phase.isUnderWay == true }

    /// Whether nobody has to do with the instance.
    var isIdle: Bool { lease == nil && !isTurnTaken && arriving == 0 && watchers.isEmpty }

    /// Takes in what storage has of the instance.
    mutating func learn(from history: [RecordedEvent]) {
        learn(LiveInstance(folding: history))
        lastSequence = history.last?.sequence ?? 0
        seenSequence = lastSequence
    }

    private mutating func learn(_ live: LiveInstance?) {
        isKnown = true
        self.live = live
        revision = live?.revision ?? 0
        firstSequence = live?.firstSequence ?? 0
    }

    /// Takes in events that are durable from `firstSequence` on.
    private mutating func take(_ events: [Event], firstSequence sequence: UInt64, keepingEnded: Bool) {
        guard let last = events.last else { return }
        let follows = !isBehind && (lease == nil || isAskedFor)
        noteRun(events, from: sequence)
        revision = last.revision
        lastSequence = sequence + UInt64(events.count) - 1
        if follows { apply(events, firstSequence: sequence) }
        // A state that is behind may be that of a run before this one.
        if !keepingEnded, last.body.endsRun || (!isBehind && live?.isEnded == true) { forgetState() }
    }

    /// The run may have begun with one of these events.
    private mutating func noteRun(_ events: [Event], from sequence: UInt64) {
        if firstSequence == 0 { firstSequence = sequence }
        for place in events.indices {
            if case .submitted = events[place].body { firstSequence = sequence + UInt64(place) }
        }
    }

    private mutating func apply(_ events: some Collection<Event>, firstSequence: UInt64) {
        seenSequence = firstSequence - 1
        for event in events {
            seenSequence += 1
            if live == nil { live = LiveInstance(event.instance) }
            // In place: a copy of the state would cost as much as the history is long.
            live?.apply(event, sequence: seenSequence)
        }
    }

    /// Takes in events that storage has behind ``seenSequence``, as far as they are acknowledged.
    ///
    /// - Returns: Whether it is any closer to the last event, or need not be.
    mutating func catchUp(with history: [RecordedEvent]) -> Bool {
        // From here on it keeps up: reading once is cheaper than keeping up for nobody, and reading again and again is not.
        isAskedFor = true
        guard isBehind else { return true }
        let before = live?.revision ?? 0
        for recorded in history {
            let next = (live?.revision ?? 0) + 1
            guard recorded.event.revision == next, next <= revision else { continue }
            apply(CollectionOfOne(recorded.event), firstSequence: recorded.sequence)
        }
        return (live?.revision ?? 0) > before
    }

    /// The instance has ended. The revision stays good for as long as the entry does; the state has to be read again.
    private mutating func forgetState() {
        live = nil
        isKnown = false
    }

    /// Notes who runs the instance from now on, and has not said yet what is to be told.
    mutating func give(_ lease: Lease?) {
        self.lease = lease
        handler = nil
    }

    /// Takes the lease away.
    ///
    /// - Returns: Whether what the instance waits for was not known, and who waits for the end of the run, to be woken.
    mutating func endLease(leaving rest: InstanceRest?) -> (hasLearnt: Bool, watchers: [Watcher]) {
        give(nil)
        let hasLearnt = rest.map { note($0) } ?? false
        return (hasLearnt, takeWatchersForEnd(after: rest?.state))
    }

    /// Notes what the instance waits for, now that nobody runs it, and takes over the state in which it was left. Returns whether what it
    /// waits for was not known.
    private mutating func note(_ rest: InstanceRest) -> Bool {
        if isBehind, let state = rest.state, state.revision == revision {
            live = LiveInstance(state, firstSequence: firstSequence)
            seenSequence = lastSequence
        }
        guard !isBehind, live != nil else { return false }
        let known = live?.knownRest
        live?.note(rest)
        return live?.knownRest != known
    }

    // MARK: Appends

    /// How far the beginning of an append got.
    enum Beginning {
        /// Another append of the instance is under way.
        case waiting
        /// What storage has of the instance must be learnt first.
        case unknown
        case refused(BackendError)
        case begun
    }

    /// Checks that events may be appended now, the first of which is `first`, once it is their turn.
    ///
    /// - Parameter hasTurn: Whether the turn was taken before. Otherwise ``waitForTurn(_:)`` must be called if it has to be waited for.
    mutating func begin(
        with first: Event, under lease: Lease?, hasTurn: Bool, _ appendsUnderWay: inout AppendsUnderWay
    ) -> Beginning {
        guard hasTurn || takeTurn() else { return .waiting }
        if let lease, self.lease != lease { return .refused(.fenced(instance: first.instance, epoch: lease.epoch)) }
        guard isKnown else { return .unknown }
        guard first.revision == revision + 1 else {
            return .refused(.conflict(instance: first.instance, expected: revision + 1, found: first.revision))
        }
        generation = appendsUnderWay.begin()
        return .begun
    }

    /// What the end of an append leaves to be done.
    struct AppendEnd {
        /// The append's generation; see ``AppendsUnderWay``.
        var generation: Int?
        /// Who waits for a change.
        var watchers: [Watcher]
        /// Who has the turn now, and waits for it.
        var next: CheckedContinuation<Void, Never>?
        var isIdle: Bool
    }

    /// Takes in what was appended, if it was, and hands the turn to whoever waits longest.
    mutating func end(_ appended: (events: [Event], firstSequence: UInt64)?, keepingEnded: Bool) -> AppendEnd {
        var watchers: [Watcher] = []
        if let (events, firstSequence) = appended {
            take(events, firstSequence: firstSequence, keepingEnded: keepingEnded)
            watchers = takeWatchers(of: events)
        }
        let next = passTurn()
        return AppendEnd(generation: generation.take(), watchers: watchers, next: next, isIdle: isIdle)
    }

    /// Takes the turn to append; false if somebody has it, and then ``waitForTurn(_:)`` must be called.
    mutating func takeTurn() -> Bool {
        if isTurnTaken {
            // From here on it must stay the instance's entry.
            arriving += 1
            return false
        }
        isTurnTaken = true
        return true
    }

    /// Waits for the turn; false, if it is free by now, and taken.
    mutating func waitForTurn(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        arriving -= 1
        guard isTurnTaken else {
            isTurnTaken = true
            return false
        }
        waiting.append(continuation)
        return true
    }

    /// Ends the turn, or leaves it to who waits longest, to be woken.
    mutating func passTurn() -> CheckedContinuation<Void, Never>? {
        guard waiting.isEmpty else { return waiting.removeFirst() }
        isTurnTaken = false
        return nil
    }

    // MARK: Watchers

    /// Adds one who waits for a change; false if there was one since the given revision.
    mutating func add(_ watcher: Watcher, as number: Int, after revision: UInt64) -> Bool {
        guard self.revision <= revision || (watcher.isForEnd && isUnderWay) else { return false }
        watchers[number] = watcher
        return true
    }

    mutating func removeWatcher(_ number: Int) -> Watcher? { watchers.removeValue(forKey: number) }

    /// Those whom events concern among those who wait for a change, to be woken.
    ///
    /// Who waits for the end is not, while somebody has a lease: that one gives it back with the state.
    private mutating func takeWatchers(of events: [Event]) -> [Watcher] {
        guard !watchers.isEmpty else { return [] }
        let hasEnd = lease == nil && events.contains { $0.body.mayEndRun }
        return takeWatchers { hasEnd || !$0.isForEnd }
    }

    /// Those who wait for the end of a run, to be woken, unless the executor that has let go of it knows that it has not ended.
    ///
    /// - Parameter state: The state in which the executor left it, if it says so.
    private mutating func takeWatchersForEnd(after state: InstanceState?) -> [Watcher] {
        if let state, state.revision == revision, state.phase.isUnderWay { return [] }
        return watchers.isEmpty ? [] : takeWatchers(where: \.isForEnd)
    }

    private mutating func takeWatchers(where isTaken: (Watcher) -> Bool) -> [Watcher] {
        let taken = watchers.filter { isTaken($0.value) }
        for watcher in taken.keys { watchers[watcher] = nil }
        return Array(taken.values)
    }
}
