internal import SayiirEvents
internal import SayiirProjection

/// A request that was accepted and has not taken effect. From then on no step begins.
enum PendingStop: Hashable {
    case cancel, pause
    /// A cancellation of an instance that is paused: it waits for the end of the pause.
    case cancelAfterPause

    /// The request of an instance that counts; `nil` if none is pending.
    init?(_ state: InstanceState) {
        switch state.phase {
        case .active where state.cancelRequest != nil: self = .cancel
        case .active where state.pauseRequest != nil: self = .pause
        case .paused where state.cancelRequest != nil: self = .cancelAfterPause
        case .active, .paused, .unsubmitted, .completed, .failed, .cancelled, .superseded, .deleted: return nil
        }
    }
}

extension Reasons {
    /// What becomes of a step or a wait now that the instance is to stop; `nil` if the request changes nothing about it.
    func stopWords(_ stop: PendingStop, _ cause: Reason.Cause) -> String? {
        switch cause {
        case .running(let attempt, _):
            guard !attendance.isAttended else {
                return "It ends when the task returns, fails or runs out of time. Then the instance is "
                    + "\(stop == .pause ? "paused" : "cancelled"), and nothing else begins."
            }
            return stopSentence(stop, "attempt \(attempt.addingReportingOverflow(1).partialValue)")
        case .ready(let attempt), .retry(_, let attempt, _, _): return stopSentence(stop, "attempt \(attempt)")
        case .delay: return stopSentence(stop, "what follows the delay")
        case .signal: return stopSentence(stop, "what follows the signal")
        case .inDoubt:
            return stop == .pause
                ? stopSentence(stop, "nothing") + " A person still has to decide how the task ended."
                : stopSentence(stop, "nothing else") + " Nobody has to decide how the task ended."
        case .stuck, .stepFailed, .notBegun, .betweenSteps: return stopSentence(stop, "the next step")
        case .signalRejected, .unclaimedSignals: return stop == .pause ? nil : "No step takes them any more."
        case .unserved: return stopSentence(stop, "nothing else") + " That needs no code."
        case .cancelRequested, .pauseRequested:
            return attendance.isAttended || stop == .cancelAfterPause ? nil : stopSentence(stop, nil)
        case .fork, .map, .route, .loop, .child, .paused, .completed, .failed, .cancelled, .superseded, .deleted,
            .unsubmitted, .newerEvents:
            return nil
        }
    }

    /// `It is cancelled when an engine takes it up; attempt 2 does not begin.`
    ///
    /// - Parameter next: What would begin otherwise; `nil` to say nothing of that, `nothing` and `nothing else` if there is nothing.
    private func stopSentence(_ stop: PendingStop, _ next: String?) -> String {
        let taken = attendance.isAttended ? "once no task runs" : "when an engine takes it up"
        let isNothing = next?.hasPrefix("nothing") ?? false
        switch stop {
        case .cancel:
            guard let next else { return "It is cancelled \(taken). That cannot be taken back." }
            return "It is cancelled \(taken); " + (isNothing ? "\(next) begins." : "\(next) does not begin.")
        case .pause:
            guard let next else { return "It is paused \(taken). \(unpause) takes that back." }
            return "It is paused \(taken); "
                + (isNothing ? "nothing begins." : "\(next) begins once the pause has ended.")
        case .cancelAfterPause:
            guard let next else { return "It is cancelled once the pause has ended: \(unpause)." }
            return "It is cancelled once the pause has ended: \(unpause); "
                + (isNothing ? "\(next) begins." : "\(next) does not begin.")
        }
    }
}

extension Reason.Cause {
    /// A Boolean value that indicates whether an engine that takes the instance up has something to do for this.
    var canMove: Bool {
        switch self {
        case .delay, .signal, .retry, .running, .ready, .stepFailed, .notBegun, .betweenSteps: true
        case .inDoubt, .stuck, .fork, .map, .route, .loop, .child, .unserved, .paused, .pauseRequested,
            .cancelRequested,
            .signalRejected, .unclaimedSignals, .completed, .failed, .cancelled, .superseded, .deleted, .unsubmitted,
            .newerEvents:
            false
        }
    }
}
