/// The figures that the design asks to hold, and what each run says of them.
struct BarTable {
    let runs: [RunReport]

    /// The section; empty if no run has measured any of them.
    var html: String {
        let figures = Figure.all(in: runs)
        guard !figures.isEmpty else { return "" }
        let measured = runs.indices.map { run in
            "<th class=\"number\">\(runs.count > 1 ? ResultsPage.letter(run) : "measured")</th><th></th>"
        }
        return """
            <section><h2>Figures to hold</h2><p class="tally">\(tally)</p>
            <div class="scroll"><table class="bars"><thead><tr><th>figure, and its bar</th><th>measured in this row</th>
            \(measured.joined())<th class="number">ratio</th><th>to what, in the same run</th></tr></thead>
            \(figures.map(body).joined(separator: "\n"))
            </table></div></section>
            """
    }

    private func body(_ figure: Figure) -> String {
        let lines = figure.titles.enumerated().map { index, title in
            let span = "rowspan=\"\(figure.titles.count)\""
            let head =
                "<td class=\"words\" \(span)>\(HTML.text(figure.what))<div><strong>\(HTML.text(figure.limit))</strong></div></td>"
            return "<tr>\(index == 0 ? head : "")\(cells(figure, title))</tr>"
        }
        return "<tbody>\(lines.joined())</tbody>"
    }

    private func cells(_ figure: Figure, _ title: String) -> String {
        let found = runs.map { run in run.bars.first { $0.bar.what == figure.what && $0.row.title == title } }
        let any = found.compactMap { $0 }.first
        let measured = found.map { found in
            guard let bar = found?.bar else { return "<td></td><td></td>" }
            return "<td class=\"number\">\(Format.number(bar.measured)) \(HTML.text(bar.unit))</td><td>"
                + "\(HTML.verdict(bar.isMet))</td>"
        }
        let condition = found.compactMap { $0?.bar }.first { $0.isMet == nil }?.condition
        let floor = any?.row.floor
        let beside = [floor.map { "\($0.name): \(Format.number($0.value)) \($0.unit)" }, condition].compactMap { $0 }
        return """
            <td class="title">\(HTML.text(title))<span class="soft"> · \(HTML.text(any?.row.durability.rawValue ?? ""))</span></td>
            \(measured.joined())<td class="number">\(floor.map { "\(Format.number($0.ratio)) ×" } ?? "")</td>
            <td class="soft">\(HTML.text(beside.joined(separator: "; ")))</td>
            """
    }

    /// How many are held, for each run.
    private var tally: String {
        runs.enumerated().map { index, run in
            let verdicts = run.bars.map(\.bar.isMet)
            let (held, missed) = (verdicts.count { $0 == true }, verdicts.count { $0 == false })
            let unjudged = verdicts.count - held - missed
            return (runs.count > 1 ? "Run \(ResultsPage.letter(index)): " : "")
                + "of \(verdicts.count) rows with a bar \(held) hold it, "
                + "\(missed) miss it"
                + (unjudged > 0 ? ", \(unjudged) are not judged, as the bar's condition was not given" : "") + "."
        }.joined(separator: " ")
    }
}

/// A figure to hold, with the rows that it is measured in: the same may be done in several ways.
struct Figure {
    /// What it is about.
    let what: String
    /// The limit with its sign.
    let limit: String
    /// The rows' titles.
    var titles: [String]

    /// All that are in some runs, in order.
    static func all(in runs: [RunReport]) -> [Figure] {
        var figures: [Figure] = []
        for (row, bar) in runs.flatMap(\.bars) {
            guard let index = figures.firstIndex(where: { $0.what == bar.what }) else {
                figures.append(Figure(what: bar.what, limit: bar.limitText, titles: [row.title]))
                continue
            }
            if !figures[index].titles.contains(row.title) { figures[index].titles.append(row.title) }
        }
        return figures
    }
}
