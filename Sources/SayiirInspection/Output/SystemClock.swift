#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

package import SayiirEvents

/// The time, and waiting, which only this program's own thread does.
enum SystemClock {
    /// What time it is.
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanosecondsSinceEpoch: 0) + .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }

    /// Nanoseconds of a clock that nobody sets.
    static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// Waits, and is always ready to go on.
    static func sleep(milliseconds: UInt32) -> Bool {
        usleep(milliseconds * 1000)
        return true
    }
}

extension Timestamp {
    /// The time that it is.
    package static var present: Timestamp { SystemClock.now() }
}
