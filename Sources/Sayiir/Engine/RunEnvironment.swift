internal import Logging
internal import SayiirEvents
internal import SayiirProjection

/// What an engine lends to each run: storage, time, codecs.
///
/// Two references: each step passes it on several times.
struct RunEnvironment: Sendable {
    /// What all runs of an engine, or of a service, have in common.
    struct Common: Sendable {
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
        /// What the executor offers: tasks that need other tags are left to others. `nil` for everything.
        var tags: Set<ExactText>?
    }

    private final class Storage: Sendable {
        let common: Common
        init(_ common: Common) { self.common = common }
    }

    private let storage: Storage
    /// The control over the run; `nil` outside runs.
    var control: RunControl?

    init(_ common: Common, control: RunControl? = nil) {
        storage = Storage(common)
        self.control = control
    }

    /// The environment of the runs of a service.
    func ofService(draining drain: DrainSignal, tags: Set<ExactText>?) -> RunEnvironment {
        var common = storage.common
        common.isService = true
        common.drain = drain
        common.tags = tags
        return RunEnvironment(common)
    }

    var backend: any Backend { storage.common.backend }
    var clock: any EngineClock { storage.common.clock }
    var codecs: Codecs { storage.common.codecs }
    var observer: Observer { storage.common.observer }
    var logger: Logger { storage.common.logger }
    var taskExecutor: (any TaskExecutor)? { storage.common.taskExecutor }
    var executors: TaskExecutors { storage.common.executors }
    var commitBytes: Int { storage.common.commitBytes }
    var crashLimit: Int? { storage.common.crashLimit }
    var suspects: SuspectGate { storage.common.suspects }
    var isService: Bool { storage.common.isService }
    var drain: DrainSignal? { storage.common.drain }
    var tags: Set<ExactText>? { storage.common.tags }

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
