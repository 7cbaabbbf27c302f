internal import SayiirEvents

/// A text from outside as it may be shown on a terminal: on one line, without control characters.
///
/// Control characters and those that change the direction of text stand as in JSON, `\n` for example.
func safe(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    var writer = JSONWriter()
    writer.string(text)
    var result: [UInt8] = []
    var bytes = writer.output.dropFirst().dropLast()
    // Quotation marks and backslashes do no harm here: the backslash that JSON puts before them is taken off again.
    while let byte = bytes.popFirst() {
        if byte == UInt8(ascii: "\\"), let next = bytes.first, next == byte || next == UInt8(ascii: "\"") {
            bytes.removeFirst()
            result.append(next)
        } else {
            result.append(byte)
        }
    }
    return String(decoding: result, as: UTF8.self)
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
