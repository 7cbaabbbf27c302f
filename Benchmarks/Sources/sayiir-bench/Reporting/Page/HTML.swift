/// Text for a page. Everything that is shown goes through `text`.
enum HTML {
    /// Text as it stands between tags and in attributes.
    static func text(_ text: some StringProtocol) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }

    /// A table.
    ///
    /// - Parameters:
    ///   - head: The columns' names, as HTML; a name that begins with `#` stands over numbers, without that.
    ///   - rows: The cells, as HTML.
    static func table(_ head: [String], _ rows: [[String]]) -> String {
        let isNumber = head.map { $0.hasPrefix("#") }
        func cell(_ tag: String, _ index: Int, _ content: String) -> String {
            "<\(tag)\(isNumber[index] ? " class=\"number\"" : "")>\(content)</\(tag)>"
        }
        let heads = head.indices.map { cell("th", $0, isNumber[$0] ? String(head[$0].dropFirst()) : head[$0]) }.joined()
        let body = rows.map { row in
            "<tr>" + row.indices.prefix(head.count).map { cell("td", $0, row[$0]) }.joined() + "</tr>"
        }
        return """
            <div class="scroll"><table><thead><tr>\(heads)</tr></thead><tbody>
            \(body.joined(separator: "\n"))
            </tbody></table></div>
            """
    }

    /// A mark that says whether a bar is met.
    static func verdict(_ isMet: Bool?) -> String {
        switch isMet {
        case true: "<span class=\"pill good\">held</span>"
        case false: "<span class=\"pill bad\">missed</span>"
        case nil: "<span class=\"pill\">not judged</span>"
        }
    }

    /// A place in a drawing.
    static func coordinate(_ value: Double) -> String { Format.decimal(value, 1).filter { $0 != "," } }
}
