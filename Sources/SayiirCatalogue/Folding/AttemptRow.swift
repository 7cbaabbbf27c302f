internal import SayiirEvents
internal import SayiirProjection

/// An attempt at a task, as the catalogue has it.
struct AttemptRow: Hashable, Sendable {
    /// Which attempt.
    struct Key: Hashable, Sendable {
        /// The instance's row.
        var instance: Int64
        var run: UInt64
        var step: Step
        var attempt: UInt32
    }

    enum Outcome: String, Sendable {
        case running, completed, failed
        case timedOut = "timed_out"
        /// Another attempt began, and nobody recorded this one's end: its process had crashed or was stopped.
        case interrupted
        case inDoubt = "in_doubt"
        /// The run ended before the attempt did.
        case abandoned
    }

    var startedAt: Timestamp
    var endedAt: Timestamp?
    var outcome = Outcome.running
    /// Who runs it; `nil` if that was said in an event that was taken in before.
    var executor: String?
    var failure: Failure?
    /// The earliest moment of the next attempt, if one was planned.
    var retryAt: Timestamp?

    /// The latest attempt at a task, as its step's state tells of it.
    init(of step: StepState, hasTimedOut: Bool) {
        startedAt = step.attemptStartedAt
        switch step.status {
        case .completed:
            outcome = .completed
            endedAt = step.finishedAt
        case .failed:
            outcome = hasTimedOut ? .timedOut : .failed
            endedAt = step.finishedAt
            failure = step.failure
        case .waitingToRetry(let time):
            outcome = hasTimedOut ? .timedOut : .failed
            endedAt = step.finishedAt
            failure = step.failure
            retryAt = time
        case .inDoubt: outcome = .inDoubt
        // A person decided that it may run again; this attempt did not end by itself.
        case .ready: outcome = .interrupted
        case .running, .delaying, .awaitingSignal, .entered: break
        }
    }
}
