internal import SayiirEvents

extension Timestamp {
    /// `2026-03-01 12:34:56.789`, in UTC; what is below a millisecond is cut off.
    var dateAndMilliseconds: String {
        let second = nanosecondsSinceEpoch % 1_000_000_000
        let milliseconds = (second < 0 ? second + 1_000_000_000 : second) / 1_000_000
        return "\(dateAndTime).\(padded(milliseconds, to: 3))"
    }
}

extension Duration {
    /// The duration for people, with two or three digits that count: `850µs`, `12.3ms`, `3.41s`, `2m05s`, `3h12m`, `4d02h`.
    var words: String {
        let nanoseconds = saturatedNanoseconds
        let magnitude = Int64(clamping: nanoseconds.magnitude)
        return (nanoseconds < 0 ? "-" : "") + Self.words(magnitude)
    }

    private static func words(_ nanoseconds: Int64) -> String {
        let (micro, milli, second) = (Int64(1000), Int64(1_000_000), Int64(1_000_000_000))
        switch nanoseconds {
        case 0: return "0s"
        case ..<micro: return "\(nanoseconds)ns"
        case ..<milli: return "\(nanoseconds / micro)µs"
        case ..<(100 * milli): return "\(decimal(nanoseconds, unit: milli, digits: 1))ms"
        case ..<second: return "\(nanoseconds / milli)ms"
        case ..<(60 * second): return "\(decimal(nanoseconds, unit: second, digits: 2))s"
        default: break
        }
        let seconds = nanoseconds / second
        switch seconds {
        case ..<3600: return "\(seconds / 60)m\(padded(seconds % 60, to: 2))s"
        case ..<86_400: return "\(seconds / 3600)h\(padded(seconds / 60 % 60, to: 2))m"
        default: return "\(seconds / 86_400)d\(padded(seconds / 3600 % 24, to: 2))h"
        }
    }

    /// The duration as a distance from a start: `+0.012s`, `+2m05.1s`, `+3h12m05s`.
    var offsetWords: String {
        let nanoseconds = saturatedNanoseconds
        let sign = nanoseconds < 0 ? "-" : "+"
        let milliseconds = Int64(clamping: nanoseconds.magnitude) / 1_000_000
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        if seconds < 60 { return "\(sign)\(seconds).\(padded(rest, to: 3))s" }
        if seconds < 3600 { return "\(sign)\(seconds / 60)m\(padded(seconds % 60, to: 2)).\(rest / 100)s" }
        let minutes = "\(padded(seconds / 60 % 60, to: 2))m"
        if seconds < 86_400 { return "\(sign)\(seconds / 3600)h\(minutes)\(padded(seconds % 60, to: 2))s" }
        return "\(sign)\(seconds / 86_400)d\(padded(seconds / 3600 % 24, to: 2))h\(minutes)"
    }

    /// So many units, cut to a number of decimals.
    private static func decimal(_ value: Int64, unit: Int64, digits: Int) -> String {
        let scale: Int64 = digits == 1 ? 10 : 100
        let scaled = value / (unit / scale)
        return "\(scaled / scale).\(padded(scaled % scale, to: digits))"
    }
}

/// A number with zeros in front.
func padded(_ value: Int64, to digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
