internal import SayiirEvents
internal import SayiirProjection

/// One thing that an instance waits for, or what ended it. Its texts are as they were recorded: whoever shows them makes
/// them safe.
struct Reason: Hashable {
    /// The step concerned, if it is one.
    var step: Step?
    /// Since when it is so, as far as that was recorded.
    var since: Timestamp?
    var cause: Cause

    /// What it is.
    enum Cause: Hashable {
        case delay(until: Timestamp)
        /// A wait for a signal; `arrivedAt` tells of one that is in the mailbox already.
        case signal(name: String, deadline: Timestamp?, arrivedAt: Timestamp?)
        case retry(at: Timestamp, attempt: UInt32, failures: UInt32, failure: Failure?)
        /// An attempt of which no end was recorded.
        case running(attempt: UInt32, executor: String)
        /// A task that may start again, because a person said so.
        case ready(attempt: UInt32)
        case inDoubt(attempt: UInt32, executor: String)
        /// A step that cannot go on, because a stored value could not be decoded.
        case stuck(UndecodableValue)
        /// A step that failed in a run that has not ended.
        case stepFailed(Failure)
        case fork(open: [String], of: Int)
        case map(open: Elements, of: UInt32)
        case route(key: String, isDefault: Bool)
        case loop(iterations: UInt32)
        case child(workflow: String, open: [Step])
        /// The service that ran last had not registered the instance's workflow.
        case unserved(workflow: String)
        case notBegun(tags: [String])
        /// No step is under way: the next one has not begun.
        case betweenSteps(last: Step?)
        case paused(ControlRequest)
        case pauseRequested(ControlRequest)
        case cancelRequested(ControlRequest)
        /// A signal whose payload the waiting step could not decode.
        case signalRejected(name: String, UndecodableValue)
        /// Signals that nothing which has begun waits for.
        case unclaimedSignals([String])
        case completed(result: Step?)
        case failed(Failure, attempts: UInt32)
        case cancelled(ControlRequest, interrupted: Step?)
        case superseded
        case deleted
        case unsubmitted
        /// A newer version wrote events that this one does not know.
        case newerEvents
    }

    /// The elements of a map that have not finished: the first ones, and how many there are.
    struct Elements: Hashable {
        var first: [UInt32]
        var count: UInt32

        init(of count: UInt32, without finished: Set<UInt32>) {
            first = Array((0..<count).lazy.filter { !finished.contains($0) }.prefix(5))
            self.count = count - min(count, UInt32(clamping: finished.count))
        }
    }
}

extension Reason.Cause {
    /// The cause's name in JSON.
    var name: String {
        switch self {
        case .delay: "delay"
        case .signal: "signal"
        case .retry: "retry"
        case .running: "running"
        case .ready: "ready"
        case .inDoubt: "in_doubt"
        case .stuck: "stuck"
        case .stepFailed: "step_failed"
        case .fork: "fork"
        case .map: "map"
        case .route: "route"
        case .loop: "loop"
        case .child: "child"
        case .unserved: "unserved"
        case .notBegun: "not_begun"
        case .betweenSteps: "between_steps"
        case .paused: "paused"
        case .pauseRequested: "pause_requested"
        case .cancelRequested: "cancel_requested"
        case .signalRejected: "signal_rejected"
        case .unclaimedSignals: "unclaimed_signals"
        case .completed: "completed"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .superseded: "superseded"
        case .deleted: "deleted"
        case .unsubmitted: "unsubmitted"
        case .newerEvents: "newer_events"
        }
    }

    /// When it ends by itself.
    var due: Timestamp? {
        switch self {
        case .delay(let until): until
        case .signal(_, let deadline, _): deadline
        case .retry(let time, _, _, _): time
        default: nil
        }
    }
}
