public import SayiirEvents

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Where an engine has its time from. Tests give it one that they move by hand.
public protocol EngineClock: Sendable {
    /// The time of day. May be set back or forth by people.
    var now: Timestamp { get }

    /// Returns once at least `duration` has passed.
    ///
    /// - Throws: `CancellationError` as soon as the calling task is cancelled.
    func sleep(for duration: Duration) async throws

    /// Returns once the time of day is `moment` or later.
    ///
    /// The default implementation sleeps for what remains, at most 30 seconds at a time, and reads the time again. A clock that is
    /// moved by hand implements this itself, and compares `moment` with its time in one step. Otherwise a move between the reading
    /// and the sleep is slept a second time.
    ///
    /// - Throws: `CancellationError` as soon as the calling task is cancelled.
    func sleep(until moment: Timestamp) async throws
}

extension EngineClock {
    /// Sleeps for what remains, at most 30 seconds at a time, and reads the time again.
    ///
    /// - Throws: `CancellationError` as soon as the calling task is cancelled.
    public func sleep(until moment: Timestamp) async throws {
        // The time of day may be changed during the sleep, so a long one is cut.
        while case let remaining = moment - now, remaining > .zero {
            try await sleep(for: min(remaining, .seconds(30)))
        }
    }
}

/// The machine's clock.
public struct SystemClock: EngineClock {
    /// The clock.
    public init() {}

    /// The machine's time of day.
    public var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanosecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Sleeps on the machine's continuous clock. A duration below zero counts as zero.
    ///
    /// - Throws: `CancellationError` as soon as the calling task is cancelled.
    public func sleep(for duration: Duration) async throws {
        var remaining = max(duration, .zero)
        // `Task.sleep` traps on durations that do not fit its own arithmetic.
        while remaining > .longestWait {
            try await Task.sleep(for: .longestWait)
            remaining -= .longestWait
        }
        try await Task.sleep(for: remaining)
    }
}
