extension Event.Body {
    /// The activation of a node that the event is about; `nil` if it is about the instance as a whole.
    public var step: Step? {
        switch self {
        case .reopened(let body): body.step
        case .taskStarted(let body): body.step
        case .taskCheckpointed(let body): body.step
        case .taskFailed(let body): body.step
        case .taskTimedOut(let body): body.step
        case .retryScheduled(let body): body.step
        case .taskInDoubt(let body): body.step
        case .doubtResolved(let body): body.step
        case .taskInterrupted(let body): body.step
        case .stepStuck(let body): body.step
        case .forked(let body): body.step
        case .branchFinished(let body): body.step
        case .joined(let body): body.step
        case .mapStarted(let body): body.step
        case .mapElementFinished(let body): body.step
        case .mapFinished(let body): body.step
        case .routed(let body): body.step
        case .loopIterated(let body): body.step
        case .loopFinished(let body): body.step
        case .childStarted(let body): body.step
        case .childFinished(let body): body.step
        case .delayStarted(let body): body.step
        case .delayElapsed(let body): body.step
        case .signalAwaited(let body): body.step
        case .signalConsumed(let body): body.step
        case .signalTimedOut(let body): body.step
        case .signalRejected(let body): body.step
        case .failed(let body): body.step
        default: nil
        }
    }

    /// The number of the attempt at a task that the event is about.
    public var attempt: UInt32? {
        switch self {
        case .taskStarted(let body): body.attempt
        case .taskCheckpointed(let body): body.attempt
        case .taskFailed(let body): body.attempt
        case .taskTimedOut(let body): body.attempt
        case .taskInDoubt(let body): body.attempt
        case .doubtResolved(let body): body.attempt
        case .taskInterrupted(let body): body.attempt
        case .stepStuck(let body): body.attempt == 0 ? nil : body.attempt
        case .retryScheduled(let body): body.nextAttempt
        default: nil
        }
    }
}
