extension Event.Body {
    /// Whether the run has ended after this, whatever came before.
    package var endsRun: Bool {
        switch self {
        case .completed, .failed, .cancelled: true
        default: false
        }
    }

    /// Whether a run may have ended with this.
    package var mayEndRun: Bool {
        switch self {
        case .superseded, .deleted, .unknown: true
        default: endsRun
        }
    }
}
