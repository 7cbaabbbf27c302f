internal import SayiirEvents
internal import SayiirLog

/// A record of the log with where it stands and what it holds.
struct LogEntry {
    /// What a record's payload is.
    enum Content {
        case event(Event)
        case definition
        /// Something that this version does not know and may pass over.
        case skippable
        /// Something that should be readable, and is not.
        case unreadable(reason: String)
    }

    var record: LogRecord
    var segment: SegmentName
    /// The offset of the record's frame in the segment's file.
    var offset: Int
    var content: Content

    init(_ record: LogRecord, in frame: Frame) {
        self.record = record
        segment = frame.segment
        offset = frame.offset
        content = Self.content(of: record)
    }

    /// What the payload of a record is.
    static func content(of record: LogRecord) -> Content {
        switch record.kind {
        case .event:
            do throws(EventDecodingError) {
                return .event(
                    try Event(
                        decoding: record.payload, instance: InstanceID(record.key),
                        time: Timestamp(nanosecondsSinceEpoch: record.timestamp)))
            } catch {
                return .unreadable(reason: error.description)
            }
        case .definition: return .definition
        case let kind where kind.isSkippable: return .skippable
        case let kind:
            return .unreadable(
                reason: "its kind \(kind.rawValue) is not known to this version, and must not be passed over")
        }
    }

    /// Where the record stands: a frame of a log in the directory, or the bundle or the store of that name.
    func place(in directory: String) -> String {
        !isOfLog ? directory : "the frame at offset \(offset) of \(directory)/\(segment)"
    }

    /// Whether it stands in a log's segment, and not in a bundle or a store.
    var isOfLog: Bool { segment != .outsideOfLogs }

    /// When the record was made.
    var time: Timestamp { Timestamp(nanosecondsSinceEpoch: record.timestamp) }

    /// The event's type, or what else the record is.
    var typeName: String {
        content.typeName(of: record.kind)
    }

    /// The event, if it is one that can be decoded.
    var recordedEvent: RecordedEvent? {
        guard case .event(let event) = content else { return nil }
        return RecordedEvent(sequence: record.sequence, event: event)
    }
}

extension LogEntry.Content {
    /// The event's type, or what else a record of that kind is.
    func typeName(of kind: RecordKind) -> String {
        switch self {
        case .event(let event): event.body.kindName
        case .definition: "definition"
        case .skippable: kind == .service ? "service" : "record_\(kind.rawValue)"
        case .unreadable: "unreadable"
        }
    }

    /// Whether the payload's bytes may be shown: not if some part of them is sensitive, or if nobody can tell.
    func allowsBytes(_ style: Style) -> Bool {
        if style.revealsSensitive { return true }
        switch self {
        case .event(let event):
            if case .unknown = event.body { return false }
            return event.json(revealingSensitive: true) == event.json(revealingSensitive: false)
        case .definition: return true
        case .skippable, .unreadable: return false
        }
    }
}
