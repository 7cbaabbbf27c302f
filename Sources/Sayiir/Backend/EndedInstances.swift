import SayiirEvents
import SayiirLog
import SayiirProjection

/// The instances of a log that have ended, as summaries, read from the whole of it. Memory goes with their number and with what
/// is live; instances that ended and went on are read in a second pass.
struct EndedInstances {
    private var live: [InstanceID: InstanceState] = [:]
    private var ended: [InstanceID: InstanceSummary] = [:]
    private var revived: Set<InstanceID> = []

    static func read(directory: String, fileSystem: any FileSystem) throws -> [InstanceSummary] {
        var first = EndedInstances()
        try forEachEvent(directory, fileSystem) { first.add($0) }
        guard !first.revived.isEmpty else { return Array(first.ended.values) }
        var states: [InstanceID: InstanceState] = [:]
        try forEachEvent(directory, fileSystem) { event in
            guard first.revived.contains(event.instance) else { return }
            states[event.instance, default: InstanceState(event.instance)].apply(event)
        }
        return first.ended.values + states.values.filter(\.phase.isEnded).map { InstanceSummary($0) }
    }

    private mutating func add(_ event: Event) {
        let id = event.instance
        if revived.contains(id) { return }
        if ended.removeValue(forKey: id) != nil {
            revived.insert(id)
            return
        }
        live[id, default: InstanceState(id)].apply(event)
        guard let state = live[id], state.phase.isEnded else { return }
        ended[id] = InstanceSummary(state)
        live[id] = nil
    }

    private static func forEachEvent(
        _ directory: String, _ fileSystem: any FileSystem, _ visit: (Event) -> Void
    ) throws {
        var follower = LogReader(directory: directory, fileSystem: fileSystem).follow()
        while let frame = try follower.next() {
            try frame.forEachRecord { record in
                if let event = try record.event(in: "\(directory)/\(frame.segment)", at: frame.offset) { visit(event) }
            }
        }
    }
}
