package import SayiirEvents
internal import SayiirLog

/// A point in a log's history: a sequence, or a time.
package enum Moment: Sendable {
    case sequence(UInt64)
    case time(Timestamp)

    /// Reads a number as a sequence, and anything else as a time in RFC 3339, of which the end may be left out: `2026-03-01`,
    /// `2026-03-01 12:34`, `2026-03-01T12:34:56.789Z`. What has no offset is taken as UTC.
    package init?(_ text: String) {
        if let sequence = UInt64(text) {
            self = .sequence(sequence)
            return
        }
        let whole = String(text.map { $0 == " " ? "T" : $0 })
        for rest in ["", "Z", ":00Z", "T00:00:00Z"] {
            guard let time = Timestamp(whole + rest) else { continue }
            self = .time(time)
            return
        }
        return nil
    }

    /// Whether a record had been made by then.
    func includes(_ entry: LogEntry) -> Bool {
        switch self {
        case .sequence(let last): entry.record.sequence <= last
        case .time(let last): entry.time <= last
        }
    }

    /// The moment in words.
    var words: String {
        switch self {
        case .sequence(let sequence): "sequence \(sequence)"
        case .time(let time): time.description
        }
    }
}
