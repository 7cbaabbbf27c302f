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
    var name: StatusName {
        switch self {
        case .unsubmitted: .unsubmitted
        case .inProgress: .inProgress
        case .waiting: .waiting
        case .awaitingSignal: .awaitingSignal
        case .inDoubt: .inDoubt
        case .paused: .paused
        case .completed: .completed
        case .failed: .failed
        case .cancelled: .cancelled
        case .superseded: .superseded
        case .deleted: .deleted
        }
    }
}
