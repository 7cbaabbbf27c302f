internal import SayiirEvents
internal import SayiirLog

/// What the first of two readings keeps of each instance: where its last event is.
struct StoryIndex {
    private(set) var lastSequences: [InstanceID: UInt64] = [:]
    /// The times of the earliest and the latest event; `nil` without events.
    private(set) var times: ClosedRange<Timestamp>?
    private(set) var lastSequence: UInt64 = 0
    /// The instances that were asked for; `nil` for all.
    fileprivate let wanted: [String]?

    fileprivate init(of instances: Set<InstanceID>) {
        wanted = instances.isEmpty ? nil : instances.map(\.rawValue)
    }

    fileprivate mutating func add(_ recorded: RecordedEvent) {
        let time = recorded.event.time
        let known = times ?? time...time
        times = min(known.lowerBound, time)...max(known.upperBound, time)
        lastSequences[recorded.event.instance] = recorded.sequence
        lastSequence = recorded.sequence
    }
}

extension LogSource {
    /// Reads where the stories of instances end; of all, if `instances` is empty.
    ///
    /// - Throws: ``InspectionError`` if there is no such instance.
    func indexStories(of instances: Set<InstanceID>, _ problems: Problems) throws -> StoryIndex {
        var index = StoryIndex(of: instances)
        _ = try readEvents(
            problems, only: index.wanted, ofKeys: { instances.isEmpty || instances.contains(InstanceID($0)) },
            visit: { index.add($0) })
        if let unknown = instances.filter({ index.lastSequences[$0] == nil }).min() {
            throw try unknownInstance(unknown.rawValue)
        }
        return index
    }

    /// Reads the log once more, and tells each story when its last event was read. Only stories that have begun and not ended are in
    /// memory.
    ///
    /// - Parameter visit: Gets the stories in the order in which they ended.
    func forEachStory(in index: StoryIndex, visit: (Story) throws -> Void) throws {
        var builders: [InstanceID: StoryBuilder] = [:]
        _ = try verify(only: index.wanted) { frame in
            try frame.forEachRecord { record in
                let id = InstanceID(record.key)
                guard record.sequence <= index.lastSequence, let last = index.lastSequences[id] else { return }
                // What cannot be decoded was reported in the first reading.
                guard let event = LogEntry(record, in: frame).recordedEvent?.event else { return }
                builders[id, default: StoryBuilder(event)].add(event)
                guard record.sequence == last, let builder = builders.removeValue(forKey: id) else { return }
                try visit(builder.story)
            }
        }
    }
}
