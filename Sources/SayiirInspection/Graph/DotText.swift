/// A chart in DOT, the language of Graphviz.
struct DotText {
    var chart: FlowChart
    /// What the graph is called, not yet escaped.
    var name: String

    var lines: [String] {
        [
            "digraph \(Self.quoted(name)) {",
            "  graph [fontname=\"Helvetica\", compound=true]",
            "  node [fontname=\"Helvetica\", shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\"]",
            "  edge [fontname=\"Helvetica\", fontsize=11]",
        ] + content(of: nil, indent: "  ") + chart.arrows.map { "  " + line(of: $0) } + ["}"]
    }

    private func content(of group: Int?, indent: String) -> [String] {
        var lines: [String] = []
        for (place, box) in chart.boxes.enumerated() where box.group == group {
            let attributes = ["label=\(label(box.lines))"] + box.shape.attributes + (box.mark?.attributes ?? [])
            lines.append("\(indent)n\(place) [\(attributes.joined(separator: ", "))]")
        }
        for (place, inner) in chart.groups.enumerated() where inner.group == group {
            lines.append("\(indent)subgraph cluster_\(place) {")
            let colours = inner.mark.map { "; color=\"\($0.colours.line)\"; fontcolor=\"\($0.colours.text)\"" } ?? ""
            lines.append("\(indent)  label=\(label(inner.lines)); style=\"rounded\"\(colours)")
            lines += content(of: place, indent: indent + "  ")
            lines.append("\(indent)}")
        }
        return lines
    }

    private func line(of arrow: FlowChart.Arrow) -> String {
        var attributes: [String] = []
        if !arrow.label.isEmpty { attributes.append("label=\(Self.quoted(arrow.label))") }
        if arrow.isBack { attributes += ["style=dashed", "constraint=false"] }
        if arrow.isTaken == true { attributes.append("penwidth=2") }
        if arrow.isTaken == false { attributes.append("color=\"#9aa0a6\"") }
        let list = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
        return "n\(arrow.from) -> n\(arrow.to)\(list)"
    }

    private func label(_ lines: [String]) -> String { "\"\(lines.map(Self.escaped).joined(separator: "\\n"))\"" }

    private static func quoted(_ text: String) -> String { "\"\(escaped(safe(text)))\"" }

    /// A text within quotation marks. Backslashes begin escapes there, and ampersands begin entities.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "&": result += "&amp;"
            default: result.append(character)
            }
        }
    }
}

extension FlowChart.Box.Shape {
    fileprivate var attributes: [String] {
        switch self {
        case .start, .end: ["shape=oval"]
        case .task: []
        case .delay, .signal: ["shape=hexagon", "style=filled"]
        case .fork: ["shape=box", "style=filled", "peripheries=2"]
        case .route: ["shape=diamond", "style=filled"]
        }
    }
}

extension RunPath.Mark {
    fileprivate var attributes: [String] {
        ["fillcolor=\"\(colours.fill)\"", "color=\"\(colours.line)\"", "fontcolor=\"\(colours.text)\""]
    }
}
