extension Timestamp: LosslessStringConvertible {
    /// The moment in RFC 3339, in UTC, with 0, 3, 6 or 9 decimals, as few as hold it: `2026-03-01T12:34:56.789Z`.
    public var description: String {
        let (seconds, nanoseconds) = nanosecondsSinceEpoch.flooredDivision(by: 1_000_000_000)
        let (days, secondOfDay) = seconds.flooredDivision(by: 86_400)
        let date = CivilDate(daysSinceEpoch: days)
        return String(unsafeUninitializedCapacity: 32) { buffer in
            var output = DigitWriter(buffer: buffer)
            output.write(date.year, digits: 4, then: "-")
            output.write(date.month, digits: 2, then: "-")
            output.write(date.day, digits: 2, then: "T")
            output.write(secondOfDay / 3600, digits: 2, then: ":")
            output.write(secondOfDay / 60 % 60, digits: 2, then: ":")
            output.write(secondOfDay % 60, digits: 2, then: nanoseconds == 0 ? "Z" : ".")
            if nanoseconds == 0 { return output.count }
            let isMicroseconds = nanoseconds % 1000 == 0
            if nanoseconds % 1_000_000 == 0 {
                output.write(nanoseconds / 1_000_000, digits: 3, then: "Z")
            } else {
                output.write(
                    isMicroseconds ? nanoseconds / 1000 : nanoseconds, digits: isMicroseconds ? 6 : 9,
                    then: "Z")
            }
            return output.count
        }
    }

    /// Reads a moment in RFC 3339: `2026-03-01T12:34:56Z`, with up to nine decimals, and with `Z` or an offset such as
    /// `+01:00`. `T` and `Z` may be small.
    ///
    /// `nil` for anything else: a date that does not exist, a leap second, a moment that a timestamp cannot hold.
    public init?(_ description: String) {
        var parser = RFC3339Parser(description)
        guard let nanoseconds = parser.parse() else { return nil }
        self.init(nanosecondsSinceEpoch: nanoseconds)
    }
}

/// Fills a buffer with numbers of a fixed width.
private struct DigitWriter {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    mutating func write(_ value: Int64, digits: Int, then separator: Unicode.Scalar) {
        var rest = value
        for place in stride(from: count + digits - 1, through: count, by: -1) {
            buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        buffer[count + digits] = UInt8(ascii: separator)
        count += digits + 1
    }
}

/// Takes a date and time apart, from front to back.
private struct RFC3339Parser {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    /// Nanoseconds since the Unix epoch.
    mutating func parse() -> Int64? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
            let date = CivilDate(year: year, month: month, day: day),
            take("T") || take("t"), let hour = number(2), take(":"), let minute = number(2), take(":"),
            let second = number(2), hour < 24, minute < 60, second < 60,
            let fraction = fraction(), let offset = offset(), rest.isEmpty
        else { return nil }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second - offset
        return Self.nanoseconds(seconds: seconds, fraction: fraction)
    }

    /// Before the epoch the whole seconds alone may be too low for `Int64`, when the sum is not.
    private static func nanoseconds(seconds: Int64, fraction: Int64) -> Int64? {
        let (whole, part) = seconds < 0 ? (seconds + 1, fraction - 1_000_000_000) : (seconds, fraction)
        let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(part)
        return overflow || carry ? nil : sum
    }

    private mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        var digits = 0
        var value: Int64 = 0
        while let digit = number(1) {
            digits += 1
            if digits > 9 { return nil }
            value = value * 10 + digit
        }
        if digits == 0 { return nil }
        for _ in digits..<9 { value *= 10 }
        return value
    }

    /// Seconds east of UTC.
    private mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64 = take("-") ? -1 : 1
        guard sign < 0 || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours < 24,
            minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func number(_ width: Int) -> Int64? {
        guard rest.count >= width else { return nil }
        var value: Int64 = 0
        for byte in rest.prefix(width) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        rest.removeFirst(width)
        return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, UInt32(byte) == character.value else { return false }
        rest.removeFirst()
        return true
    }
}
