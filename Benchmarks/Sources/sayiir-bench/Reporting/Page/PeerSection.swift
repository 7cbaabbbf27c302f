/// The linear workload by Sayiir and its peers, on the kinds of storage that they have.
struct PeerSection {
    let runs: [RunReport]

    /// The section; empty if the peers were not measured.
    var html: String {
        let charts = runs.enumerated().map { chart($0, $1) }.joined()
        guard !charts.isEmpty else { return "" }
        return """
            <section><h2>Beside others</h2><p>The linear workflow of four steps, each program in a process of its own, in turns, on the same machine. Only
            rows of the same durability compare.</p><div class="charts">\(charts)</div></section>
            """
    }

    private func chart(_ index: Int, _ run: RunReport) -> String {
        let rows = run.rows.filter { $0.part == "peers" && $0.name == "linear" }
        var titles: [String] = []
        for row in rows where !titles.contains(row.variant ?? "") { titles.append(row.variant ?? "") }
        let kinds: [(String, (Row) -> Bool)] = [
            ("synced: on stable storage before the next step", { $0.durability == .synced }),
            ("buffered: lost with the machine", { $0.durability == .buffered }),
            ("in memory: lost with the process", { $0.durability == .memory }),
        ]
        let items = kinds.flatMap { heading, belongs -> [RangeChart.Item] in
            let programs = titles.compactMap { title -> RangeChart.Item? in
                let own = rows.filter { $0.variant == title && belongs($0) }
                    .sorted { $0.parameters["flows"] ?? 0 < $1.parameters["flows"] ?? 0 }
                guard !own.isEmpty else { return nil }
                return RangeChart.Item(
                    name: title, remark: own.map { Format.short($0.value.rounded()) }.joined(separator: " · "),
                    colour: title.hasPrefix("Sayiir")
                        ? 0 : title.hasPrefix("sayiir") ? 1 : title.hasPrefix("DBOS") ? 2 : 3,
                    values: own.map { (Row.words("flows", $0.parameters["flows"] ?? 0), $0.value) })
            }
            return programs.enumerated().map { place, item in
                var item = item
                item.group = place == 0 ? heading : nil
                return item
            }
        }
        let flows = Set(rows.compactMap { $0.parameters["flows"] }).sorted().map { Format.number($0) }.joined(
            separator: ", ")
        return RangeChart(
            title: (runs.count > 1 ? "\(ResultsPage.letter(index)) " : "")
                + "Steps a second with \(flows) flows at once",
            explanation:
                "Large dot: the fewest flows at once; smaller ones: more. At the right the same numbers, in that order.",
            unit: "steps/s", items: items, format: { Format.short($0) }
        ).html
    }
}
