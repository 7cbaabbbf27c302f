internal import SayiirEvents
internal import SayiirLog

/// A record on one line: sequence, time, instance, type, and what is particular to it.
struct EventLine {
    var style: Style
    /// Whether every line names its instance.
    var showsInstance = true
    /// The blanks before the line.
    var indent = 0
    /// The columns of the type.
    var typeWidth = EventLine.longestType

    private static let longestType = EventFilter.typeNames.reduce(0) { max($0, $1.count) }

    /// - Parameter isDurable: Whether a crash can no longer take it back; otherwise the line begins with a tilde.
    func text(of entry: LogEntry, isDurable: Bool = true) -> String {
        let mark = isDurable ? " " : style.paint("~", .yellow)
        let sequence = String(entry.record.sequence).aligned(to: 7)
        let instance = showsInstance ? "  " + entry.shortKey.padded(to: isNarrow ? 12 : 16) : ""
        let type = entry.typeName.padded(to: typeWidth)
        let time = timeWords(entry.time)
        let start =
            "\(String(repeating: " ", count: indent))\(mark)\(sequence)  \(style.paint(time, .dim))\(instance)  "
        let used =
            indent + 1 + max(7, sequence.count) + 2 + time.count + instance.displayWidth + 2 + type.displayWidth + 2
        let details = words(of: entry)
        let room = style.width.map { max(0, $0 - used) }
        let line = start + style.paint(type, entry.colour) + "  " + (room.map { details.shortened(to: $0) } ?? details)
        return line.withoutTrailingBlanks
    }

    private var isNarrow: Bool { style.width.map { $0 < 120 } ?? false }

    /// Where there is little room, the year is left out, and of events of many instances what is below a second.
    private func timeWords(_ time: Timestamp) -> String {
        guard isNarrow else { return time.dateAndMilliseconds }
        return String((showsInstance ? time.dateAndTime : time.dateAndMilliseconds).dropFirst(5))
    }

    private func words(of entry: LogEntry) -> String {
        switch entry.content {
        case .event(let event): event.words(style)
        case .definition: "\(counted(entry.record.payload.count, "byte")), hash \(safe(entry.record.key))"
        case .skippable: counted(entry.record.payload.count, "byte")
        case .unreadable(let reason):
            reason + (entry.isOfLog ? " (frame at offset \(entry.offset) of \(entry.segment))" : "")
        }
    }
}

extension LogEntry {
    /// The instance, or the beginning of a definition's hash: the whole is as long as some terminals are wide.
    var shortKey: String {
        if case .definition = content { safe(String(record.key.prefix(12))) } else { safe(record.key) }
    }

    fileprivate var colour: Colour? {
        switch content {
        case .event(let event): event.body.colour
        case .definition, .skippable: .dim
        case .unreadable: .red
        }
    }
}

extension Event.Body {
    var colour: Colour? {
        switch self {
        case .completed, .taskCheckpointed: .green
        case .failed, .taskFailed, .taskTimedOut, .signalTimedOut: .red
        case .retryScheduled, .taskInterrupted, .signalRejected, .pauseRequested, .paused, .cancelRequested, .cancelled,
            .leaseLost:
            .yellow
        case .taskInDoubt, .stepStuck: .magenta
        case .submitted, .reopened, .unpaused: .cyan
        default: nil
        }
    }
}
