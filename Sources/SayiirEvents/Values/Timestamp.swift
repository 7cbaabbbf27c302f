/// A moment in time: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Reaches from the year 1677 to 2262. Arithmetic saturates at those ends and never traps.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since the Unix epoch; negative before it.
    public var nanosecondsSinceEpoch: Int64

    /// The moment that lies `nanosecondsSinceEpoch` after the Unix epoch.
    public init(nanosecondsSinceEpoch: Int64) { self.nanosecondsSinceEpoch = nanosecondsSinceEpoch }

    /// Orders earlier moments first.
    public static func < (left: Self, right: Self) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }

    /// The moment `duration` later; saturates.
    public static func + (moment: Self, duration: Duration) -> Self {
        let (sum, overflow) = moment.nanosecondsSinceEpoch.addingReportingOverflow(
            duration.saturatedNanoseconds)
        guard overflow else { return Self(nanosecondsSinceEpoch: sum) }
        return Self(nanosecondsSinceEpoch: duration < .zero ? .min : .max)
    }

    /// How long after `right` the moment `left` is; saturates.
    public static func - (left: Self, right: Self) -> Duration {
        let (difference, overflow) = left.nanosecondsSinceEpoch.subtractingReportingOverflow(
            right.nanosecondsSinceEpoch)
        guard overflow else { return .nanoseconds(difference) }
        return .nanoseconds(left < right ? Int64.min : Int64.max)
    }
}

extension Duration {
    /// The longest duration that the engine waits: 200 years. A timestamp that lies so far ahead is still representable.
    package static let longestWait = Duration.seconds(200 * 365 * 86_400)

    /// The nearest duration from zero to ``longestWait``.
    package var boundedWait: Duration { min(max(self, .zero), .longestWait) }

    /// The duration in whole nanoseconds, held within `Int64`.
    public var saturatedNanoseconds: Int64 {
        // `components` traps for more seconds than an `Int64` holds.
        if self >= .seconds(Int64.max) { return .max }
        if self <= .seconds(Int64.min) { return .min }
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }
}
