/// One cell of the shutdown matrix: how an engine is used, how it is stopped, and what its instance does at that moment.
public struct Cell: Hashable, Sendable {
    /// How the engine is used.
    public enum Mode: String, CaseIterable, Sendable {
        /// `Engine.run(_:id:input:onConflict:)`, whose Swift task is cancelled.
        case hand
        /// `Engine.run()` in a `ServiceGroup`.
        case service
    }

    /// How the process, or the engine in it, is stopped.
    public enum Stop: String, CaseIterable, Sendable {
        /// The signal: a graceful shutdown of the `ServiceGroup`; a command-line tool cancels its task then.
        case sigterm
        /// The Swift task that runs the group, or the instance, is cancelled.
        case cancel
        /// The signal that ends the process at once.
        case sigkill
    }

    /// What the instance does when it is stopped.
    public enum Situation: String, CaseIterable, Sendable {
        /// The task sees that the engine stops, and returns a moment later.
        case ends
        /// The task throws what `Task.sleep` throws when it is cancelled.
        case givesUp
        /// The task throws an error of its own when it is cancelled.
        case throwsOwn
        /// The task suspends for longer than any limit, whether or not it is cancelled.
        case ignores
        /// The task blocks its thread for longer than any limit.
        case blocks
        /// The task blocks its thread so, and is not declared to block.
        case holdsThread
        /// The task waits for the end of another instance.
        case waits
        /// The task runs another instance by hand.
        case runsInner
        /// The task runs another instance by hand, whose retry is not due.
        case runsInnerInBackOff
        /// The run has a deadline, and the task ignores cancellation.
        case underDeadline
        /// The task has a time-out, and throws an error of its own when it is cancelled.
        case inTimeout
        /// The task has a time-out, and ignores cancellation.
        case ignoresInTimeout
        /// The task has failed by itself, and its retry is not due.
        case inBackOff
        /// One branch returns when the engine stops; the other throws an error of its own when it is cancelled.
        case fork
        /// The instance waits for a signal. No code runs, but clients wait for its events and its end.
        case watched
    }

    /// How the engine is used.
    public var mode: Mode
    /// How it is stopped.
    public var stop: Stop
    /// What the instance does then.
    public var situation: Situation

    /// Describes a cell.
    public init(_ mode: Mode, _ stop: Stop, _ situation: Situation) {
        self.mode = mode
        self.stop = stop
        self.situation = situation
    }

    /// How often each task is called until the engine is stopped, and until the instance has completed.
    ///
    /// A task whose output was stored is never called again; one that was interrupted is called again.
    public var calls: (whenStopped: [String: Int], inTheEnd: [String: Int]) {
        var first = ["first": 1]
        var all = ["first": 1, "last": 1]
        switch situation {
        case .ends:
            first["middle"] = 1
            all["middle"] = stop == .sigkill ? 2 : 1
        case .givesUp, .throwsOwn, .ignores, .blocks, .holdsThread, .waits, .underDeadline, .inTimeout,
            .ignoresInTimeout, .inBackOff:
            first["middle"] = 1
            all["middle"] = 2
        case .runsInner, .runsInnerInBackOff:
            first.merge(["middle": 1, "inner_first": 1, "inner_second": 1]) { $1 }
            all.merge(["middle": 2, "inner_first": 1, "inner_second": 2]) { $1 }
        case .fork:
            first.merge(["middle": 1, "other": 1]) { $1 }
            all.merge(["middle": stop == .sigkill ? 2 : 1, "other": 2]) { $1 }
        case .watched: break
        }
        return (first, all)
    }

    /// How many attempts fail by themselves.
    public var failureCount: Int { situation == .inBackOff || situation == .runsInnerInBackOff ? 1 : 0 }
}
