internal import SayiirEvents
internal import SayiirLog

extension LogSource {
    /// All records of one instance, in order, and the log's definitions. What cannot be decoded goes to `problems`: in full, or, where the caller shows
    /// it in its place, as a number only.
    ///
    /// - Throws: An ``InspectionError`` that names similar ids if the instance has none.
    func history(
        of instance: String, _ problems: Problems, showsUnreadable: Bool = false
    ) throws -> (
        entries: [LogEntry], definitions: GraphExport.Definitions, served: ServedWorkflows, assessment: Assessment
    ) {
        var entries: [LogEntry] = []
        var served = ServedWorkflows()
        var definitions: GraphExport.Definitions = [:]
        let assessment = try verify(only: [instance]) { frame in
            try frame.forEachRecord { record in
                definitions.add(record)
                served.add(record)
                guard record.key.isExactly(instance), record.kind != .definition, record.kind != .service else {
                    return
                }
                let entry = LogEntry(record, in: frame)
                if case .unreadable = entry.content {
                    if showsUnreadable { problems.count() } else { try problems.note(entry, in: directory) }
                }
                entries.append(entry)
            }
        }
        guard !entries.isEmpty else { throw try unknownInstance(instance) }
        return (entries, definitions, served, assessment)
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
        return InspectionError("there is no instance '\(safe(instance))' in '\(directory)'. \(question)")
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
