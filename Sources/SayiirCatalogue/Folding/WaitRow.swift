internal import SayiirEvents
internal import SayiirProjection

/// A delay or a wait for a signal, as the catalogue has it.
struct WaitRow: Hashable, Sendable {
    /// Which wait.
    struct Key: Hashable, Sendable {
        /// The instance's row.
        var instance: Int64
        var run: UInt64
        var step: Step
    }

    enum Outcome: String, Sendable {
        case waiting, elapsed, received
        case timedOut = "timed_out"
        /// The run ended before the wait did.
        case abandoned
    }

    /// Delay or signal.
    var kind: String
    /// The signal's name; `nil` for a delay. Known from the event that begins the wait.
    var signal: String?
    var startedAt: Timestamp
    /// When the delay is over, or the wait for the signal times out.
    var until: Timestamp?
    var endedAt: Timestamp?
    var outcome = Outcome.waiting

    /// The wait of a step's state; `nil` if the step does not wait.
    init?(of step: StepState) {
        switch step.kind {
        case .delay: kind = "delay"
        case .signal: kind = "signal"
        default: return nil
        }
        startedAt = step.startedAt
        endedAt = step.finishedAt
        switch step.status {
        case .delaying(let time): until = time
        case .awaitingSignal(let name, let deadline):
            signal = name
            until = deadline
        case .completed: outcome = kind == "delay" ? .elapsed : step.timeoutCount > 0 ? .timedOut : .received
        case .failed: outcome = .timedOut
        default: break
        }
    }
}
