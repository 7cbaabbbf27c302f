/// The name of an instance's status in options and in JSON.
package enum StatusName: String, CaseIterable, Sendable {
    case inProgress = "in_progress"
    case waiting
    case awaitingSignal = "awaiting_signal"
    case inDoubt = "in_doubt"
    case stuck
    case paused
    case completed
    case failed
    case cancelled
    case superseded
    case deleted
    case unsubmitted

    /// Whether nothing more happens by itself, nor for a signal.
    package var isEnded: Bool {
        switch self {
        case .inProgress, .waiting, .awaitingSignal, .inDoubt, .stuck, .paused, .unsubmitted: false
        case .completed, .failed, .cancelled, .superseded, .deleted: true
        }
    }

    /// The status in a word or two.
    package var words: String { String(rawValue.map { $0 == "_" ? " " : $0 }) }
}

extension InstanceStatus {
    /// The status without what belongs to it. A test holds the two lists of names against each other.
    package var statusName: StatusName { StatusName(rawValue: name) ?? .unsubmitted }
}
