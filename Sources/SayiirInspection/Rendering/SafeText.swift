internal import SayiirEvents

/// Returns a text from outside as it may be shown on a terminal: on one line, with every character visible.
///
/// Two texts that differ never look the same for want of a visible character: control characters, those without a width, those that
/// change the direction of text, and blanks other than the space stand as in JSON, `\u200b` for example, and a backslash is doubled.
func safe(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\\") }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case _ where scalar.isInvisible: result += escape(scalar)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// Returns a text with its control characters escaped, line breaks excepted: what keeps sentences that were put together elsewhere
/// from upsetting a terminal.
func withoutControls(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0 != "\n" && $0.isInvisible }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        if scalar != "\n", scalar.isInvisible { result += escape(scalar) } else { result.unicodeScalars.append(scalar) }
    }
    return result
}

private func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    guard scalar.value > 0xFFFF else { return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits }
    return "\\u{\(digits)}"
}

extension Unicode.Scalar {
    /// A Boolean value that indicates whether nothing that can be told from a space or from nothing is shown for the character.
    fileprivate var isInvisible: Bool {
        if (0x20..<0x7F).contains(value) { return false }
        if properties.isDefaultIgnorableCodePoint { return true }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return true
        default: return false
        }
    }
}

/// A payload on one line. One that must not be shown is told from others by its size and its digest.
func text(of payload: Payload, _ style: Style) -> String {
    if payload.isSensitive && !style.revealsSensitive {
        let size = counted(payload.bytes.count, "byte")
        return "(sensitive, \(size) of \(safe(payload.codec)), sha256 \(sha256(payload.bytes).prefix(8))…)"
    }
    var writer = style.writer
    writer.payload(payload)
    return writer.text
}
