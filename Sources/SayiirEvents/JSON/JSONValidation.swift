/// Whether the bytes are one JSON value (RFC 8259) and nothing else but blanks, in valid UTF-8.
///
/// Strict: no comments, no trailing commas, no non-finite numbers, no control characters in strings, no lone
/// surrogates. Nested deeper than 512 levels it is not called valid, so that whatever reads our output can read it, too;
/// `outerDepth` is how many of these levels stand around the value.
func isValidJSON(_ bytes: [UInt8], within outerDepth: Int = 0) -> Bool {
    bytes.withUnsafeBytes { bytes in
        var scanner = JSONScanner(bytes: bytes, outerDepth: outerDepth)
        return scanner.scanDocument() && String(validating: bytes, as: UTF8.self) != nil
    }
}

/// Goes through JSON by its grammar, without recursion.
private struct JSONScanner {
    private let maximumDepth: Int
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// The open brackets; true for an object.
    private var open: [Bool] = []

    init(bytes: UnsafeRawBufferPointer, outerDepth: Int) {
        self.bytes = bytes
        maximumDepth = 512 - outerDepth
    }

    mutating func scanDocument() -> Bool {
        repeat {
            guard scanUntilValueEnds() else { return false }
        } while !open.isEmpty
        skipBlanks()
        return position == bytes.count
    }

    /// Scans one scalar or an opening bracket, and then what may follow it up to where the next value begins.
    private mutating func scanUntilValueEnds() -> Bool {
        skipBlanks()
        if take("{") {
            guard push(object: true) else { return false }
            skipBlanks()
            if peek() != UInt8(ascii: "}") { return scanName() }
        } else if take("[") {
            guard push(object: false) else { return false }
            skipBlanks()
            if peek() != UInt8(ascii: "]") { return true }
        } else if !scanScalar() {
            return false
        }
        return scanAfterValue()
    }

    /// After a complete value: closes what ends here, or goes on behind a comma.
    private mutating func scanAfterValue() -> Bool {
        while let isObject = open.last {
            skipBlanks()
            if take(",") { return isObject ? scanName() : true }
            guard take(isObject ? "}" : "]") else { return false }
            open.removeLast()
        }
        return true
    }

    private mutating func push(object: Bool) -> Bool {
        open.append(object)
        return open.count <= maximumDepth
    }

    private mutating func scanName() -> Bool {
        skipBlanks()
        guard scanString() else { return false }
        skipBlanks()
        return take(":")
    }

    private mutating func scanScalar() -> Bool {
        switch peek() {
        case UInt8(ascii: "\""): scanString()
        case UInt8(ascii: "t"): takeWord("true")
        case UInt8(ascii: "f"): takeWord("false")
        case UInt8(ascii: "n"): takeWord("null")
        default: scanNumber()
        }
    }

    private mutating func scanNumber() -> Bool {
        _ = take("-")
        guard take("0") || takeDigits() else { return false }
        if take("."), !takeDigits() { return false }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            return takeDigits()
        }
        return true
    }

    private mutating func scanString() -> Bool {
        guard take("\"") else { return false }
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): if !scanEscape() { return false }
            case 0..<0x20: return false
            default: continue
            }
        }
        return false
    }

    private mutating func scanEscape() -> Bool {
        guard let byte = peek() else { return false }
        position += 1
        guard byte == UInt8(ascii: "u") else { return #""\/bfnrt"#.utf8.contains(byte) }
        guard let unit = takeUnit() else { return false }
        if (0xD800..<0xDC00).contains(unit) {
            guard take("\\"), take("u"), let low = takeUnit() else { return false }
            return (0xDC00..<0xE000).contains(low)
        }
        return !(0xDC00..<0xE000).contains(unit)
    }

    private mutating func takeUnit() -> UInt16? {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                return nil
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    private mutating func takeDigits() -> Bool {
        let start = position
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position > start
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            guard bytes[position...].starts(with: word) else { return false }
            position += word.count
            return true
        }
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(truncatingIfNeeded: character.value) else { return false }
        position += 1
        return true
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }
}
