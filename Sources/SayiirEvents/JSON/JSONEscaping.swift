/// Appends UTF-8 as it may stand in JSON and on a terminal.
///
/// Escaped are control characters (C0, DEL and C1), the line and paragraph separators, and the characters that embed,
/// override or isolate a direction of text; with `escapesSyntax` the quotation mark and the backslash, too. Without it
/// `bytes` must be a JSON value: these characters can then occur in its strings only, and line breaks and tabs, which
/// can occur between its tokens only, are left out.
func appendJSONEscaped(_ bytes: UnsafeBufferPointer<UInt8>, escapesSyntax: Bool, to output: inout [UInt8]) {
    var start = 0
    var position = 0
    while position < bytes.count {
        guard isSuspicious(bytes[position]), let found = escape(at: position, in: bytes, escapesSyntax) else {
            position += 1
            continue
        }
        output.append(contentsOf: bytes[start..<position])
        output.append(contentsOf: found.replacement)
        position += found.length
        start = position
    }
    output.append(contentsOf: bytes[start...])
}

@inline(__always)
private func isSuspicious(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F || byte == 0xC2
        || byte == 0xE2
}

/// What stands for the character at `position`, and how many bytes it takes there; `nil` if it stands for itself.
private func escape(
    at position: Int, in bytes: UnsafeBufferPointer<UInt8>, _ escapesSyntax: Bool
) -> (replacement: [UInt8], length: Int)? {
    let following = bytes[position...].dropFirst().prefix(2)
    switch bytes[position] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        return escapesSyntax ? ([UInt8(ascii: "\\"), bytes[position]], 1) : nil
    case 0..<0x20 where !escapesSyntax: return ([], 1)
    case UInt8(ascii: "\n"): return (Array(#"\n"#.utf8), 1)
    case UInt8(ascii: "\r"): return (Array(#"\r"#.utf8), 1)
    case UInt8(ascii: "\t"): return (Array(#"\t"#.utf8), 1)
    case 0xC2:
        // U+0080 to U+00BF.
        guard let next = following.first, next < 0xA0 else { return nil }
        return (unicodeEscape(UInt16(next)), 2)
    case 0xE2:
        // U+2000 to U+2FFF.
        let unit = following.reduce(0x2) { $0 << 6 | UInt16($1 & 0x3F) }
        return following.count == 2 && isDirectionOrSeparator(unit) ? (unicodeEscape(unit), 3) : nil
    case let control: return (unicodeEscape(UInt16(control)), 1)
    }
}

/// Whether a character ends a line or changes the direction in which what follows is shown.
private func isDirectionOrSeparator(_ unit: UInt16) -> Bool {
    (0x2028...0x202E).contains(unit) || (0x2066...0x2069).contains(unit) || unit == 0x200E || unit == 0x200F
}

private func unicodeEscape(_ unit: UInt16) -> [UInt8] {
    Array(#"\u"#.utf8) + ([12, 8, 4, 0] as [UInt16]).map { hexadecimalDigit(UInt8(unit >> $0 & 15)) }
}
