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

/// The columns before a field's text.
let fieldIndent = 14
