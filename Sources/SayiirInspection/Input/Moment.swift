package import SayiirEvents
internal import SayiirLog

/// A point in a log's history: a sequence, or a time.
package enum Moment: Sendable {
    case sequence(UInt64)
    case time(Timestamp)

    /// Reads a number as a sequence, and anything else as a time in RFC 3339, of which the end may be left out: `2026-03-01`,
    /// `2026-03-01 12:34`, `2026-03-01T12:34:56.789Z`. What has no offset is taken as UTC. Times may also be relative to now: `2h`,
    /// `90 minutes ago`, `now`, `today` and `yesterday`, of which the last two are midnight in UTC.
    package init?(_ text: String) { self.init(text, now: SystemClock.now()) }

    init?(_ text: String, now: Timestamp) {
        if let sequence = UInt64(text) {
            self = .sequence(sequence)
            return
        }
        if let time = Timestamp(relative: text, now: now) {
            self = .time(time)
            return
        }
        let whole = String(text.map { $0 == " " ? "T" : $0 })
        for rest in ["", "Z", ":00Z", "T00:00:00Z"] {
            guard let time = Timestamp(whole + rest) else { continue }
            self = .time(time)
            return
        }
        return nil
    }

    /// Whether a record had been made by then.
    func includes(_ entry: LogEntry) -> Bool {
        switch self {
        case .sequence(let last): entry.record.sequence <= last
        case .time(let last): entry.time <= last
        }
    }

    /// The moment in words.
    var words: String {
        switch self {
        case .sequence(let sequence): "sequence \(sequence)"
        case .time(let time): time.description
        }
    }
}

extension Timestamp {
    /// Reads a time that is given by its distance from now; `nil` for anything else, and for what lies before the year 1.
    init?(relative text: String, now: Timestamp) {
        var words = text.lowercased().split(separator: " ").map(String.init)
        if words.last == "ago" { words.removeLast() }
        let isPlain = words.count == text.split(separator: " ").count
        switch words.joined() {
        case "now" where isPlain:
            self = now
            return
        case "today" where isPlain:
            self.init("\(now.date)T00:00:00Z")
            return
        case "yesterday" where isPlain:
            self.init("\((now + .seconds(-86_400)).date)T00:00:00Z")
            return
        case let distance:
            guard let seconds = Self.seconds(in: distance) else { return nil }
            let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            let time = now.nanosecondsSinceEpoch.subtractingReportingOverflow(nanoseconds.partialValue)
            guard !nanoseconds.overflow, !time.overflow else { return nil }
            self.init(nanosecondsSinceEpoch: time.partialValue)
        }
    }

    /// The seconds of a distance like `2h` or `1h30m`.
    private static func seconds(in text: String) -> Int64? {
        let units: [String: Int64] = [
            "s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60, "minute": 60, "minutes": 60, "h": 3600,
            "hour": 3600,
            "hours": 3600, "d": 86_400, "day": 86_400, "days": 86_400, "w": 604_800, "week": 604_800, "weeks": 604_800,
        ]
        var (rest, total) = (Substring(text), Int64(0))
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let number = Int64(digits), let length = units[String(unit)] else { return nil }
            let product = number.multipliedReportingOverflow(by: length)
            let sum = total.addingReportingOverflow(product.partialValue)
            guard !product.overflow, !sum.overflow else { return nil }
            total = sum.partialValue
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return total
    }
}
