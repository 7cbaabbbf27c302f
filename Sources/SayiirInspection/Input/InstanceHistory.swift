internal import SayiirEvents
internal import SayiirLog

/// What a reading of the whole log found of one instance.
struct InstanceHistory {
    /// All records of the instance, in order.
    var entries: [LogEntry] = []
    /// The log's definitions.
    var definitions: GraphExport.Definitions = [:]
    var served = ServedWorkflows()
    /// The instances that were copied from this one. Of a store in PostgreSQL only the instance's own events are read, and this is empty.
    var forks: [String] = []
    /// The judgement on the whole log, once it was read.
    var assessment: Assessment?

    /// The instance that a record says it was copied from, if it says so. Other records are not decoded.
    static func source(of record: LogRecord) -> InstanceID? {
        guard record.kind == .event, Event.Kind(of: record.payload) == .derived,
            case .event(let event) = LogEntry.content(of: record), case .derived(let body) = event.body
        else { return nil }
        return body.source
    }
}

extension LogSource {
    /// All records of one instance, in order, and the log's definitions. What cannot be decoded goes to `problems`: in full, or, where the caller shows
    /// it in its place, as a number only.
    ///
    /// - Throws: An ``InspectionError`` that names similar ids if the instance has none.
    func history(
        of instance: String, _ problems: Problems, showsUnreadable: Bool = false
    ) throws -> InstanceHistory {
        var history = InstanceHistory()
        history.assessment = try verify(only: [instance]) { frame in
            try frame.forEachRecord { record in
                history.definitions.add(record)
                history.served.add(record)
                if InstanceHistory.source(of: record)?.rawValue.isExactly(instance) == true {
                    history.forks.append(record.key)
                }
                guard record.key.isExactly(instance), record.kind != .definition, record.kind != .service else {
                    return
                }
                let entry = LogEntry(record, in: frame)
                if case .unreadable = entry.content {
                    if showsUnreadable { problems.count() } else { try problems.note(entry, in: directory) }
                }
                history.entries.append(entry)
            }
        }
        guard !history.entries.isEmpty else { throw try unknownInstance(instance) }
        return history
    }

    /// Reads the log once more, for ids that may have been meant.
    func unknownInstance(_ instance: String) throws -> InspectionError {
        var near = NearNames(to: instance)
        if let ids = try storedInstanceIDs() {
            for id in ids { near.add(id) }
        } else {
            _ = try verify { frame in
                frame.forEachRecord { record in if record.kind == .event { near.add(record.key) } }
            }
        }
        let question =
            near.names.isEmpty ? "The command 'list' shows the instances." : near.question
        let retention = try retentionWords().map { " \($0)" } ?? ""
        return InspectionError("there is no instance '\(safe(instance))' in '\(directory)'. \(question)\(retention)")
    }

    /// The events of one instance, in order.
    ///
    /// - Throws: An ``InspectionError`` that names similar ids if the instance has none.
    func readEvents(of instance: String, _ problems: Problems) throws -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        _ = try readEvents(problems, only: [instance], ofKeys: { $0.isExactly(instance) }, visit: { events.append($0) })
        guard !events.isEmpty else { throw try unknownInstance(instance) }
        return events
    }
}
