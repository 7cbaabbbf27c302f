internal import SayiirProjection

/// The name of an instance's status in options and in JSON.
package enum StatusName: String, CaseIterable, Sendable {
    case inProgress = "in_progress"
    case waiting
    case awaitingSignal = "awaiting_signal"
    case inDoubt = "in_doubt"
    case paused
    case completed
    case failed
    case cancelled
    case superseded
    case deleted
    case unsubmitted

    /// The status in a word or two.
    var words: String { String(rawValue.map { $0 == "_" ? " " : $0 }) }

    var colour: Colour? {
        switch self {
        case .inProgress: .cyan
        case .waiting, .awaitingSignal: .blue
        case .inDoubt: .magenta
        case .paused, .cancelled: .yellow
        case .completed: .green
        case .failed: .red
        case .superseded, .deleted, .unsubmitted: .dim
        }
    }
}

extension InstanceStatus {
    /// The status without what belongs to it. A test holds the two lists of names against each other.
    var statusName: StatusName { StatusName(rawValue: name) ?? .unsubmitted }
}
