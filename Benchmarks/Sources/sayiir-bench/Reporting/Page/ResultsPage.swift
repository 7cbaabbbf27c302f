/// A page of results: self-contained HTML with drawings in it, made of nothing but the results.
enum ResultsPage {
    /// The page of one run, or of several laid over each other; the first is the one that the others are held against.
    static func html(of runs: [RunReport]) -> String {
        let title = "Sayiir for Swift: benchmarks"
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>\(title)</title><style>\(PageStyle.sheet)</style></head><body>
            <header><p class="eyebrow">sayiir-bench</p><h1>\(title)</h1></header>
            <main>
            \(facts(of: runs))
            \(BarTable(runs: runs).html)
            \(charts("Rates", of: runs, Curve.rates, ratesNote))
            \(charts("Cost curves", of: runs, Curve.costs, costsNote))
            \(PercentileSection(runs: runs).html)
            \(PeerSection(runs: runs).html)
            \(RowTables(runs: runs).html)
            </main>
            <footer>Made from the results' JSON by sayiir-bench page. Ratios compare what ran in turns in one run on one machine; rates of
            different machines, or of different days, do not compare.</footer>
            </body></html>
            """
    }

    /// What a run is called where there are several: A, B, C, …
    static func letter(_ index: Int) -> String {
        index < 26 ? String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index))) : "\(index + 1)"
    }

    private static let ratesNote =
        "Both axes are logarithmic. Dashed: what a single thread does with nothing but write and sync, in the same run."
    private static let costsNote =
        "Both axes are logarithmic, so a power law is a straight line. Its slope is the exponent: 0 does not depend on "
        + "the size, 1 grows in proportion to it."

    private static func facts(of runs: [RunReport]) -> String {
        let sections = runs.enumerated().map { index, run in
            let heading = runs.count > 1 ? "<h2>Run \(letter(index))</h2>" : ""
            let facts = run.header.facts.map {
                "<div><dt>\(HTML.text($0.name))</dt><dd>\(HTML.text($0.value))</dd></div>"
            }
            return "<section>\(heading)<dl>\(facts.joined())</dl></section>"
        }
        return sections.joined(separator: "\n")
    }

    private static func charts(_ title: String, of runs: [RunReport], _ curves: [Curve], _ note: String) -> String {
        let figures = curves.map { $0.chart(of: runs).html }.filter { !$0.isEmpty }
        guard !figures.isEmpty else { return "" }
        return """
            <section><h2>\(title)</h2><p>\(HTML.text(note))</p><div class="charts">
            \(figures.joined(separator: "\n"))
            </div></section>
            """
    }
}
