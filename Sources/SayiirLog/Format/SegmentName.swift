/// The name of a segment's file: its number in the log, and the sequence of its first record.
public struct SegmentName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The segment's number, from 1, without gaps.
    public let number: UInt32
    /// The sequence of the first record that is, or will be, in it.
    public let firstSequence: UInt64
    /// Whether it was packed and indexed after it was full.
    public let isSealed: Bool

    private static let journalSuffix = ".seg"
    private static let sealedSuffix = ".sealed"

    init(number: UInt32, firstSequence: UInt64, isSealed: Bool = false) {
        self.number = number
        self.firstSequence = firstSequence
        self.isSealed = isSealed
    }

    /// The name of the same segment's other form.
    var otherForm: SegmentName {
        SegmentName(number: number, firstSequence: firstSequence, isSealed: !isSealed)
    }

    /// Reads a file's name; `nil` unless it has exactly the form that ``description`` gives.
    init?(fileName: String) {
        let isSealed = fileName.hasSuffix(Self.sealedSuffix)
        let suffix = isSealed ? Self.sealedSuffix : Self.journalSuffix
        guard fileName.hasSuffix(suffix) else { return nil }
        let parts = fileName.dropLast(suffix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt32(parts[0]), let sequence = UInt64(parts[1]) else { return nil }
        self.init(number: number, firstSequence: sequence, isSealed: isSealed)
        guard description == fileName else { return nil }
    }

    /// Orders segments as the log does.
    public static func < (left: Self, right: Self) -> Bool {
        (left.number, left.firstSequence, left.isSealed ? 1 : 0)
            < (right.number, right.firstSequence, right.isSealed ? 1 : 0)
    }

    /// The file's name, for example `00000001-00000000000000000001.seg`.
    public var description: String {
        padded(UInt64(number), to: 8) + "-" + padded(firstSequence, to: 20)
            + (isSealed ? Self.sealedSuffix : Self.journalSuffix)
    }
}

/// The name of a snapshot's file: the last sequence that it covers.
struct SnapshotName: Hashable, Sendable, Comparable, CustomStringConvertible {
    let coveredSequence: UInt64

    private static let suffix = ".snapshot"

    init(coveredSequence: UInt64) { self.coveredSequence = coveredSequence }

    /// Reads a file's name; `nil` unless it has exactly the form that ``description`` gives.
    init?(fileName: String) {
        guard fileName.hasSuffix(Self.suffix), let sequence = UInt64(fileName.dropLast(Self.suffix.count)) else {
            return nil
        }
        self.init(coveredSequence: sequence)
        guard description == fileName else { return nil }
    }

    static func < (left: Self, right: Self) -> Bool { left.coveredSequence < right.coveredSequence }

    /// The file's name, for example `00000000000000000042.snapshot`.
    var description: String { padded(coveredSequence, to: 20) + Self.suffix }
}

/// The names of the log's other files.
enum FileName {
    static let lock = "LOCK"
    static let removals = "REMOVED"
    static let moved = "MOVED"
    /// Says which log is in a directory, or which one's segments are in an archive.
    static let identity = "IDENTITY"
    static let quarantine = "quarantine"
    /// What a segment is called until it joins the log.
    static let preparedSegment = "next.tmp"
    static let unfinishedSealed = "sealed.tmp"
    static let unfinishedSnapshot = "snapshot.tmp"
    static let unfinishedRemovals = "removed.tmp"
    static let unfinishedMove = "moved.tmp"
    /// Locked while a log moves segments into an archive.
    static let archiveLock = "ARCHIVE"
    static let unfinishedIdentity = "identity.tmp"

    /// What whoever holds the lock may remove.
    static let unfinished = [
        preparedSegment, unfinishedSealed, unfinishedSnapshot, unfinishedRemovals, unfinishedMove,
        unfinishedIdentity,
    ]
}

private func padded(_ number: UInt64, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
