internal import SayiirEvents
internal import SayiirProjection

/// What somebody asks of an instance, whoever runs it: decided without its definition, from its state alone.
enum Control: Sendable {
    case cancel
    case pause
    case unpause
    case resolveDoubt(Step, Event.DoubtResolved.Resolution)

    /// What follows from the wish: nothing if it is fulfilled already.
    ///
    /// - Throws: ``WorkflowError`` if the instance is not in a status in which it can be fulfilled.
    func decide(
        on state: InstanceState, by actor: String?, reason: String?
    ) throws(WorkflowError) -> Event.Body? {
        switch self {
        case .cancel:
            switch state.phase {
            case .completed, .failed: throw .notPossible(.cancel, state.id, state.status)
            case .cancelled: return nil
            default: return state.cancelRequest == nil ? .cancelRequested(.init()) : nil
            }
        case .pause:
            if state.phase.isEnded { throw .notPossible(.pause, state.id, state.status) }
            return state.pauseRequest == nil ? .pauseRequested(.init()) : nil
        case .unpause:
            // A pause that has not taken effect yet is withdrawn.
            guard state.phase == .paused || state.pauseRequest != nil else {
                throw .notPossible(.unpause, state.id, state.status)
            }
            return .unpaused(.init())
        case .resolveDoubt(let step, let resolution):
            guard let known = state.steps[step], known.status == .inDoubt, !state.phase.isEnded else {
                throw .notInDoubt(state.id, step)
            }
            return .doubtResolved(.init(step: step, attempt: known.attempt, resolution: resolution))
        }
    }
}
