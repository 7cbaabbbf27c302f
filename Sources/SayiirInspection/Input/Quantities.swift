/// Reads a duration: a whole number and `d`, `h`, `m` or `s`, `30d` for example.
package func parseDuration(_ text: String) -> Duration? {
    let units: [Character: Int64] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
    guard let unit = text.last.flatMap({ units[$0] }), let number = wholeNumber(text.dropLast()) else { return nil }
    let (seconds, isTooLong) = number.multipliedReportingOverflow(by: unit)
    // What lasts longer than ten thousand years is a mistake.
    guard !isTooLong, seconds < 10_000 * 366 * 86_400 else { return nil }
    return .seconds(seconds)
}

/// Reads a size in bytes: a whole number and `B`, `KB`, `MB`, `GB`, `TB`, or `KiB` and so on: `10GB`, `512MiB`.
package func parseByteCount(_ text: String) -> Int64? {
    let unit = text.drop { $0.isNumber }
    let units: [Substring: Int64] = [
        "B": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000, "KiB": 1 << 10,
        "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
    ]
    guard let factor = units[unit], let number = wholeNumber(text.dropLast(unit.count)) else { return nil }
    let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: factor)
    return isTooLarge ? nil : bytes
}

/// Digits only: `Int64` takes signs, too.
private func wholeNumber(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
        return nil
    }
    return Int64(text)
}
