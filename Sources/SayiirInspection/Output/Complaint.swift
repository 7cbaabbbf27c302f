/// What the error output says, behind the program's name.
struct Complaint {
    /// All of it, with the end of its last line.
    let text: String

    /// - Parameters:
    ///   - text: A sentence, some, or lines that are laid out already.
    ///   - width: The columns of the terminal that shows it; `nil` for lines that may be as long as they need.
    init(_ text: String, width: Int?) {
        let lines = "sayiir-inspect: \(text)".split(separator: "\n", omittingEmptySubsequences: false)
        self.text = lines.map { line in Self.broken(line, to: width) + "\n" }.joined()
    }

    /// A line that fits is left as it is, blanks and all. A word that is longer than a line is left to the terminal: nothing of an error
    /// is ever cut.
    private static func broken(_ line: Substring, to width: Int?) -> String {
        guard let width, line.displayWidth > width else { return String(line) }
        var (result, used) = ("", 0)
        for word in line.split(separator: " ") {
            if used > 0 && used + 1 + word.displayWidth > width {
                result += "\n"
                used = 0
            }
            result += used > 0 ? " \(word)" : String(word)
            used += (used > 0 ? 1 : 0) + word.displayWidth
        }
        return result
    }
}
