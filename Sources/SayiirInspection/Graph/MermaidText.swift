/// A chart in the language of Mermaid.
struct MermaidText {
    var chart: FlowChart

    var lines: [String] {
        ["flowchart TD"] + content(of: nil, indent: "  ") + chart.arrows.map { "  " + line(of: $0) } + styles
    }

    /// The boxes of a group, and the groups in it.
    private func content(of group: Int?, indent: String) -> [String] {
        var lines: [String] = []
        for (place, box) in chart.boxes.enumerated() where box.group == group {
            let (open, close) = box.shape.brackets
            lines.append("\(indent)n\(place)\(open)\"\(label(box.lines))\"\(close)")
        }
        for (place, inner) in chart.groups.enumerated() where inner.group == group {
            // On one line: Mermaid keeps room for no more, and draws boxes over the rest.
            lines.append("\(indent)subgraph g\(place)[\"\(Self.escaped(inner.lines.joined(separator: ", ")))\"]")
            lines += content(of: place, indent: indent + "  ")
            lines.append("\(indent)end")
        }
        return lines
    }

    private func line(of arrow: FlowChart.Arrow) -> String {
        let label = arrow.label.isEmpty ? "" : "|\"\(Self.escaped(arrow.label))\"|"
        let line = arrow.isBack ? "-.->" : arrow.isTaken == true ? "==>" : "-->"
        return "n\(arrow.from) \(line)\(label) n\(arrow.to)"
    }

    private var styles: [String] {
        let marked =
            chart.boxes.enumerated().compactMap { place, box in box.mark.map { ("n\(place)", $0) } }
            + chart.groups.enumerated().compactMap { place, group in group.mark.map { ("g\(place)", $0) } }
        return RunPath.Mark.allCases.flatMap { mark -> [String] in
            let names = marked.filter { $0.1 == mark }.map(\.0)
            guard !names.isEmpty else { return [] }
            let colours = mark.colours
            let dashes = mark == .notTaken ? ",stroke-dasharray:4 3" : ""
            return [
                "  classDef \(mark.rawValue) fill:\(colours.fill),stroke:\(colours.line),color:\(colours.text)\(dashes)",
                "  class \(names.joined(separator: ",")) \(mark.rawValue)",
            ]
        }
    }

    private func label(_ lines: [String]) -> String { lines.map(Self.escaped).joined(separator: "<br/>") }

    /// A text within quotation marks. All that Mermaid or its Markdown could take for syntax stands as an entity.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let isPlain =
                !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == " "
            if isPlain || scalar == "_" || scalar == "," {
                result.unicodeScalars.append(scalar)
            } else {
                result += "#\(scalar.value);"
            }
        }
        return result
    }
}

extension FlowChart.Box.Shape {
    fileprivate var brackets: (String, String) {
        switch self {
        case .start, .end: ("([", "])")
        case .task: ("[", "]")
        case .delay, .signal: ("{{", "}}")
        case .fork: ("[[", "]]")
        case .route: ("{", "}")
        }
    }
}

extension RunPath.Mark {
    /// What boxes are drawn with, in both languages. All have a contrast of at least 4.5 to 1.
    var colours: (fill: String, line: String, text: String) {
        switch self {
        case .completed: ("#e6f4ea", "#1e7e34", "#12401d")
        case .failed: ("#fce8e6", "#c5221f", "#6b100e")
        case .running: ("#e8f0fe", "#1a56c4", "#0f2f6b")
        case .abandoned: ("#fbf0d9", "#8a5a00", "#4d3300")
        case .notTaken: ("#f6f7f8", "#9aa0a6", "#5f6368")
        }
    }
}
