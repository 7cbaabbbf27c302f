/// What opening a log found and did.
public struct RecoveryReport: Sendable, Hashable {
    /// What was found, before anything was done about it.
    public var assessment: Assessment
    /// Whether the log is new.
    public var isNew: Bool
    /// The file that holds the bytes taken off a torn end; `nil` if nothing was.
    public var quarantineFile: String?
    /// Whether a roll-over that a crash had cut short was completed.
    public var completedRollOver: Bool
}
