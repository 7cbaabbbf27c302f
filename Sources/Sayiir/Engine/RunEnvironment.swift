internal import Logging
internal import SayiirEvents
internal import SayiirProjection

/// What an engine lends to each run: storage, time, codecs.
struct RunEnvironment: Sendable {
    var backend: any Backend
    var clock: any EngineClock
    var codecs: Codecs
    var observer = Observer([])
    /// What tasks log to.
    var logger: Logger
    /// Where the code of tasks runs; `nil` for Swift's pool.
    var taskExecutor: (any TaskExecutor)?
    /// Where tasks run that do not run where their instance does.
    var executors = TaskExecutors(limit: 64)
    /// About how many bytes of events go into one commit, at most. Half of what the log's can have.
    var commitBytes = 8 * 1024 * 1024
    /// After how many interrupted attempts in a row a step is in doubt; `nil` for never.
    var crashLimit: Int?
    /// Where instances wait whose steps may be what ends the process.
    var suspects = SuspectGate()
    /// Whether a run that only waits for its next attempt ends in the meantime: a service wakes it again.
    var isService = false
    /// Says when nothing more is to begin.
    var drain: DrainSignal?
    /// The control over the run; `nil` outside runs.
    var control: RunControl?
    /// What the executor offers: tasks that need other tags are left to others. `nil` for everything.
    var tags: Set<ExactText>?

    /// Whether nothing more is to begin.
    var isDraining: Bool { drain?.isSet == true || control?.isStopping == true }

    func state(of instance: InstanceID) async throws(WorkflowError) -> InstanceState? {
        try await WorkflowError.translating { () throws(BackendError) in try await backend.state(of: instance) }
    }

    /// Returns at the given moment, or when the instance has a revision above the given one, or when the calling task is
    /// cancelled.
    func waitForChange(of instance: InstanceID, after revision: UInt64, until moment: Timestamp) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await backend.waitForChange(of: instance, after: revision) }
            // A cancelled sleep ends the wait like one that is over: the caller looks at the time.
            group.addTask { try? await clock.sleep(until: moment) }
            await group.next()
            group.cancelAll()
        }
    }
}
