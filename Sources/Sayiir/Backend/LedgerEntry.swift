import SayiirEvents
import SayiirLog
import SayiirProjection

/// What the ledger keeps of one instance. A class, for the ledger alone: looking at one member of a state costs nothing then.
///
// @unchecked: it never leaves the ledger, which touches it only with its lock held.
final class LedgerEntry: @unchecked Sendable {
    /// Whether it is known what storage has of the instance.
    private(set) var isKnown: Bool
    /// The last durable revision, if that is known.
    private(set) var revision: UInt64 = 0
    /// The state without what is in ``pending``; `nil` if there is none yet, or if the instance has ended and its storage need not be kept in
    /// memory.
    private var base: LiveInstance?
    /// Durable events that are not in the state yet. Who runs the instance has a state of its own, so most are never asked for: a
    /// run that ends takes them with it.
    private var pending: [(events: [Event], firstSequence: UInt64)] = []
    /// The current lease; `nil` if nobody runs the instance.
    var lease: Lease?
    /// Whether an append is under way.
    private var isTurnTaken = false
    /// How many appends have found the turn taken and do not wait for it yet.
    private var arriving = 0
    /// Whether it is among those that were used lately.
    var isRecent = false
    /// Where the log ended when that append began.
    var appendStart: LogPosition?
    /// Those who wait for their turn to append, in the order of their arrival.
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// Those who wait for a change.
    var watchers: [Int: CheckedContinuation<Void, Never>] = [:]

    /// Appends after which pending events go into the state, so that they do not become more than it.
    private static let pendingLimit = 64

    init(isKnown: Bool) { self.isKnown = isKnown }

    /// An entry of an instance that is here already.
    init(_ live: LiveInstance) {
        isKnown = true
        learn(live)
    }

    /// The state of a live instance; `nil` if there is none yet, or if the instance has ended and its storage need not be kept in memory.
    var live: LiveInstance? {
        settle()
        return base
    }

    /// Whether it says nothing that storage does not, and nobody has to do with the instance.
    var isBlank: Bool { base == nil && pending.isEmpty && isIdle }

    /// Whether nobody has to do with the instance.
    var isIdle: Bool { lease == nil && !isTurnTaken && arriving == 0 && watchers.isEmpty }

    /// Takes in what storage has of the instance.
    func learn(_ live: LiveInstance?) {
        isKnown = true
        base = live
        pending = []
        revision = live?.revision ?? 0
    }

    /// Takes in events that are durable from `firstSequence` on.
    func apply(_ events: [Event], firstSequence: UInt64, keepingEnded: Bool) {
        guard let first = events.first, let last = events.last else { return }
        revision = last.revision
        if last.body.endsRun && !keepingEnded { return forgetState() }
        if base == nil { base = LiveInstance(first.instance) }
        pending.append((events, firstSequence))
        guard pending.count >= Self.pendingLimit || lease == nil else { return }
        settle()
        if base?.isEnded == true && !keepingEnded { forgetState() }
    }

    /// The instance has ended. The revision stays good for as long as the entry does; the state has to be read again.
    private func forgetState() {
        base = nil
        pending = []
        isKnown = false
    }

    /// Applies pending events to the state.
    func settle() {
        guard !pending.isEmpty else { return }
        for (events, firstSequence) in pending {
            var sequence = firstSequence
            // In place: a copy of the state would cost as much as the history is long.
            for event in events {
                base?.apply(event, sequence: sequence)
                sequence += 1
            }
        }
        pending = []
    }

    /// Notes what the instance waits for, now that nobody runs it. Returns whether that was not known.
    func note(_ rest: InstanceRest?) -> Bool {
        settle()
        guard let known = base?.knownRest else {
            base?.rest = rest
            return base?.knownRest != nil
        }
        // Who let go without a word has changed nothing, or the rest would not fit the revision any more.
        if let rest { base?.rest = rest }
        return base?.knownRest != known
    }

    /// Takes the turn to append; false if somebody has it, and then ``waitForTurn(_:)`` must be called.
    func takeTurn() -> Bool {
        if isTurnTaken {
            // From here on it must stay the instance's entry.
            arriving += 1
            return false
        }
        isTurnTaken = true
        return true
    }

    /// Waits for the turn; false, if it is free by now, and taken.
    func waitForTurn(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        arriving -= 1
        guard isTurnTaken else {
            isTurnTaken = true
            return false
        }
        waiting.append(continuation)
        return true
    }

    /// Ends the turn, or leaves it to who waits longest, to be woken.
    func passTurn() -> CheckedContinuation<Void, Never>? {
        guard waiting.isEmpty else { return waiting.removeFirst() }
        isTurnTaken = false
        return nil
    }

    /// Those who wait for a change, to be woken.
    func takeWatchers() -> [CheckedContinuation<Void, Never>] {
        guard !watchers.isEmpty else { return [] }
        defer { watchers = [:] }
        return Array(watchers.values)
    }
}

extension Event.Body {
    /// Whether the run has ended after this, whatever came before.
    fileprivate var endsRun: Bool {
        switch self {
        case .completed, .failed, .cancelled: true
        default: false
        }
    }
}
