/// The bytes in lower-case hexadecimal.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = bytes.flatMap { [hexadecimalDigit($0 >> 4), hexadecimalDigit($0 & 15)] }
    return String(decoding: digits, as: UTF8.self)
}

/// The digit of a number from 0 to 15.
func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

/// The bytes in Base64 with padding (RFC 4648, section 4).
package func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var output: [UInt8] = []
    output.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
        for place in 0..<4 {
            let digit = alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 63)]
            output.append(place <= group.count ? digit : UInt8(ascii: "="))
        }
    }
    return String(decoding: output, as: UTF8.self)
}

/// Nanoseconds as a decimal number of seconds without trailing zeros: `30`, `0.25`, `-1.000000001`.
package func decimalSeconds(nanoseconds: Int64) -> String {
    let magnitude = nanoseconds.magnitude
    let (seconds, rest) = magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
    var text = nanoseconds < 0 ? "-\(seconds)" : "\(seconds)"
    guard rest != 0 else { return text }
    var fraction = zeroPadded(rest, to: 9)
    while fraction.last == "0" { fraction.removeLast() }
    text += "."
    text += fraction
    return text
}

/// A number in decimal with zeros in front, at least `width` digits long.
func zeroPadded(_ value: UInt64, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
