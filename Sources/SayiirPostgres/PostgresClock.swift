public import Sayiir
internal import SayiirLog
public import SayiirEvents

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The server's time of day, as far as this machine can tell: its own steady clock, and by how much the server's differs.
///
/// What this machine takes for the time of day does not matter, nor that somebody sets it: deadlines that workers on several
/// machines make and compare are all on this clock. It is compared with the server's at every heartbeat, and is off by no more than
/// half a round trip.
public final class PostgresClock: EngineClock {
    private struct Sample {
        /// The server's time, less the steady time of this machine at the same moment, in nanoseconds.
        var offset: Int64
    }

    private let sample: Monitor<Sample>

    init(offset: Int64) { sample = Monitor(Sample(offset: offset)) }

    /// The server's time of day.
    public var now: Timestamp {
        Timestamp(nanosecondsSinceEpoch: Self.steadyNanoseconds() &+ sample.withLock { $0.offset })
    }

    /// Sleeps on this machine's continuous clock.
    public func sleep(for duration: Duration) async throws { try await SystemClock().sleep(for: duration) }

    func set(offset: Int64) { sample.withLock { $0.offset = offset } }

    /// Asks the server a few times, and takes the answer that was under way for the shortest time.
    static func offset(on connection: PostgresConnection) throws(PostgresError) -> Int64 {
        var best: (delay: Int64, offset: Int64)?
        for _ in 0..<3 {
            let start = steadyNanoseconds()
            guard let time = try connection.run(serverTime).first?.integer(0) else { continue }
            let end = steadyNanoseconds()
            let delay = end - start
            if best.map({ delay < $0.delay }) ?? true { best = (delay, time - (start + delay / 2)) }
        }
        return best?.offset ?? 0
    }

    private static let serverTime = Statement("server_time", "SELECT now_nanoseconds()")

    /// A clock that nobody sets. It goes on while the machine sleeps.
    private static func steadyNanoseconds() -> Int64 {
        var time = timespec()
        #if canImport(Darwin)
            clock_gettime(CLOCK_MONOTONIC, &time)
        #else
            clock_gettime(CLOCK_BOOTTIME, &time)
        #endif
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension PostgresClock: MachineClock {}
