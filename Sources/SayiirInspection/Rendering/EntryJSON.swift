internal import SayiirEvents
internal import SayiirLog

extension LogEntry {
    /// The entry as one JSON object: an event as ``RecordedEvent/json(revealingSensitive:)`` has it, with the digests of
    /// what is not shown, anything else with
    /// `sequence`, `key`, `time`, `type`, `size`, and `error` if it cannot be decoded.
    func json(_ style: Style) -> String {
        var writer = style.writer
        if let recordedEvent {
            writer.event(recordedEvent.event, sequence: recordedEvent.sequence)
            return writer.text
        }
        writer.beginObject()
        writer.member("sequence", record.sequence)
        writer.member("key", record.key)
        writer.member("time", time.description)
        writer.member("type", typeName)
        writer.member("size", record.payload.count)
        if case .unreadable(let reason) = content {
            if isOfLog {
                writer.member("segment", segment.description)
                writer.member("offset", offset)
            }
            writer.member("error", reason)
        }
        writer.endObject()
        return writer.text
    }
}
