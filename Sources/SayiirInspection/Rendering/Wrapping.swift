/// A text as lines of so many columns at most, broken at blanks. A word that is longer than a line is cut there.
///
/// - Parameters:
///   - text: The text, on one line.
///   - width: The columns of a line with its indent; `nil` if lines may be as long as they need.
///   - first: What stands before the first line.
///   - indent: What stands before the others.
func wrapped(_ text: String, to width: Int?, first: String, indent: String) -> [String] {
    guard let width else { return [first + text] }
    var lines: [String] = []
    var line = first
    var isEmpty = true
    for word in text.split(separator: " ") {
        if !isEmpty && line.displayWidth + 1 + word.displayWidth > width {
            lines.append(line)
            (line, isEmpty) = (indent, true)
        }
        line += isEmpty ? String(word) : " \(word)"
        isEmpty = false
    }
    return (lines + [line]).map { $0.shortened(to: width) }
}
