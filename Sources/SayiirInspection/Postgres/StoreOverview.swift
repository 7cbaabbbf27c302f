internal import SayiirEvents
internal import SayiirPostgres
internal import SayiirProjection

/// What `status` shows of a store in PostgreSQL. What only a log has is not there: segments, recovery, the chain and the tree.
struct StoreOverview {
    var name: String
    var version: Int
    var figures: StoreFigures
    var live: LiveInstances
    /// Whether it is known what live instances wait for: not if they are too many.
    var knowsWaits: Bool

    private var counts: [StatusName: Int] {
        figures.statuses.reduce(into: [:]) { counts, count in
            counts[StatusName(rawValue: count.status) ?? .unsubmitted, default: 0] += count.instances
        }
    }

    func lines(_ style: Style) -> [String] {
        var lines = [headline(style)]
        func add(_ name: String, _ text: String) { lines += fieldLines(name, text, style) }
        add("server", "PostgreSQL \(safe(figures.server)), tables of version \(version)")
        add("", figures.tables.map { "\($0.name) \(byteWords($0.bytes))" }.joined(separator: ", "))
        add("events", eventWords)
        for (place, words) in holderWords.enumerated() { add(place == 0 ? "workers" : "", words) }
        add("due", dueWords)
        lines += FleetWords(counts: counts, live: live).lines(style)
        guard !knowsWaits else { return lines }
        if let next = figures.nextDue { add("next due", "\(next.time.dateAndTime) UTC: \(safe(next.instance))") }
        add("waits", "not read: live instances have \(counted(figures.liveEventCount, "event"))")
        return lines
    }

    private func headline(_ style: Style) -> String {
        guard let move = figures.move else { return "\(safe(name)) is \(style.paint("open", .green))." }
        return move.isFinished
            ? "\(safe(name)) is \(style.paint("closed", .yellow)): it was moved to \(safe(move.destination))."
            : "\(safe(name)) is \(style.paint("closed", .yellow)): it is being moved to \(safe(move.destination)), or that was "
                + "interrupted."
    }

    private var eventWords: String {
        guard let times = figures.times else { return "none" }
        return "\(grouped(figures.eventCount)), to sequence \(grouped(figures.lastSequence)), "
            + "\(times.lowerBound.dateAndTime) to \(times.upperBound.dateAndTime) UTC"
    }

    private var holderWords: [String] {
        guard !figures.holders.isEmpty else { return ["none has a lease"] }
        var words = figures.holders.prefix(Self.longestList).map { holder in
            let lapsed =
                holder.lapsed == 0 ? "" : "; of \(grouped(UInt64(holder.lapsed))) the lease has ended without a word"
            return "\(safe(holder.executor)) has \(counted(holder.instances, "instance")), until "
                + "\(holder.until.dateAndTime) UTC\(lapsed)"
        }
        let rest = figures.holderCount - words.count
        if rest > 0 { words.append("and \(grouped(UInt64(rest))) more") }
        return words
    }

    private var dueWords: String {
        guard figures.dueCount > 0 else { return "nothing that no worker has taken" }
        let since = figures.dueSince.map { ", the first since \($0.dateAndTime) UTC" } ?? ""
        return "\(counted(figures.dueCount, "instance")) that no worker has taken\(since)"
    }

    private static let longestList = 5

    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("store", name)
        writer.member("schema_version", version)
        writer.member("server_version", figures.server)
        writer.objects("tables", figures.tables) { writer, table in
            writer.member("table", table.name)
            writer.member("bytes", table.bytes)
        }
        writer.member("events", figures.eventCount)
        writer.member("last_sequence", figures.lastSequence)
        writer.optional("oldest", figures.times?.lowerBound.description)
        writer.optional("newest", figures.times?.upperBound.description)
        if let move = figures.move {
            writer.member("moved_to", move.destination)
            writer.member("move_finished", move.isFinished)
        }
        writer.objects("workers", figures.holders) { writer, holder in
            writer.member("executor", holder.executor)
            writer.member("instances", holder.instances)
            writer.member("lapsed", holder.lapsed)
            writer.member("until", holder.until.description)
        }
        writer.name("due")
        writer.beginObject()
        writer.member("instances", figures.dueCount)
        writer.optional("since", figures.dueSince?.description)
        writer.endObject()
        FleetWords(counts: counts, live: live).write(to: &writer)
        writer.member("waits_known", knowsWaits)
        writer.endObject()
        return writer.text
    }
}

extension StoreFigures {
    /// The times of the first and the last event; `nil` without events. Nobody promises that clocks only go on.
    var times: ClosedRange<Timestamp>? {
        guard let oldest, let newest else { return nil }
        return min(oldest, newest)...max(oldest, newest)
    }
}
