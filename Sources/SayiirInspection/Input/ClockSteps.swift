internal import SayiirEvents
internal import SayiirLog

/// The places at which the times of a log's records run back: a writer's clock was set back, or is behind another writer's.
///
/// Copies of another instance's past, as forks and imports make them, keep their times and are left out. Steps of a second or less are
/// left out, too: writers on several machines are that far apart.
struct ClockSteps {
    /// The number of places.
    private(set) var count: UInt64 = 0
    /// The largest step, and the sequence of the record that is earlier than the one before it.
    private(set) var largest: (step: Duration, sequence: UInt64)?

    private var last: Int64?
    private static let tolerance: Int64 = 1_000_000_000

    /// Takes the records of the log's next frame into account.
    mutating func take(_ frame: Frame) {
        var copies: Set<InstanceID>?
        frame.forEachRecord { record in
            guard record.kind == .event else { return }
            guard let last, record.timestamp < last else {
                self.last = record.timestamp
                return
            }
            let (back, isTooLarge) = last.subtractingReportingOverflow(record.timestamp)
            guard isTooLarge || back > Self.tolerance else {
                self.last = record.timestamp
                return
            }
            let known = copies ?? Self.copies(in: frame)
            copies = known
            guard !known.contains(InstanceID(record.key)) else { return }
            self.last = record.timestamp
            count += 1
            let step = Duration.nanoseconds(isTooLarge ? .max : back)
            if step > largest?.step ?? .zero { largest = (step, record.sequence) }
        }
    }

    /// The instances of which a frame holds a copied past: it is written in one commit with the event that says so.
    private static func copies(in frame: Frame) -> Set<InstanceID> {
        var copies: Set<InstanceID> = []
        frame.forEachRecord { record in
            guard record.kind == .event, case .event(let event) = LogEntry.content(of: record) else { return }
            switch event.body {
            case .derived, .imported: copies.insert(event.instance)
            default: break
            }
        }
        return copies
    }
}

extension ClockSteps {
    /// What was found, in words; `nil` if times never run back.
    var words: String? {
        guard let largest else { return nil }
        let place = "run back by \(largest.step.words) at sequence \(grouped(largest.sequence))"
        return count == 1 ? place : "\(place), and by less at \(counted(count - 1, "other sequence"))"
    }

    /// Writes the member that `status` and `verify` share.
    func write(to writer: inout JSONWriter) {
        guard let largest else { return }
        writer.name("clock_steps")
        writer.beginObject()
        writer.member("count", count)
        writer.seconds("largest_seconds", largest.step)
        writer.member("sequence", largest.sequence)
        writer.endObject()
    }
}
