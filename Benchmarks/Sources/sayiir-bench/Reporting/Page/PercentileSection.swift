/// How the times of single operations are distributed, beside each other.
struct PercentileSection {
    let runs: [RunReport]

    /// The section; empty without any.
    var html: String {
        let chart = RangeChart(
            title: "How long single operations took",
            explanation:
                "From left to right: the time that half of the operations did not exceed (p50), 99 of 100 (p99), 999 of 1,000 (p99.9). A "
                + "flow's time is that of all its steps.",
            unit: "", items: runs.enumerated().flatMap(items), format: { Format.time(microseconds: $0) }
        ).html
        return chart.isEmpty ? "" : "<section><h2>Latency</h2><div class=\"charts\">\(chart)</div></section>"
    }

    private func items(_ index: Int, _ run: RunReport) -> [RangeChart.Item] {
        var group: String?
        return run.rows.compactMap { row in
            guard let latency = row.latency, Self.isShown(row) else { return nil }
            let prefix = runs.count > 1 ? "\(ResultsPage.letter(index)) " : ""
            let heading = group == row.part ? nil : prefix + row.part
            group = row.part
            let times = [latency.p50, latency.p99, latency.p999].map { Format.time(microseconds: $0) }
            return RangeChart.Item(
                name: row.title, remark: "\(times.joined(separator: " · "))  \(latency.subject)", group: heading,
                colour: index,
                values: [("p50", latency.p50), ("p99", latency.p99), ("p99.9", latency.p999)])
        }
    }

    /// Of the floors one size is enough; the log beside SQLite is the log; whole long flows say nothing of single operations.
    private static func isShown(_ row: Row) -> Bool {
        switch row.part {
        case "floors": row.parameters["bytes"] == 256
        case "sqlite": row.unit == "inserts/s"
        case "history": false
        default: true
        }
    }
}
