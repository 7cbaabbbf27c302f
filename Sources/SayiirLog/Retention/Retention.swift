/// Which segments of a log are kept.
///
/// Whatever it says, a segment stays as long as it is not sealed, and as long as something needs it: a live instance, or
/// one of the newest two snapshots. Without two snapshots everything stays. Of an instance that has ended, a removal may leave
/// only the last records.
public struct Retention: Hashable, Sendable {
    /// Segments whose records are all older than this go.
    public var maximumAge: Duration?
    /// The oldest segments go while all files of the log together are larger than this, in bytes.
    public var maximumBytes: Int64?
    /// Where segments that go are moved to, a directory that exists or can be created; deleted if `nil`.
    public var archive: String?

    /// Everything is kept.
    public static let keepAll = Retention()

    /// Keeps what is younger than `maximumAge` and, beyond that, fits into `maximumBytes`; a limit of `nil` limits nothing.
    ///
    /// - Parameters:
    ///   - maximumAge: The age of a segment's latest record from which it goes.
    ///   - maximumBytes: The size of the log from which the oldest segments go.
    ///   - archive: Where they are moved to instead of being deleted.
    public init(maximumAge: Duration? = nil, maximumBytes: Int64? = nil, archive: String? = nil) {
        self.maximumAge = maximumAge
        self.maximumBytes = maximumBytes
        self.archive = archive
    }

    var keepsAll: Bool { maximumAge == nil && maximumBytes == nil }
}

/// What retention would take away from a log, and what holds it back. Made by ``LogReader/retentionPlan(for:now:)``.
public struct RetentionPlan: Hashable, Sendable {
    /// The segments that would go, the oldest first.
    public internal(set) var removed: [RetainedSegment] = []
    /// The segments that the policy would let go, and that something still needs.
    public internal(set) var held: [RetainedSegment] = []
    /// The sealed segments with a record from the future, by the writer's clock then: by age they stay until that time.
    public internal(set) var ahead: [RetainedSegment] = []
    /// The sequence from which records are still needed; everything before may go.
    public internal(set) var neededFrom: UInt64 = 0
    /// Why all records are needed, in words; `nil` if ``neededFrom`` says all.
    public internal(set) var obstacle: String?
    /// How many bytes all segments take.
    public internal(set) var totalBytes: Int64 = 0
}

/// A sealed segment, as retention sees it.
public struct RetainedSegment: Hashable, Sendable {
    /// The segment's file.
    public var name: SegmentName
    /// The sequence of its last record.
    public var lastSequence: UInt64
    /// The latest timestamp of a record in it, in nanoseconds since 1970.
    public var latestTimestamp: Int64
    /// The file's length in bytes.
    public var byteCount: Int64
}

extension RetentionPlan {
    /// Decides, from the segments of a log in order. Pure.
    ///
    /// - Parameters:
    ///   - retention: The policy.
    ///   - sealed: The log's sealed segments up to the first journal.
    ///   - otherBytes: The bytes of the segments behind.
    ///   - neededFrom: The sequence from which records are needed.
    ///   - obstacle: Why all of them are, if so.
    ///   - now: Nanoseconds since 1970.
    init(
        _ retention: Retention, sealed: [RetainedSegment], otherBytes: Int64, neededFrom: UInt64,
        obstacle: String? = nil, now: Int64
    ) {
        self.neededFrom = neededFrom
        self.obstacle = obstacle
        totalBytes = sealed.reduce(otherBytes) { $0 + $1.byteCount }
        if retention.maximumAge != nil { ahead = sealed.filter { $0.latestTimestamp > now } }
        var rest = totalBytes
        let oldest =
            retention.maximumAge.map { age in
                // Saturates: the clock is the caller's.
                let (moment, overflows) = now.subtractingReportingOverflow(
                    Int64(age.nanoseconds(atMost: 100 * 366 * 86_400)))
                return overflows ? .min : moment
            } ?? .min
        for segment in sealed {
            let isTooOld = segment.latestTimestamp < oldest
            let isTooMuch = retention.maximumBytes.map { rest > $0 } ?? false
            guard isTooOld || isTooMuch else { break }
            rest -= segment.byteCount
            // Segments go from the front only: what stands behind one that is needed stays too.
            if held.isEmpty, segment.lastSequence < neededFrom {
                removed.append(segment)
            } else {
                held.append(segment)
            }
        }
    }
}
