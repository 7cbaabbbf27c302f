internal import SayiirEvents

/// A payload over several lines, whole: JSON with a member or element a line, anything else as ``text(of:_:)`` has it.
func prettyLines(of payload: Payload, _ style: Style) -> [String] {
    if payload.isSensitive && !style.revealsSensitive { return [text(of: payload, style)] }
    var printer = PrettyJSON()
    for byte in text(of: payload, style).utf8 { printer.take(byte) }
    return printer.lines
}

/// Breaks JSON into lines, whose bytes come one after the other. It must be valid, as what `JSONWriter` writes is.
private struct PrettyJSON {
    private var done: [String] = []
    private var line: [UInt8] = []
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// Whether the last thing was an opening bracket: `{}` and `[]` stay on one line.
    private var hasJustOpened = false

    var lines: [String] { done + [String(decoding: line, as: UTF8.self)] }

    mutating func take(_ byte: UInt8) {
        if isInString { return takeInString(byte) }
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): break
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth = max(0, depth - 1)
            if !hasJustOpened { breakLine() }
            hasJustOpened = false
            line.append(byte)
        default:
            if hasJustOpened { breakLine() }
            hasJustOpened = false
            takeToken(byte)
        }
    }

    private mutating func takeToken(_ byte: UInt8) {
        line.append(byte)
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            hasJustOpened = true
        case UInt8(ascii: ","): breakLine()
        case UInt8(ascii: ":"): line.append(UInt8(ascii: " "))
        case UInt8(ascii: "\""): isInString = true
        default: break
        }
    }

    private mutating func takeInString(_ byte: UInt8) {
        line.append(byte)
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
    }

    private mutating func breakLine() {
        done.append(String(decoding: line, as: UTF8.self))
        line = [UInt8](repeating: UInt8(ascii: " "), count: 2 * depth)
    }
}
