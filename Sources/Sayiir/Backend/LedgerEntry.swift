import SayiirEvents
import SayiirLog
import SayiirProjection

/// What the ledger keeps of one instance. A class, for the ledger alone: looking at one member of a state costs nothing then.
final class LedgerEntry {
    /// Whether it is known what storage has of the instance.
    private(set) var isKnown: Bool
    /// The last durable revision, if that is known.
    private(set) var revision: UInt64 = 0
    /// The state; `nil` if there is none yet, or if the instance has ended and its storage need not be kept in memory.
    private(set) var live: LiveInstance?
    /// The current lease; `nil` if nobody runs the instance.
    var lease: Lease?
    /// Whether an append is under way.
    var isTurnTaken = false
    /// Where the log ended when that append began.
    var appendStart: LogPosition?
    /// Those who wait for their turn to append, in the order of their arrival.
    var waiting: [CheckedContinuation<Void, Never>] = []
    /// Those who wait for a change.
    var watchers: [Int: CheckedContinuation<Void, Never>] = [:]

    init(isKnown: Bool) { self.isKnown = isKnown }

    init(_ live: LiveInstance) {
        isKnown = true
        learn(live)
    }

    /// Whether it says nothing that storage does not, and nobody has to do with the instance.
    var isBlank: Bool {
        live == nil && lease == nil && !isTurnTaken && watchers.isEmpty
    }

    /// Takes in what storage has of the instance.
    func learn(_ live: LiveInstance?) {
        isKnown = true
        self.live = live
        revision = live?.revision ?? 0
    }

    /// Decodes a state that is as a snapshot has it. If that fails, the instance is not known any more.
    func decode() {
        do throws(StateDecodingError) {
            try live?.decode()
        } catch {
            live = nil
            isKnown = false
        }
    }

    /// Takes in events that are durable from `firstSequence` on.
    func apply(_ events: [Event], firstSequence: UInt64, keepingEnded: Bool) {
        guard let first = events.first else { return }
        if live == nil { live = LiveInstance(first.instance) }
        var sequence = firstSequence
        // In place: a copy of the state would cost as much as the history is long.
        for event in events {
            live?.apply(event, sequence: sequence)
            sequence += 1
        }
        revision = live?.revision ?? revision
        guard !keepingEnded, live?.isEnded == true else { return }
        live = nil
        // The revision stays good for as long as the entry does; the state has to be read again.
        isKnown = false
    }

    func wakeWatchers() {
        guard !watchers.isEmpty else { return }
        let woken = watchers
        watchers = [:]
        for watcher in woken.values { watcher.resume() }
    }
}
