/// Writes HTML. Names and markup are literals of the source; every text and every attribute's value is escaped here, and nowhere
/// else.
struct HTMLWriter {
    /// An attribute's name and value.
    typealias Attribute = (name: StaticString, value: String)

    private(set) var output = ""

    /// Writes markup as it is. It cannot come from outside: only a literal is a `StaticString`.
    mutating func markup(_ markup: StaticString) { output += "\(markup)" }

    /// Writes a text.
    mutating func text(_ text: String) { output += Self.escaped(text) }

    /// Writes an element with what `content` writes in it.
    mutating func element(
        _ name: StaticString, _ attributes: [Attribute] = [], _ content: (inout HTMLWriter) -> Void
    ) {
        open(name, attributes)
        content(&self)
        output += "</\(name)>"
    }

    /// Writes an element with a text in it.
    mutating func element(_ name: StaticString, _ attributes: [Attribute] = [], text: String) {
        element(name, attributes) { $0.text(text) }
    }

    /// Writes the beginning of an element, or one that has no end.
    mutating func open(_ name: StaticString, _ attributes: [Attribute] = []) {
        output += "<\(name)"
        for attribute in attributes { output += " \(attribute.name)=\"\(Self.escaped(attribute.value))\"" }
        output += ">"
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || "&<>\"'".utf8.contains($0) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            // Not allowed in HTML at all.
            case "\0"..."\u{1F}", "\u{7F}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
