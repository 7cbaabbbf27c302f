/// How things are shown: decided once, from the terminal and the options, and passed to all rendering.
package struct Style: Sendable {
    /// The columns that a line may have; `nil` if lines may be as long as they need.
    var width: Int?
    /// Whether escape sequences for colour may be used.
    var isColoured: Bool
    /// Whether JSON is wanted instead of text.
    var isJSON: Bool
    /// Whether payloads that are marked as sensitive are shown.
    var revealsSensitive: Bool

    /// Plain text unless said otherwise.
    package init(
        width: Int? = nil, isColoured: Bool = false, isJSON: Bool = false, revealsSensitive: Bool = false
    ) {
        self.width = width.map { max($0, Self.smallestWidth) }
        self.isColoured = isColoured
        self.isJSON = isJSON
        self.revealsSensitive = revealsSensitive
    }

    /// Narrower than this nothing can be laid out.
    static let smallestWidth = 40

    /// The width for what is laid out in columns even where lines have no limit.
    var layoutWidth: Int { width ?? 100 }

    /// Colours a text, if colours are allowed.
    func paint(_ text: String, _ colour: Colour?) -> String {
        guard isColoured, let colour, !text.isEmpty else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }
}

/// The colours in use, by their number in a terminal's escape sequence. All come from the terminal's own palette.
enum Colour: Int {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case magenta = 35
    case cyan = 36
}
