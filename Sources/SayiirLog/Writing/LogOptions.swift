#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// When an append is acknowledged.
public enum Durability: Sendable, Hashable {
    /// After its bytes are on stable storage. Nothing acknowledged is lost when the process, the system or the power fails.
    case synced
    /// After its bytes are with the operating system. A crash of the process loses nothing; a crash of the system or a
    /// power failure may lose the last moments (about ``LogOptions/idleDelay``, or as much as fits the in-flight limit).
    case buffered
}

/// How a log is written. The defaults suit most programs.
public struct LogOptions: Sendable {
    /// When an append is acknowledged.
    public var durability = Durability.synced
    /// The size of a segment's file once the log has grown; from 64 KiB to 32 GiB. A size beyond that counts as the nearest.
    public var segmentBytes = 64 * 1024 * 1024
    /// The size of the first segment. Each next one is twice as large, up to ``segmentBytes``.
    public var firstSegmentBytes = 4 * 1024 * 1024
    /// Appends that wait at the same time are committed together up to about this many bytes; 16 MiB at most.
    public var commitBytes = 1024 * 1024
    /// How long the writer waits without work before it records that all of the log is durable.
    public var idleDelay = Duration.milliseconds(50)
    /// Whether segments that are full are packed and indexed, in the background. It makes them smaller and keys in
    /// them quick to find, for processor time beside the writing: each is read, verified, compressed and written once more.
    public var sealsSegments = true
    /// A snapshot is due when the log has grown by this many bytes since the last, or by twice that one's length if that is more.
    public var snapshotBytes = 64 * 1024 * 1024
    /// Which segments are kept. Only sealed ones are ever removed, and only those that two snapshots no longer need.
    public var retention = Retention.keepAll
    /// Whether to give up an end of the log of which nothing tells whether it was acknowledged. Refused by default.
    public var truncatesAmbiguousTail = false
    /// What the lock file and the error of a second writer say about this one.
    public var holder: String
    /// The time that segments are stamped with, in nanoseconds since 1970.
    public var now: @Sendable () -> Int64
    /// Makes the identity of a new log.
    public var makeLogID: @Sendable () -> LogID

    /// The defaults, on the system's clock and randomness.
    public init() {
        holder = Self.thisProcess
        now = {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }
        makeLogID = {
            var generator = SystemRandomNumberGenerator()
            return LogID(using: &generator)
        }
    }

    /// Process numbers repeat from machine to machine and from container to container.
    private static var thisProcess: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "process \(getpid())" }
        let host = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return "process \(getpid()) on \(String(decoding: host, as: UTF8.self))"
    }

    /// The most bytes one batch may have.
    static let batchLimit = 16 * 1024 * 1024

    /// ``commitBytes`` within what one frame can hold.
    var commitLimit: Int { min(max(commitBytes, 0), Self.batchLimit) }

    /// The most bytes that can be written and not yet durable: one frame, or the unsynced part and one frame.
    var inFlightLimit: Int {
        let frame = max(commitLimit, Self.batchLimit) + 2 * FrameHeader.byteCount
        return durability == .synced ? frame : frame + Self.bufferedLimit
    }

    /// With buffered durability, how many bytes may wait for a sync.
    static let bufferedLimit = 4 * 1024 * 1024

    /// After how many bytes of records a snapshot is due, if the one before has so many bytes.
    func snapshotInterval(afterSnapshotOf byteCount: Int) -> Int { max(snapshotBytes, 2 * byteCount) }

    /// The size of the segment with the given number, if it must have room for `minimum` bytes of frames.
    func size(ofSegment number: UInt32, minimum: Int) -> Int {
        let doublings = min(Int(number) - 1, 40)
        // The format's limit, with room for rounding. Smaller sizes than this cannot overflow.
        let largest = min(segmentBytes, Int(Limits.segmentBytes) - Self.segmentAlignment)
        let first = min(max(firstSegmentBytes, 1), largest)
        // Shifting the limit instead of the size loses no bits.
        let wanted = first > largest >> doublings ? largest : first << doublings
        let needed = SegmentHeader.byteCount + minimum + FrameHeader.byteCount
        return max(wanted, needed).roundedUp(to: Self.segmentAlignment)
    }

    private static let segmentAlignment = 4096
}

extension Duration {
    /// The duration in whole nanoseconds, held between 0 and so many seconds.
    func nanoseconds(atMost limit: Int64) -> Int {
        // `components` traps for more seconds than an `Int64` holds.
        guard self > .zero else { return 0 }
        guard self < .seconds(limit) else { return Int(limit) * 1_000_000_000 }
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000_000_000 + Int(max(0, attoseconds / 1_000_000_000))
    }
}
