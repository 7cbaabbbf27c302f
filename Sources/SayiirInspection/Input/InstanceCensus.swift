internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// All instances of a log, and when its events were.
struct InstanceCensus {
    private(set) var roster = InstanceRoster(summarizing: InstanceOverview.init)
    /// The times of the earliest and the latest event; `nil` without events.
    private(set) var times: ClosedRange<Timestamp>?
    /// How many of them were in the last minute and hour.
    private(set) var rates = EventRates()

    /// Takes one more event into account.
    mutating func add(_ event: Event) {
        let known = times ?? event.time...event.time
        times = min(known.lowerBound, event.time)...max(known.upperBound, event.time)
        rates.add(event)
        roster.add(event)
    }

    /// Takes an event of a revived instance into account, in the second reading.
    mutating func addAgain(_ event: Event) { roster.addAgain(event) }

    /// All instances, in no particular order.
    var summaries: [InstanceOverview] { roster.summaries }

    /// What those are at that have not ended.
    func live(served: ServedWorkflows) -> LiveInstances { LiveInstances(roster.live.values, served: served) }

    /// How many instances there are of each status.
    var counts: [StatusName: Int] {
        let counts = roster.ended.values.reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
        return roster.live.values.reduce(into: counts) { $0[$1.status.statusName, default: 0] += 1 }
    }
}

extension LogSource {
    /// Reads the instances whose ids `isWanted` accepts.
    func readCensus(
        _ problems: Problems, ofKeys isWanted: (String) -> Bool = { _ in true }, frames: (Frame) -> Void = { _ in }
    ) throws -> (census: InstanceCensus, assessment: Assessment) {
        var census = InstanceCensus()
        let assessment = try readEvents(problems, ofKeys: isWanted, frames: frames) { census.add($0.event) }
        let revived = census.roster.revived
        guard !revived.isEmpty else { return (census, assessment) }
        _ = try verify { frame in
            frame.forEachRecord { record in
                guard revived.contains(InstanceID(record.key)) else { return }
                // What cannot be decoded was reported in the first reading.
                if let event = LogEntry(record, in: frame).recordedEvent?.event { census.addAgain(event) }
            }
        }
        return (census, assessment)
    }
}
