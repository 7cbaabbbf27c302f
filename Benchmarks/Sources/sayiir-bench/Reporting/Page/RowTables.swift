/// Everything that was measured, part by part.
struct RowTables {
    let runs: [RunReport]

    /// The section.
    var html: String {
        var parts: [String] = []
        for row in runs.flatMap(\.rows) where !parts.contains(row.part) { parts.append(row.part) }
        let tables = parts.map { part in
            "<details><summary>\(HTML.text(part))</summary>\(runs.count == 1 ? full(part) : beside(part))</details>"
        }
        return "<section><h2>All rows</h2>\(tables.joined(separator: "\n"))\(leftOut)</section>"
    }

    /// Of one run, with all that is known.
    private func full(_ part: String) -> String {
        let head = [
            "what", "#value", "#p50", "#p99", "#p99.9", "#ratio", "floor or yardstick beside it", "#processors",
            "durability", "note",
        ]
        let rows = runs.flatMap(\.rows).filter { $0.part == part }.map { row in
            let times = [\Percentiles.p50, \.p99, \.p999].map { path in
                row.latency.map { Format.time(microseconds: $0[keyPath: path]) } ?? ""
            }
            let floor = row.floor.map { "\($0.name): \(Format.number($0.value)) \($0.unit)" } ?? ""
            return [HTML.text(row.title), HTML.text("\(Format.number(row.value)) \(row.unit)")] + times + [
                row.floor.map { "\(Format.number($0.ratio)) ×" } ?? "", HTML.text(floor),
                row.processorMicroseconds.map { Format.time(microseconds: $0) } ?? "", row.durability.rawValue,
                "<span class=\"soft\">\(HTML.text(row.note ?? ""))</span>",
            ]
        }
        return HTML.table(head, rows)
    }

    /// Of several runs beside each other: values, and ratios to floors, which are what compares.
    private func beside(_ part: String) -> String {
        var titles: [(title: String, unit: String)] = []
        for row in runs.flatMap(\.rows)
        where row.part == part && !titles.contains(where: { $0.title == row.title && $0.unit == row.unit }) {
            titles.append((row.title, row.unit))
        }
        let letters = runs.indices.map(ResultsPage.letter)
        let head =
            ["what", "unit"] + letters.map { "#\($0)" } + letters.dropFirst().map { "#\($0) ÷ \(letters[0])" }
            + letters.map { "#\($0), × floor" }
        let rows = titles.map { title, unit in
            let found = runs.map { $0.rows.first { $0.part == part && $0.title == title && $0.unit == unit } }
            let first = found.first.flatMap { $0?.value }
            let changes = found.dropFirst().map { row in
                guard let row, let first, first != 0 else { return "" }
                return Format.decimal(row.value / first, 2)
            }
            return [HTML.text(title), HTML.text(unit)] + found.map { $0.map { Format.number($0.value) } ?? "" }
                + changes
                + found.map { $0?.floor.map { Format.number($0.ratio) } ?? "" }
        }
        return HTML.table(head, rows)
    }

    private var leftOut: String {
        let items = runs.enumerated().flatMap { index, run in
            run.leftOut.map { left in
                let prefix = runs.count > 1 ? "\(ResultsPage.letter(index)), " : ""
                return "<li>\(prefix)\(HTML.text(left.part)): \(HTML.text(left.reason))</li>"
            }
        }
        return items.isEmpty ? "" : "<h3>Left out</h3><ul>\(items.joined())</ul>"
    }
}
