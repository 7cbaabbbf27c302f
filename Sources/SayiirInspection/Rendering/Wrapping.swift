/// A text as lines of so many columns at most, broken at blanks. A word that is longer than a line is cut there.
///
/// - Parameters:
///   - text: The text, on one line.
///   - width: The columns of a line with its indent; `nil` if lines may be as long as they need.
///   - first: What stands before the first line.
///   - indent: What stands before the others.
///   - piece: What is to be copied in one piece, if the text has it: it is neither broken nor cut, however long it is.
func wrapped(_ text: String, to width: Int?, first: String, indent: String, keeping piece: String = "") -> [String] {
    guard let width else { return [first + text] }
    var lines: [String] = []
    var line = first
    var isEmpty = true
    func end() { lines.append(!piece.isEmpty && line.contains(piece) ? line : line.shortened(to: width)) }
    for word in words(of: text, keeping: piece) {
        if !isEmpty && line.displayWidth + 1 + word.displayWidth > width {
            end()
            (line, isEmpty) = (indent, true)
        }
        line += isEmpty ? String(word) : " \(word)"
        isEmpty = false
    }
    end()
    return lines
}

/// What stands between blanks. Those in `piece` do not count.
private func words(of text: String, keeping piece: String) -> [Substring] {
    guard !piece.isEmpty, let kept = text.firstRange(of: piece) else { return text.split(separator: " ") }
    let start = text[..<kept.lowerBound].lastIndex(of: " ").map(text.index(after:)) ?? text.startIndex
    let end = text[kept.upperBound...].firstIndex(of: " ") ?? text.endIndex
    return text[..<start].split(separator: " ") + [text[start..<end]] + text[end...].split(separator: " ")
}
