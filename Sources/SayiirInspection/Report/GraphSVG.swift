/// A chart as inline SVG. Colours come from the page's style sheet, so that they follow light and dark.
struct GraphSVG {
    var chart: FlowChart
    var layout: GraphLayout
    var title: String
    var description: String

    func write(to html: inout HTMLWriter) {
        let (width, height) = (number(layout.width), number(layout.height))
        html.element(
            "svg",
            [
                ("class", "graph"), ("role", "img"), ("width", width), ("height", height),
                ("viewBox", "0 0 \(width) \(height)"), ("aria-labelledby", "graph-title graph-desc"),
            ]
        ) { html in
            html.element("title", [("id", "graph-title")], text: title)
            html.element("desc", [("id", "graph-desc")], text: description)
            html.markup(
                "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"9\" markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"head\" d=\"M0 0 8 4 0 8z\"/></marker></defs>"
            )
            for (group, frame) in zip(chart.groups, layout.groups) { write(group, frame, to: &html) }
            for arrow in chart.arrows { write(arrow, to: &html) }
            for (group, frame) in zip(chart.groups, layout.groups) { writeTitle(of: group, frame, to: &html) }
            for (box, frame) in zip(chart.boxes, layout.boxes) { write(box, frame, to: &html) }
        }
    }

    private func write(_ group: FlowChart.Group, _ frame: GraphLayout.Frame, to html: inout HTMLWriter) {
        html.element("g", [("class", "frame \(group.mark?.rawValue ?? "plain")")]) { html in
            rectangle(frame, radius: 10, to: &html)
        }
    }

    /// Titles lie over the arrows that pass them.
    private func writeTitle(of group: FlowChart.Group, _ frame: GraphLayout.Frame, to html: inout HTMLWriter) {
        html.element("g", [("class", "title \(group.mark?.rawValue ?? "plain")")]) { html in
            let words = group.lines.joined(separator: ", ").shortened(to: max(8, Int((frame.width - 28) / 7.2)))
            html.element("text", [("x", number(frame.x + 14)), ("y", number(frame.y + 21))], text: words)
        }
    }

    private func write(_ box: FlowChart.Box, _ frame: GraphLayout.Frame, to html: inout HTMLWriter) {
        html.element("g", [("class", "box \(box.mark?.rawValue ?? "plain")")]) { html in
            switch box.shape {
            case .start, .end: rectangle(frame, radius: frame.height / 2, to: &html)
            case .route:
                let (left, right) = (frame.x + 12, frame.right - 12)
                polygon(
                    [
                        (left, frame.y), (right, frame.y), (frame.right, frame.y + frame.height / 2),
                        (right, frame.bottom),
                        (left, frame.bottom), (frame.x, frame.y + frame.height / 2),
                    ], to: &html)
            case .fork: rectangle(frame, radius: 2, to: &html)
            case .delay, .signal: rectangle(frame, radius: 14, to: &html)
            case .task: rectangle(frame, radius: 6, to: &html)
            }
            let top = frame.y + frame.height / 2 + 4.5 - Double(box.lines.count - 1) * 8.5
            for (place, line) in box.lines.enumerated() {
                html.element(
                    "text",
                    [
                        ("class", place == 0 ? "name" : "detail"), ("x", number(frame.middle)),
                        ("y", number(top + 17 * Double(place))), ("text-anchor", "middle"),
                    ], text: line.shortened(to: GraphLayout.longestText))
            }
        }
    }

    private func rectangle(_ frame: GraphLayout.Frame, radius: Double, to html: inout HTMLWriter) {
        html.element(
            "rect",
            [
                ("x", number(frame.x)), ("y", number(frame.y)), ("width", number(frame.width)),
                ("height", number(frame.height)), ("rx", number(radius)),
            ], text: "")
    }

    private func polygon(_ points: [(Double, Double)], to html: inout HTMLWriter) {
        let points = points.map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
        html.element("polygon", [("points", points)], text: "")
    }

    // MARK: Arrows

    private func write(_ arrow: FlowChart.Arrow, to html: inout HTMLWriter) {
        guard layout.boxes.indices.contains(arrow.from), layout.boxes.indices.contains(arrow.to) else { return }
        let (from, to) = (layout.boxes[arrow.from], layout.boxes[arrow.to])
        let taken = arrow.isTaken.map { $0 ? " taken" : " untaken" } ?? ""
        html.element("g", [("class", "edge\(arrow.isBack ? " back" : "")\(taken)")]) { html in
            html.element(
                "path", [("d", arrow.isBack ? back(from, to) : forward(from, to)), ("marker-end", "url(#arrow)")],
                text: "")
            guard !arrow.label.isEmpty else { return }
            let place = labelPlace(arrow, from, to)
            html.element(
                "text", [("x", number(place.x)), ("y", number(place.y)), ("text-anchor", place.anchor)],
                text: arrow.label.shortened(to: 20))
        }
    }

    /// Beside the arrow's end, where its curve does not come from.
    private func labelPlace(
        _ arrow: FlowChart.Arrow, _ from: GraphLayout.Frame, _ to: GraphLayout.Frame
    ) -> (x: Double, y: Double, anchor: String) {
        if arrow.isBack {
            let isAlone = arrow.from == arrow.to
            return (backX(from, to) + 8, to.y + to.height / 2 - (isAlone ? 14 : 6), "end")
        }
        return to.middle < from.middle - 0.5 ? (to.middle - 7, to.y - 9, "end") : (to.middle + 7, to.y - 9, "start")
    }

    /// Down through the own column, which is free below, and across only in the gap before the next box.
    private func forward(_ from: GraphLayout.Frame, _ to: GraphLayout.Frame) -> String {
        let (start, end) = (from.bottom, to.y - 2)
        guard abs(from.middle - to.middle) > 0.5 else {
            return "M\(number(from.middle)) \(number(start))V\(number(end))"
        }
        let bend = max(start, end - GraphLayout.gapDown - 16)
        let half = (bend + end) / 2
        return "M\(number(from.middle)) \(number(start))V\(number(bend))C\(number(from.middle)) \(number(half)) "
            + "\(number(to.middle)) \(number(half)) \(number(to.middle)) \(number(end))"
    }

    private func backX(_ from: GraphLayout.Frame, _ to: GraphLayout.Frame) -> Double {
        let inner = chart.groups.indices.filter { place in
            layout.groups.indices.contains(place) && layout.groups[place].x <= to.x && layout.groups[place].y <= to.y
                && layout.groups[place].bottom >= from.bottom && layout.groups[place].right >= from.right
        }
        let edge = inner.map { layout.groups[$0].right }.min() ?? max(from.right, to.right) + GraphLayout.backLane
        return edge - 18
    }

    private func back(_ from: GraphLayout.Frame, _ to: GraphLayout.Frame) -> String {
        let (x, start, end) = (backX(from, to), from.y + from.height / 2, to.y + to.height / 2)
        guard start - end > 1 else {
            // One box alone: out at its lower half and in at its upper.
            return "M\(number(from.right)) \(number(start + 8))H\(number(x))V\(number(end - 8))H\(number(to.right + 2))"
        }
        return "M\(number(from.right)) \(number(start))H\(number(x))V\(number(end))H\(number(to.right + 2))"
    }

    /// With one decimal at most.
    private func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
