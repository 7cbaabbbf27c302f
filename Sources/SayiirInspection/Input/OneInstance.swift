internal import SayiirEvents
internal import SayiirLog

extension LogSource {
    /// The events of one instance, in order.
    ///
    /// - Throws: ``InspectionError`` if there are none.
    func readEvents(of instance: String, _ problems: Problems) throws -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        _ = try readEvents(problems, ofKeys: { $0 == instance }, visit: { events.append($0) })
        guard !events.isEmpty else { throw try unknownInstance(instance) }
        return events
    }

    /// Reads the log once more, for ids that may have been meant.
    func unknownInstance(_ instance: String) throws -> InspectionError {
        var near = NearNames(to: instance)
        _ = try reader.verify { frame in
            frame.forEachRecord { record in if record.kind == .event { near.add(record.key) } }
        }
        let question =
            near.names.isEmpty
            ? "The command 'list' shows the instances."
            : "Did you mean \(near.names.map { "'\(safe($0))'" }.joined(separator: ", "))?"
        return InspectionError("there is no instance '\(safe(instance))' in '\(directory)'. \(question)")
    }
}
