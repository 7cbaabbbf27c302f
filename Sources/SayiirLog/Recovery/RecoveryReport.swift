/// What opening a log found and did.
public struct RecoveryReport: Sendable, Hashable {
    /// What was found, before anything was done about it. If a snapshot was used, it counts only what was read behind that. Its
    /// ``Assessment/unusedSegments`` are those that were kept.
    public internal(set) var assessment: Assessment
    /// Whether the log is new.
    public internal(set) var isNew: Bool
    /// The file that holds the bytes taken off a torn end; `nil` if nothing was.
    public internal(set) var quarantineFile: String?
    /// Whether a roll-over that a crash had cut short was completed.
    public internal(set) var completedRollOver = false
    /// The last sequence that the snapshot covers from which the log was opened; `nil` if all of the log was read.
    public internal(set) var snapshotSequence: UInt64?
    /// Snapshots that are damaged, moved to the quarantine. An older one or all of the log was used instead.
    public internal(set) var rejectedSnapshots: [RejectedSnapshot] = []
    /// The files of snapshots that were not used: this program does not know the encoding of their entries, or retention has shortened
    /// the log past them.
    public internal(set) var unusedSnapshots: [String] = []

    init(assessment: Assessment, isNew: Bool) {
        self.assessment = assessment
        self.isNew = isNew
    }
}

/// A snapshot that is damaged.
public struct RejectedSnapshot: Sendable, Hashable {
    /// Its file, as it was named.
    public var file: String
    /// What is wrong with it.
    public var reason: String
}
