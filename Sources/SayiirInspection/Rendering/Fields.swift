/// A name and a text beside it, in the columns that `status` has.
///
/// The text is broken at blanks where it does not fit. With a word that is longer than a line, a digest perhaps, it is left to the
/// terminal: such a word is there to be copied in one piece.
func fieldLines(_ name: String, _ text: String, _ style: Style) -> [String] {
    let room = style.width.map { $0 - fieldIndent }
    let fits = text.split(separator: " ").allSatisfy { $0.displayWidth <= room ?? .max }
    let texts = fits ? wrapped(text, to: room, first: "", indent: "") : [text]
    return texts.enumerated().map { index, text in
        let isNamed = index == 0 && !name.isEmpty
        return (isNamed ? "  \(style.paint(name.padded(to: 10), .dim))  " : String(repeating: " ", count: fieldIndent))
            + text
    }
}

/// A name and a list beside it, broken between the entries where it does not fit. No lines for an empty list.
func fieldLines(_ name: String, listing entries: [(text: String, colour: Colour?)], _ style: Style) -> [String] {
    let room = style.width.map { max(20, $0 - fieldIndent) } ?? .max
    var (lines, used): ([String], Int) = ([], 0)
    for (place, entry) in entries.enumerated() {
        let comma = place < entries.count - 1 ? "," : ""
        let text = entry.text.shortened(to: room - comma.count)
        let width = text.displayWidth + comma.count
        let painted = style.paint(text, entry.colour) + comma
        if let last = lines.indices.last, used + 1 + width <= room {
            lines[last] += " " + painted
            used += 1 + width
        } else {
            lines.append(painted)
            used = width
        }
    }
    return lines.enumerated().map { index, line in
        (index == 0 ? "  \(style.paint(name.padded(to: 10), .dim))  " : String(repeating: " ", count: fieldIndent))
            + line
    }
}

/// The columns before a field's text.
let fieldIndent = 14
