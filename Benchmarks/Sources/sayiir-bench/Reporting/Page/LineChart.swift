import Foundation

/// Lines over logarithmic axes, each with its name at its end, and floors as dashed lines behind them.
struct LineChart {
    /// One line.
    struct Series {
        /// What stands at its end.
        var name: String
        /// Which colour it has.
        var colour: Int
        /// Which run it is of; later ones are dashed and hollow.
        var run = 0
        /// Its points, by rising x.
        var points: [(x: Double, y: Double)]
    }

    var title: String
    /// What its shape means.
    var explanation: String
    var xLabel: String
    var yLabel: String
    var series: [Series]
    var floors: [(name: String, y: Double)] = []

    private static let (width, height) = (620.0, 340.0)
    private static let (left, right, top, bottom) = (58.0, 176.0, 26.0, 44.0)

    /// The figure, or nothing if there is no line to draw.
    var html: String {
        let points = series.flatMap(\.points)
        guard
            let x = LogScale(of: points.map(\.x), from: Self.left, to: Self.width - Self.right, room: 1.12),
            let y = LogScale(of: points.map(\.y) + floors.map(\.y), from: Self.height - Self.bottom, to: Self.top)
        else { return "" }
        return """
            <figure><h3>\(HTML.text(title))</h3>
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(HTML.text(title))">
            \(axes(x, y))
            \(floors.map { floor($0, y) }.joined())
            \(series.map { line($0, x, y) }.joined(separator: "\n"))
            \(names(x, y))
            </svg>
            <figcaption>\(HTML.text(explanation))\(slopes)</figcaption></figure>
            """
    }

    // MARK: Drawing

    private func axes(_ x: LogScale, _ y: LogScale) -> String {
        let (start, end) = (Self.left, Self.width - Self.right)
        let base = Self.height - Self.bottom
        var text = ""
        for tick in y.ticks {
            let place = HTML.coordinate(y.position(tick))
            text += "<path class=\"grid\" d=\"M\(start) \(place)H\(end)\"/>"
            text +=
                "<text class=\"tick\" x=\"\(start - 7)\" y=\"\(place)\" dy=\".32em\" text-anchor=\"end\">\(Format.short(tick))</text>"
        }
        for value in marks(x) {
            let place = HTML.coordinate(x.position(value))
            text += "<path class=\"grid\" d=\"M\(place) \(base)v5\"/>"
            text +=
                "<text class=\"tick\" x=\"\(place)\" y=\"\(base + 18)\" text-anchor=\"middle\">\(Format.short(value))</text>"
        }
        text += "<path class=\"axis\" d=\"M\(start) \(Self.top)V\(base)H\(end)\"/>"
        text +=
            "<text class=\"label\" x=\"\(end)\" y=\"\(base + 36)\" text-anchor=\"end\">\(HTML.text(xLabel)) →</text>"
        text += "<text class=\"label\" x=\"\(start - 50)\" y=\"14\">↑ \(HTML.text(yLabel))</text>"
        return text
    }

    /// The values that were measured, where they are not too close to each other.
    private func marks(_ scale: LogScale) -> [Double] {
        var marks: [Double] = []
        for value in Set(series.flatMap { $0.points.map(\.x) }).sorted() {
            if let last = marks.last, scale.position(value) - scale.position(last) < 34 { continue }
            marks.append(value)
        }
        return marks
    }

    private func floor(_ floor: (name: String, y: Double), _ y: LogScale) -> String {
        let place = y.position(floor.y)
        return """
            <path class="floor" d="M\(Self.left) \(HTML.coordinate(place))H\(Self.width - Self.right)"/>
            <text class="floor-name" x="\(Self.width - Self.right - 6)" y="\(HTML.coordinate(place - 5))" text-anchor="end">\(HTML.text(floor.name))</text>
            """
    }

    private func line(_ series: Series, _ x: LogScale, _ y: LogScale) -> String {
        let places = series.points.map { (HTML.coordinate(x.position($0.x)), HTML.coordinate(y.position($0.y))) }
        let path = places.enumerated().map { "\($0 == 0 ? "M" : "L")\($1.0) \($1.1)" }.joined()
        let dots = zip(places, series.points).map { place, point in
            let what = "\(series.name): \(Format.number(point.y)) \(yLabel) at \(Format.number(point.x)) \(xLabel)"
            return "<circle cx=\"\(place.0)\" cy=\"\(place.1)\" r=\"3.5\"><title>\(HTML.text(what))</title></circle>"
        }
        let run = series.run == 0 ? "" : " later run-\(min(series.run, 3))"
        return "<g class=\"series c\(series.colour % 8)\(run)\"><path d=\"\(path)\"/>\(dots.joined())</g>"
    }

    /// The names at the lines' ends, moved apart where they would overlap, each with a thin line to its end.
    private func names(_ x: LogScale, _ y: LogScale) -> String {
        let gap = 15.0
        var labels = series.compactMap { series in
            series.points.last.map {
                (series: series, end: (x.position($0.x), y.position($0.y)), place: y.position($0.y))
            }
        }.sorted { $0.place < $1.place }
        for index in labels.indices.dropFirst() {
            labels[index].place = max(labels[index].place, labels[index - 1].place + gap)
        }
        var limit = Self.height - Self.bottom + 8
        for index in labels.indices.reversed() {
            labels[index].place = min(labels[index].place, limit)
            limit = labels[index].place - gap
        }
        let start = Self.width - Self.right
        return labels.map { label in
            let place = HTML.coordinate(label.place)
            let (endX, endY) = (HTML.coordinate(label.end.0 + 5), HTML.coordinate(label.end.1))
            return """
                <g class="name c\(label.series.colour % 8)"><path d="M\(endX) \(endY)L\(HTML.coordinate(start + 8)) \(place)"/>
                <text x="\(start + 12)" y="\(place)" dy=".32em">\(HTML.text(label.series.name))</text></g>
                """
        }.joined()
    }

    // MARK: Slopes

    /// What each line's slopes say, of those with more than one point: of the whole, and at its ends, where it may bend between.
    private var slopes: String {
        let lines = series.compactMap { series -> String? in
            guard let slope = Self.slope(of: series.points) else { return nil }
            var words =
                "× \(Format.decimal(pow(10, slope), 2)) for ten times as many; slope \(Format.decimal(slope, 2))"
            if series.points.count > 2, let first = Self.slope(of: Array(series.points.prefix(2))),
                let last = Self.slope(of: Array(series.points.suffix(2)))
            {
                words += " (first \(Format.decimal(first, 2)), last \(Format.decimal(last, 2)))"
            }
            return "<li><span class=\"c\(series.colour % 8)\">\(HTML.text(series.name))</span>: \(words)</li>"
        }
        return lines.isEmpty ? "" : "<ul class=\"slopes\">\(lines.joined())</ul>"
    }

    /// The exponent of the power law that fits best; `nil` of fewer than two places.
    static func slope(of points: [(x: Double, y: Double)]) -> Double? {
        let logs = points.filter { $0.x > 0 && $0.y > 0 }.map { (log10($0.x), log10($0.y)) }
        guard logs.count > 1 else { return nil }
        let count = Double(logs.count)
        let meanX = logs.reduce(0) { $0 + $1.0 } / count
        let meanY = logs.reduce(0) { $0 + $1.1 } / count
        let spread = logs.reduce(0) { $0 + ($1.0 - meanX) * ($1.0 - meanX) }
        guard spread > 0 else { return nil }
        return logs.reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / spread
    }
}
