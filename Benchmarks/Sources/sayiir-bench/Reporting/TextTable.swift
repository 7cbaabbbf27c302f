/// Results in columns, for a terminal.
struct TextTable {
    private static let widths = [66, 24, 10, 10, 10, 9, 9]
    private var part: String?

    /// The lines that show a row: a heading first, where a new part begins.
    mutating func lines(for row: Row) -> [String] {
        var lines: [String] = []
        if part != row.part {
            part = row.part
            lines += ["", Self.line([row.part, "", "p50", "p99", "p99.9", "× floor", "cpu µs"])]
        }
        let times = [\Percentiles.p50, \.p99, \.p999].map { path in
            row.latency.map { Format.time(microseconds: $0[keyPath: path]) } ?? ""
        }
        let marks = row.bars.map { bar in
            let verdict = bar.isMet.map { $0 ? "held" : "MISSED" } ?? "not judged (\(bar.condition ?? ""))"
            return "  bar \(bar.limitText): \(verdict)"
        }
        lines.append(
            Self.line(
                ["  \(row.title)", "\(Format.number(row.value)) \(row.unit)"] + times + [
                    row.floor.map { Format.number($0.ratio) } ?? "", row.processorMicroseconds.map(Format.number) ?? "",
                ]) + marks.joined())
        return lines
    }

    /// All figures that the design asks to hold, with what this run says of each.
    static func summary(of report: RunReport) -> [String] {
        let figures = Figure.all(in: [report])
        guard !figures.isEmpty else { return [] }
        var lines = ["", "figures to hold"]
        for figure in figures {
            lines.append("  \(figure.what): \(figure.limit)")
            for (row, bar) in report.bars where bar.what == figure.what {
                let verdict = bar.isMet.map { $0 ? "held" : "MISSED" } ?? "not judged: \(bar.condition ?? "")"
                let floor = row.floor.map { floor in
                    "\(Format.number(floor.ratio)) × \(floor.name) (\(Format.number(floor.value)) \(floor.unit)); "
                }
                lines.append("    \(row.title): \(Format.number(bar.measured)) \(bar.unit), \(verdict)")
                lines.append("      \(floor ?? "")\(row.durability.rawValue)")
            }
        }
        return lines
    }

    private static func line(_ cells: [String]) -> String {
        zip(cells, widths).enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return index == 0 ? cell.0 + padding : padding + cell.0
        }.joined()
    }
}

extension Row {
    /// The row in words, without the part: "append, 16 writers, on Swift's pool".
    var title: String {
        ([name] + parameters.sorted { $0.key < $1.key }.map { Self.words($0.key, $0.value) }
            + [variant].compactMap { $0 })
            .joined(separator: ", ")
    }

    /// "1 writer", "16 writers".
    static func words(_ parameter: String, _ value: Double) -> String {
        let isOne = value == 1 && parameter.hasSuffix("s") && parameter != "bytes"
        let name = isOne ? (parameter == "branches" ? "branch" : String(parameter.dropLast())) : parameter
        return "\(Format.number(value)) \(name)"
    }
}
