internal import SayiirEvents
internal import SayiirProjection

/// How many instances there are, and what those that live are at: what `status` says of logs and of other stores.
struct FleetWords {
    /// How many there are of each status.
    var counts: [StatusName: Int]
    /// What those that have not ended are at.
    var live: LiveInstances

    func lines(_ style: Style) -> [String] {
        var lines = fieldLines(
            "instances", "\(grouped(UInt64(counts.values.reduce(0, +)))), \(grouped(UInt64(live.count))) of them live",
            style)
        func add(_ name: String, _ counts: [(count: Int, text: String, colour: Colour?)]) {
            let texts = counts.map { ("\(grouped(UInt64(clamping: $0.count))) \($0.text)", $0.colour) }
            lines += fieldLines(name, listing: texts, style)
        }
        let shown = StatusName.allCases.compactMap { status in
            counts[status].map { (isEnded: status.isEnded, words: ($0, status.words, status.colour)) }
        }
        add("  live", shown.filter { !$0.isEnded }.map(\.words))
        add("  ended", shown.filter(\.isEnded).map(\.words))
        add("waits", live.waitLines.map { ($0.count, $0.text, nil) })
        for line in live.lines { lines += fieldLines(line.name, line.text, style) }
        return lines
    }

    /// Writes the members about instances.
    func write(to writer: inout JSONWriter) {
        writer.name("instances")
        writer.beginObject()
        writer.member("total", counts.values.reduce(0, +))
        for status in StatusName.allCases {
            writer.name(status.rawValue)
            writer.number(counts[status] ?? 0)
        }
        writer.endObject()
        live.write(to: &writer)
    }
}
