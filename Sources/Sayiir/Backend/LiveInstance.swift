import SayiirEvents
import SayiirProjection

/// An instance in memory: its state, from where on its records are needed, and what it waits for.
struct LiveInstance: Sendable {
    /// The sequence with which the current run began.
    private(set) var firstSequence: UInt64 = 0
    /// What it waited for when the one who ran it last let go, and of which revision that was said; see ``knownRest``.
    private var rest: (revision: UInt64, PackedInstance.Rest)?
    /// The state. Exactly one; an array, because it is as small as a pointer and changed in place.
    private var states: [InstanceState]

    /// An instance whose first event is about to be applied.
    init(_ id: InstanceID) { states = [InstanceState(id)] }

    /// An instance of which something is known already.
    init(_ state: InstanceState, firstSequence: UInt64, rest: PackedInstance.Rest? = nil) {
        states = [state]
        self.firstSequence = firstSequence
        self.rest = rest.map { (state.revision, $0) }
    }

    /// The fold of a history; `nil` if it is empty.
    init?(folding history: [RecordedEvent]) {
        guard let first = history.first else { return nil }
        self.init(first.event.instance)
        for recorded in history { apply(recorded.event, sequence: recorded.sequence) }
    }

    /// The state.
    var state: InstanceState {
        _read { yield states[0] }
    }

    /// The revision of the last event that is in the state.
    var revision: UInt64 { states[0].revision }

    /// Whether its run has ended.
    var isEnded: Bool { states[0].phase.isEnded }

    /// The highest fencing epoch in the state.
    var leaseEpoch: UInt64 { states[0].leaseEpoch }

    /// What it waits for; `nil` if nobody knows: something has happened since, or an executor that offers more could go on with it.
    var knownRest: PackedInstance.Rest? {
        guard let (noted, rest) = rest, noted == revision else { return nil }
        return rest
    }

    /// Notes what it waits for, as said by the one who ran it last. What another program can do says nothing of what the next one can.
    mutating func note(_ said: InstanceRest) {
        guard said.tags.isEmpty, !state.mayNeedOtherProgram else { return rest = nil }
        rest = (said.revision, PackedInstance.Rest(due: said.due, priority: said.priority))
    }

    /// Applies an event to the state.
    mutating func apply(_ event: Event, sequence: UInt64) {
        let run = states[0].run
        states[0].apply(event)
        if states[0].run != run || firstSequence == 0 { firstSequence = sequence }
    }
}

extension Collection<UInt8> {
    /// Up to eight bytes as a number, the lowest first.
    var littleEndianNumber: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}

extension [UInt8] {
    mutating func appendLittleEndianNumber(_ number: UInt64, byteCount: Int = 8) {
        for place in 0..<byteCount { append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(place)))) }
    }
}
