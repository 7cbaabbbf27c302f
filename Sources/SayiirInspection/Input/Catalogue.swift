internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// All instances of a log, folded from its events.
///
/// An instance that ended is kept as a summary, and payloads are dropped on the way in: memory goes with what is alive. If an
/// ended instance has further events (a new run, a late signal), its summary cannot take them: the log is then read a
/// second time, for such instances alone.
struct Catalogue {
    private var live: [InstanceID: InstanceState] = [:]
    private var ended: [InstanceID: InstanceSummary] = [:]
    /// Instances that had ended and went on.
    private(set) var revived: Set<InstanceID> = []
    /// The times of the earliest and the latest event; `nil` without events.
    private(set) var times: ClosedRange<Timestamp>?

    /// Takes one more event into account.
    mutating func add(_ event: Event) {
        let known = times ?? event.time...event.time
        times = min(known.lowerBound, event.time)...max(known.upperBound, event.time)
        let id = event.instance
        if revived.contains(id) { return }
        if ended.removeValue(forKey: id) != nil {
            revived.insert(id)
            return
        }
        live[id, default: InstanceState(id)].apply(event.withoutPayloads)
        if event.body.canEndRun, let state = live[id], state.phase.isEnded {
            ended[id] = InstanceSummary(state)
            live[id] = nil
        }
    }

    /// Takes an event of a revived instance into account, in the second reading.
    mutating func addAgain(_ event: Event) {
        live[event.instance, default: InstanceState(event.instance)].apply(event.withoutPayloads)
    }

    /// All instances, in no particular order.
    var summaries: [InstanceSummary] { Array(ended.values) + live.values.map(InstanceSummary.init) }

    /// How many instances there are of each status.
    var counts: [StatusName: Int] {
        let counts = ended.values.reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
        return live.values.reduce(into: counts) { $0[$1.status.statusName, default: 0] += 1 }
    }
}

extension LogSource {
    /// Reads the instances whose ids `isWanted` accepts.
    func readCatalogue(
        _ problems: Problems, ofKeys isWanted: (String) -> Bool = { _ in true }
    ) throws -> (catalogue: Catalogue, assessment: Assessment) {
        var catalogue = Catalogue()
        let assessment = try readEvents(problems, ofKeys: isWanted) { catalogue.add($0.event) }
        let revived = catalogue.revived
        guard !revived.isEmpty else { return (catalogue, assessment) }
        _ = try reader.verify { frame in
            frame.forEachRecord { record in
                guard revived.contains(InstanceID(record.key)) else { return }
                // What cannot be decoded was reported in the first reading.
                if let event = LogEntry(record, in: frame).recordedEvent?.event { catalogue.addAgain(event) }
            }
        }
        return (catalogue, assessment)
    }
}

extension Event.Body {
    fileprivate var canEndRun: Bool {
        switch self {
        case .completed, .failed, .cancelled, .superseded, .deleted: true
        default: false
        }
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
