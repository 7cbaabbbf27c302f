internal import SayiirEvents
internal import SayiirProjection

/// All instances of a log, folded from its events.
///
/// Payloads are dropped on the way in: what an instance takes up depends on its steps, not on its values.
struct Catalogue {
    private(set) var states: [InstanceID: InstanceState] = [:]
    /// The times of the earliest and the latest event; `nil` without events.
    private(set) var times: ClosedRange<Timestamp>?

    /// Takes one more event into account.
    mutating func add(_ event: Event) {
        states[event.instance, default: InstanceState(event.instance)].apply(event.withoutPayloads)
        guard let known = times else {
            times = event.time...event.time
            return
        }
        if !known.contains(event.time) {
            times = min(known.lowerBound, event.time)...max(known.upperBound, event.time)
        }
    }

    /// How many instances there are of each status.
    var counts: [StatusName: Int] {
        states.values.reduce(into: [:]) { $0[$1.status.name, default: 0] += 1 }
    }
}

extension Event {
    /// The event without the values that nobody looks at in an overview.
    fileprivate var withoutPayloads: Event {
        var event = self
        switch body {
        case .submitted(var body):
            body.input.bytes = []
            body.metadata = nil
            event.body = .submitted(body)
        case .taskCheckpointed(var body):
            body.output.bytes = []
            event.body = .taskCheckpointed(body)
        case .signalReceived(var body):
            body.payload.bytes = []
            event.body = .signalReceived(body)
        default: break
        }
        return event
    }
}
