internal import SayiirProjection

extension StatusName {
    /// What the status looks like on a terminal.
    var colour: Colour? {
        switch self {
        case .inProgress: .cyan
        case .waiting, .awaitingSignal: .blue
        case .inDoubt, .stuck: .magenta
        case .paused, .cancelled: .yellow
        case .completed: .green
        case .failed: .red
        case .superseded, .deleted, .unsubmitted: .dim
        }
    }
}
