/// Rows of values over one logarithmic axis: percentiles, or the same thing in several strengths.
struct RangeChart {
    /// One row.
    struct Item {
        /// What stands before it.
        var name: String
        /// What stands behind it.
        var remark = ""
        /// A heading above it, where a new group begins.
        var group: String?
        /// Which colour it has.
        var colour = 0
        /// Its values, each with its name.
        var values: [(name: String, value: Double)]
    }

    var title: String
    var explanation: String
    /// What the axis counts, to be put behind numbers.
    var unit: String
    var items: [Item]
    /// How a value is written.
    var format: (Double) -> String

    private static let (width, left, right, line) = (1240.0, 425.0, 270.0, 21.0)

    /// The figure, or nothing if there is nothing to draw.
    var html: String {
        let values = items.flatMap { $0.values.map(\.value) }
        guard let x = LogScale(of: values, from: Self.left, to: Self.width - Self.right, room: 1.15) else { return "" }
        var place = 34.0
        var rows = ""
        for item in items {
            if let group = item.group {
                place += 8
                rows += "<text class=\"group\" x=\"0\" y=\"\(place)\" dy=\".32em\">\(HTML.text(group))</text>"
                place += Self.line
            }
            rows += row(item, x, place)
            place += Self.line
        }
        let height = place + 6
        return """
            <figure class="wide"><h3>\(HTML.text(title))</h3>
            <div class="scroll"><svg viewBox="0 0 \(Int(Self.width)) \(Int(height))" role="img" aria-label="\(HTML.text(title))">
            \(axis(x, height))
            \(rows)
            </svg></div>
            <figcaption>\(HTML.text(explanation))</figcaption></figure>
            """
    }

    private func axis(_ x: LogScale, _ height: Double) -> String {
        x.ticks.map { tick in
            let place = HTML.coordinate(x.position(tick))
            return "<path class=\"grid\" d=\"M\(place) 22V\(HTML.coordinate(height - 4))\"/>"
                + "<text class=\"tick\" x=\"\(place)\" y=\"14\" text-anchor=\"middle\">\(HTML.text(format(tick)))</text>"
        }.joined()
    }

    private func row(_ item: Item, _ x: LogScale, _ y: Double) -> String {
        let places = item.values.filter { $0.value > 0 }.map { (HTML.coordinate(x.position($0.value)), $0) }
        guard let first = places.first, let last = places.last else { return "" }
        let marks = places.enumerated().map { index, place in
            let what = "\(item.name), \(place.1.name): \(format(place.1.value)) \(unit)"
            return
                "<circle cx=\"\(place.0)\" cy=\"\(y)\" r=\"\(index == 0 ? "4.5" : index == 1 ? "3.5" : "2.5")\"><title>"
                + "\(HTML.text(what))</title></circle>"
        }
        return """
            <text class="item" x="\(Self.left - 14)" y="\(y)" dy=".32em" text-anchor="end">\(HTML.text(item.name))</text>
            <g class="series c\(item.colour % 8)"><path d="M\(first.0) \(y)H\(last.0)"/>\(marks.joined())</g>
            <text class="tick" x="\(Self.width - Self.right + 14)" y="\(y)" dy=".32em">\(HTML.text(item.remark))</text>
            """
    }
}
