import SayiirEvents
import SayiirProjection

/// The state of an instance in memory, and from where on its records are needed.
struct LiveInstance: Sendable {
    private(set) var state: InstanceState
    /// The sequence with which the current run began.
    private(set) var firstSequence: UInt64

    init(_ state: InstanceState, firstSequence: UInt64) {
        self.state = state
        self.firstSequence = firstSequence
    }

    /// An instance whose first event is about to be applied.
    init(_ id: InstanceID) { self.init(InstanceState(id), firstSequence: 0) }

    /// The fold of a history; `nil` if it is empty.
    init?(folding history: [RecordedEvent]) {
        guard let first = history.first else { return nil }
        self.init(first.event.instance)
        for recorded in history { apply(recorded.event, sequence: recorded.sequence) }
    }

    mutating func apply(_ event: Event, sequence: UInt64) {
        let run = state.run
        state.apply(event)
        if state.run != run || firstSequence == 0 { firstSequence = sequence }
    }
}
