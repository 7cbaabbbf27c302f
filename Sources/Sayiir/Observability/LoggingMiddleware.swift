public import Logging
public import SayiirEvents

/// Logs what happens to instances: ends and failures at `info` and above, every other event at `debug`.
///
/// Each line carries `instance`, `workflow`, and, where it concerns one, `task` and `attempt`. Values of workflows are never logged.
public struct LoggingMiddleware: EngineMiddleware {
    private let logger: Logger

    /// Logs to `logger`.
    public init(_ logger: Logger = Logger(label: "sayiir")) { self.logger = logger }

    /// Logs the events, a line each.
    public func didStore(_ events: [Event], of run: RunDescription) {
        for event in events {
            let level = event.body.level
            guard logger.logLevel <= level else { continue }
            var metadata: Logger.Metadata = ["instance": "\(run.instance)", "workflow": "\(run.workflow)"]
            event.body.describe(in: &metadata)
            if let actor = event.actor { metadata["actor"] = "\(actor)" }
            if let reason = event.reason { metadata["reason"] = "\(reason)" }
            logger.log(level: level, "\(event.body.kindName)", metadata: metadata)
        }
    }
}

extension Event.Body {
    fileprivate var level: Logger.Level {
        switch self {
        case .failed: .error
        case .taskFailed, .taskTimedOut, .taskInDoubt: .warning
        case .submitted, .completed, .cancelled, .paused: .info
        default: .debug
        }
    }

    fileprivate func describe(in metadata: inout Logger.Metadata) {
        func task(_ step: Step, _ attempt: UInt32? = nil) {
            metadata["task"] = "\(step)"
            if let attempt { metadata["attempt"] = "\(attempt)" }
        }
        switch self {
        case .taskStarted(let body): task(body.step, body.attempt)
        case .taskCheckpointed(let body): task(body.step, body.attempt)
        case .taskFailed(let body):
            task(body.step, body.attempt)
            metadata["error"] = "\(body.failure)"
        case .taskTimedOut(let body): task(body.step, body.attempt)
        case .taskInDoubt(let body): task(body.step, body.attempt)
        case .retryScheduled(let body):
            task(body.step, body.nextAttempt)
            metadata["at"] = "\(body.wakeAt)"
        case .delayStarted(let body):
            task(body.step)
            metadata["until"] = "\(body.wakeAt)"
        case .signalAwaited(let body):
            task(body.step)
            metadata["signal"] = "\(body.signal)"
        case .failed(let body):
            if let step = body.step { task(step) }
            metadata["error"] = "\(body.failure)"
        default: break
        }
    }
}
