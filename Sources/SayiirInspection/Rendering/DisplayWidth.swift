extension StringProtocol {
    /// How many columns of a terminal the text takes, as most terminals have it.
    var displayWidth: Int {
        if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
        return reduce(0) { $0 + $1.displayWidth }
    }

    /// The text cut to so many columns, with an ellipsis in place of what is missing.
    func shortened(to width: Int) -> String {
        if displayWidth <= width { return String(self) }
        guard width > 0 else { return "" }
        var result = ""
        var used = 0
        for character in self {
            let next = character.displayWidth
            if used + next > width - 1 { break }
            used += next
            result.append(character)
        }
        return result + "…"
    }

    /// The text with blanks behind it, so that it takes at least so many columns.
    func padded(to width: Int) -> String {
        String(self) + String(repeating: " ", count: Swift.max(0, width - displayWidth))
    }

    /// The text without the blanks at its end.
    var withoutTrailingBlanks: String {
        var text = String(self)
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The text with blanks before it, so that it takes at least so many columns.
    func aligned(to width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - displayWidth)) + String(self)
    }
}

extension Character {
    fileprivate var displayWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if first.properties.isEmojiPresentation || isWide(first.value) { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return 1
        }
    }
}

/// Whether Unicode's East Asian Width calls a scalar wide. The ranges are merged where only unassigned ones lie between.
private func isWide(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x17000...0x18CFF, 0x20000...0x3FFFD:
        true
    default: false
    }
}
