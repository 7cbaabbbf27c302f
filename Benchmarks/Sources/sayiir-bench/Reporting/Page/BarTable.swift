/// The figures that the design asks to hold, and what each run says of them.
struct BarTable {
    let runs: [RunReport]

    /// The section; empty if no run has measured any of them.
    var html: String {
        let places = self.places
        guard !places.isEmpty else { return "" }
        let head =
            ["figure", "#bar"]
            + runs.indices.flatMap { run in
                let letter = runs.count > 1 ? "\(ResultsPage.letter(run)) " : ""
                return ["#\(letter)measured", letter.isEmpty ? "" : "\(letter)verdict"]
            } + ["#beside its floor in the same run", "durability"]
        return """
            <section><h2>Figures to hold</h2><p class="tally">\(tally)</p>
            \(HTML.table(head, places.map(row)))
            </section>
            """
    }

    /// A bar is the same in two runs if it is about the same, in a row of the same name.
    private var places: [(what: String, title: String)] {
        var places: [(what: String, title: String)] = []
        for (row, bar) in runs.flatMap(\.bars)
        where !places.contains(where: { $0.what == bar.what && $0.title == row.title }) {
            places.append((bar.what, row.title))
        }
        return places
    }

    private func row(_ place: (what: String, title: String)) -> [String] {
        let found = runs.map { run in run.bars.first { $0.bar.what == place.what && $0.row.title == place.title } }
        let any = found.compactMap { $0 }.first
        let measured = found.flatMap { found -> [String] in
            guard let bar = found?.bar else { return ["", ""] }
            let condition = bar.isMet == nil ? "<div class=\"soft\">\(HTML.text(bar.condition ?? ""))</div>" : ""
            return ["\(Format.number(bar.measured)) \(HTML.text(bar.unit))", HTML.verdict(bar.isMet) + condition]
        }
        return [
            "\(HTML.text(place.what))<div class=\"soft\">\(HTML.text(place.title))</div>",
            HTML.text(any?.bar.limitText ?? ""),
        ]
            + measured + [floor(any?.row), HTML.text(any?.row.durability.rawValue ?? "")]
    }

    private func floor(_ row: Row?) -> String {
        guard let floor = row?.floor else { return "" }
        return
            "\(Format.number(floor.ratio)) ×<div class=\"soft\">\(HTML.text(floor.name)): \(Format.number(floor.value)) "
            + "\(HTML.text(floor.unit))</div>"
    }

    /// How many are held, for each run.
    private var tally: String {
        runs.enumerated().map { index, run in
            let verdicts = run.bars.map(\.bar.isMet)
            let (held, missed) = (verdicts.count { $0 == true }, verdicts.count { $0 == false })
            let unjudged = verdicts.count - held - missed
            return (runs.count > 1 ? "Run \(ResultsPage.letter(index)): " : "") + "\(held) held, \(missed) missed"
                + (unjudged > 0 ? ", \(unjudged) not judged, as their condition was not given" : "") + "."
        }.joined(separator: " ")
    }
}
