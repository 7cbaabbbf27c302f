internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

extension LiveInstances {
    /// More kinds of waits are summed up.
    private static let longestList = 6

    /// What is waited for, as numbers with what they count.
    var waitLines: [(count: Int, text: String)] {
        let all = waits
        // A rest of one takes as much room as itself.
        let shown = all.count > Self.longestList ? all.prefix(Self.longestList - 1) : all[...]
        let rest = all.dropFirst(shown.count)
        var lines = shown.map { ($0.instances, $0.wait.words) }
        if !rest.isEmpty {
            lines.append((rest.reduce(0) { $0 + $1.instances }, "for \(grouped(UInt64(rest.count))) more, see --json"))
        }
        return lines
    }

    /// The oldest one and what comes next, as names and texts.
    var lines: [(name: String, text: String)] {
        var lines: [(String, String)] = []
        if unservedCount > 0 {
            lines.append(
                (
                    "unserved",
                    "\(counted(unservedCount, "live instance")) of workflows that the service which ran last had not registered"
                ))
        }
        if let oldest {
            let since = oldest.submittedAt.map { " since \($0.dateAndTime) UTC" } ?? ""
            lines.append(("oldest", "\(safe(oldest.id)), live\(since)"))
            let detail = oldest.detail.isEmpty ? "" : ": \(safe(oldest.detail))"
            lines.append(("", oldest.status.words + detail))
        }
        if let due = nextDue {
            let what = "\(due.wait.dueWords) \(safe(due.step.description)) of \(safe(due.instance))"
            lines.append(("next due", "\(due.time.dateAndTime) UTC: \(what)"))
        }
        return lines
    }

    /// Writes the members about instances that live.
    func write(to writer: inout JSONWriter) {
        writer.member("unserved", unservedCount)
        writer.objects("waits", waits) { writer, count in
            writer.member("for", count.wait.name)
            writer.optional("signal", count.wait.signal)
            writer.member("instances", count.instances)
        }
        if let oldest {
            writer.name("oldest_live")
            writer.beginObject()
            writer.member("instance", oldest.id)
            writer.optional("submitted", oldest.submittedAt?.description)
            writer.member("status", oldest.status.rawValue)
            writer.optional("detail", oldest.detail.isEmpty ? nil : oldest.detail)
            writer.endObject()
        }
        guard let due = nextDue else { return }
        writer.name("next_due")
        writer.beginObject()
        writer.member("instance", due.instance)
        writer.member("step", due.step.description)
        writer.member("for", due.wait.name)
        writer.optional("signal", due.wait.signal)
        writer.member("time", due.time.description)
        writer.endObject()
    }
}

extension LiveInstances.Wait {
    fileprivate var words: String {
        switch self {
        case .doubt: "for a decision about a task in doubt"
        case .delay: "for a delay"
        case .retry: "for another attempt"
        case .signal(let name): "for the signal '\(safe(name.rawValue))'"
        }
    }

    /// What happens then, before the step's name.
    fileprivate var dueWords: String {
        switch self {
        case .delay: "end of the delay"
        case .retry: "next attempt at"
        case .signal(let name): "time-out of the signal '\(safe(name.rawValue))' at"
        case .doubt: "decision about"
        }
    }
}

extension EventRates {
    /// A line for each window; of those that are longer than the log only one.
    var lines: [String] {
        let whole = Window.allCases.filter { seconds(in: $0) == $0.rawValue }
        return Window.allCases.prefix(whole.count + 1).map { window in
            let count = count(in: window)
            let covered = seconds(in: window)
            let title = covered < window.rawValue ? "all \(Duration.seconds(covered).words)" : "last \(window.name)"
            func words(_ number: UInt64) -> String {
                number == 0 ? "" : " (\(rate(number, window, inGroups: true))/s)"
            }
            return "\(title): \(counted(count.events, "event"))\(words(count.events)), "
                + "\(grouped(count.completed)) completed\(words(count.completed))"
        }
    }

    /// Writes the member `rates`.
    func write(to writer: inout JSONWriter) {
        writer.name("rates")
        writer.beginObject()
        for window in Window.allCases {
            let count = count(in: window)
            writer.name(window.name)
            writer.beginObject()
            writer.member("seconds", seconds(in: window))
            writer.member("events", count.events)
            writer.member("completed", count.completed)
            writer.name("events_per_second")
            writer.raw(rate(count.events, window))
            writer.name("completed_per_second")
            writer.raw(rate(count.completed, window))
            writer.endObject()
        }
        writer.endObject()
    }

    /// So many in a window by the second, as far as the log covers it: with four decimals below one, with one above.
    private func rate(_ count: UInt64, _ window: Window, inGroups: Bool = false) -> String {
        let seconds = seconds(in: window)
        let (whole, rest) = count.quotientAndRemainder(dividingBy: UInt64(seconds))
        let digits = whole == 0 ? 4 : 1
        let decimals = padded(Int64(rest) * (whole == 0 ? 10_000 : 10) / seconds, to: digits)
        let trimmed = decimals.reversed().drop { $0 == "0" }.reversed()
        let digitsBefore = inGroups ? grouped(whole) : "\(whole)"
        return trimmed.isEmpty ? digitsBefore : "\(digitsBefore).\(String(trimmed))"
    }
}

extension Sequence<QuarantinedFile> {
    /// What was put aside last, and how much there is in all.
    var recoveryLines: [String] {
        let files = Array(self)
        guard let last = files.last else { return ["nothing was ever put aside"] }
        let size = byteWords(last.byteCount)
        let time = Timestamp(nanosecondsSinceEpoch: last.time).dateAndTime
        var lines: [String] = []
        switch last.content {
        case .tornEnd(let segment, let offset):
            lines = [
                "\(time) UTC: an end of \(size) was put aside,",
                "from offset \(grouped(UInt64(clamping: offset))) of \(segment) on",
            ]
        case .damagedSnapshot(let sequence):
            lines = [
                "\(time) UTC: a damaged snapshot, \(size), was put aside",
                "that covered records to sequence \(grouped(sequence))",
            ]
        }
        if files.count > 1 {
            // Lengths are those of files, whose sum no disk holds.
            let sum = files.reduce(UInt64(0)) { $0.addingReportingOverflow($1.byteCount).partialValue }
            lines.append("\(counted(files.count, "file")) in the quarantine, \(byteWords(sum))")
        }
        return lines
    }
}

extension JSONWriter {
    /// Writes the member `quarantined`.
    mutating func quarantined(_ files: [QuarantinedFile]) {
        objects("quarantined", files) { writer, file in
            writer.member("file", file.name)
            writer.member("time", Timestamp(nanosecondsSinceEpoch: file.time).description)
            writer.member("bytes", file.byteCount)
            switch file.content {
            case .tornEnd(let segment, let offset):
                writer.member("content", "torn_end")
                writer.member("segment", segment.description)
                writer.member("offset", offset)
            case .damagedSnapshot(let sequence):
                writer.member("content", "damaged_snapshot")
                writer.member("covered_sequence", sequence)
            }
        }
    }
}
