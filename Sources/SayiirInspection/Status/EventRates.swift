internal import SayiirEvents

/// How many events there were in the last minute and the last hour of a log's own time: back from its newest event, in whole
/// seconds. The clock is not asked, so that a log that is only kept shows no changing numbers.
///
/// Events may come out of order. Memory is bounded by the seconds of an hour.
struct EventRates {
    /// What happened in a window.
    struct Count: Hashable {
        var events: UInt64 = 0
        var completed: UInt64 = 0
    }

    /// A span of time that ends with the newest event.
    enum Window: Int64, CaseIterable {
        case minute = 60
        case hour = 3600

        var name: StaticString { self == .minute ? "minute" : "hour" }
    }

    private struct Slot {
        var second: Int64
        var count = Count()
    }

    /// A slot is used for all seconds that are whole hours apart; the latest of them counts.
    private var slots: [Slot] = []
    private var newest = Int64.min
    private var oldest = Int64.max

    /// Takes one more event into account.
    mutating func add(_ event: Event) {
        let second = event.time.nanosecondsSinceEpoch.quotientRoundedDown(by: 1_000_000_000)
        if slots.isEmpty {
            slots = [Slot](repeating: Slot(second: .min), count: Int(Window.hour.rawValue))
        }
        newest = max(newest, second)
        oldest = min(oldest, second)
        let place = Int(second - second.quotientRoundedDown(by: Window.hour.rawValue) * Window.hour.rawValue)
        if second > slots[place].second { slots[place] = Slot(second: second) }
        guard second == slots[place].second else { return }
        slots[place].count.events += 1
        if case .completed = event.body { slots[place].count.completed += 1 }
    }

    /// How many seconds of a window the log covers: all, unless it is younger.
    func seconds(in window: Window) -> Int64 {
        // Seconds of 64 bits in nanoseconds are far from the ends of their type.
        oldest > newest ? window.rawValue : min(window.rawValue, newest - oldest + 1)
    }

    /// What happened in a window.
    func count(in window: Window) -> Count {
        slots.reduce(into: Count()) { sum, slot in
            // Seconds of 64 bits in nanoseconds are far from the ends of their type.
            guard slot.second > newest - window.rawValue, slot.second <= newest else { return }
            sum.events += slot.count.events
            sum.completed += slot.count.completed
        }
    }
}

extension Int64 {
    fileprivate func quotientRoundedDown(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
