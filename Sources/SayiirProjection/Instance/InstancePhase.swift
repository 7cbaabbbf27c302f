/// Where an instance stands in its life, as recorded by its events alone.
///
/// ``InstanceStatus`` says more: it also tells what a running instance waits for.
public enum InstancePhase: UInt8, Hashable, Sendable, CaseIterable {
    /// Nothing was submitted under this id yet; signals may wait for it already.
    case unsubmitted
    /// Submitted, and neither paused nor ended.
    case active
    /// Stands still until it is unpaused.
    case paused
    /// Ended with an output.
    case completed
    /// Ended with an error.
    case failed
    /// Ended by cancellation.
    case cancelled
    /// Replaced; a new run of the same id follows.
    case superseded
    /// Gone from every view.
    case deleted

    /// Whether the run is over. Only reopening, a new run or deletion can follow.
    public var isEnded: Bool {
        switch self {
        case .completed, .failed, .cancelled, .superseded, .deleted: true
        case .unsubmitted, .active, .paused: false
        }
    }

    /// Whether there is a run that has not ended.
    package var isUnderWay: Bool { self == .active || self == .paused }
}
