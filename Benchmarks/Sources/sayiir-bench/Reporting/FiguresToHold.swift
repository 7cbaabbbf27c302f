/// The figures that the design asks to hold, in one place. Each makes the bar of a row from what was measured.
enum FiguresToHold {
    /// One flow of sequential steps against the bare disk.
    static func sequentialSteps(ratio: Double) -> Bar {
        atLeast(0.90, ratio, "×", "one flow, sequential durable steps, against raw write+fdatasync of the same bytes")
    }

    /// Appends with checksum, chain and LZ4, at some numbers of writers; `nil` at others.
    ///
    /// - Parameters:
    ///   - writers: How many append at once.
    ///   - rate: Appends in a second.
    ///   - syncMicroseconds: What one sync took in the same run (p50): the bar is for disks that take at most 120 µs.
    static func appends(writers: Int, rate: Double, syncMicroseconds: Double) -> Bar? {
        let limits = [16: 60_000.0, 256: 600_000, 1024: 600_000]
        guard let limit = limits[writers] else { return nil }
        var bar = atLeast(
            limit, rate, "/s",
            "durable log appends with checksum, chain and LZ4, \(Format.number(Double(writers))) writers")
        if syncMicroseconds > 120 {
            bar.condition = "one sync takes \(Format.number(syncMicroseconds)) µs, not ≤ 120"
            bar.isMet = nil
        }
        return bar
    }

    /// The tail of commits against the device's own.
    static func tail(ratio: Double) -> Bar {
        atMost(2, ratio, "×", "p99 commit latency against the device's own p99")
    }

    /// Durable steps of very many flows.
    static func manyFlows(rate: Double) -> Bar {
        atLeast(150_000, rate, "/s", "durable engine steps at 1,024 concurrent flows")
    }

    /// The same against what the seed does without a disk.
    static func againstSeed(ratio: Double) -> Bar {
        atLeast(1, ratio, "×", "durable engine steps at 1,024 flows against the seed's in-memory steps in the same run")
    }

    /// Against SQLite, one insert a transaction.
    static func sqliteSingle(ratio: Double) -> Bar {
        atLeast(1.7, ratio, "×", "the same inserts in SQLite (WAL, synchronous=FULL), 1 writer")
    }

    /// Against SQLite with a group commit around it.
    static func sqliteBatched(writers: Int, ratio: Double) -> Bar {
        atLeast(
            4, ratio, "×",
            "the same inserts in SQLite (WAL, synchronous=FULL), \(Format.number(Double(writers))) writers, batched")
    }

    /// Opening a log that was closed, whatever its size.
    static func open(milliseconds: Double) -> Bar {
        atMost(50, milliseconds, "ms", "clean open with 10,000 live instances, any log size")
    }

    /// Verifying, of uncompressed bytes.
    static func verify(megabytes: Double) -> Bar {
        atLeast(700, megabytes, "MB/s", "verify of uncompressed event bytes, chain included, one core")
    }

    /// One instance's history out of a log; the bar is for 10 million events.
    static func lookUp(milliseconds: Double) -> Bar {
        atMost(2, milliseconds, "ms", "one instance's history out of a log of (up to) 10 million events, p99")
    }

    /// The size of what is stored.
    static func stored(ratio: Double) -> Bar {
        atMost(0.30, ratio, "×", "stored bytes against the same events as NDJSON")
    }

    /// Opening a log in which very many instances wait.
    static func openParked(seconds: Double, instances: Int) -> Bar {
        atMost(3, seconds, "s", "open with \(Format.number(Double(instances))) parked instances")
    }

    /// The memory that each of very many waiting instances takes.
    static func memoryOfParked(bytes: Double, instances: Int) -> Bar {
        atMost(500, bytes, "bytes", "memory of each of \(Format.number(Double(instances))) parked instances")
    }

    /// All of 100,000 sleepers at once.
    static func wakeStorm(seconds: Double) -> Bar { atMost(2, seconds, "s", "100,000 sleepers waking at once") }

    /// How late a timer is when nothing else is to do.
    static func lateness(milliseconds: Double) -> Bar {
        atMost(20, milliseconds, "ms", "timer lateness when idle, p99")
    }

    /// A bar that is missed below its limit.
    static func atLeast(_ limit: Double, _ measured: Double, _ unit: String, _ what: String) -> Bar {
        Bar(what: what, limit: limit, isMinimum: true, unit: unit, measured: measured, isMet: measured >= limit)
    }

    /// A bar that is missed above its limit.
    static func atMost(_ limit: Double, _ measured: Double, _ unit: String, _ what: String) -> Bar {
        Bar(what: what, limit: limit, isMinimum: false, unit: unit, measured: measured, isMet: measured <= limit)
    }
}
