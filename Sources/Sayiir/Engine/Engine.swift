public import SayiirEvents
internal import SayiirProjection

/// Runs workflows durably.
///
/// ```swift
/// let engine = try await Engine(directory: "jobs.sayiir")
/// let status = try await engine.run(welcome, id: "user-42", input: 42)
/// ```
///
/// Every step's output is on stable storage before the next step begins, in one write and one sync. If the process dies, a
/// later one resumes each instance where it was; a step whose output was stored never runs again.
///
/// There are two ways to use an engine, which go together:
///
/// - *By hand*: ``run(_:id:input:onConflict:)`` and ``resume(_:id:)`` run one instance in the calling task, until it ends or
///   has to wait for something outside.
/// - *As a service*: ``register(_:)`` says what can be run, ``run()`` takes up all live instances and then whatever the
///   ``client`` submits, wakes what waits when its time or signal has come, and ends with the program. A crash needs no code.
///
/// Any number of instances may run at once; what waits for the disk at the same time shares its syncs. One instance is run by one
/// executor at a time.
public final class Engine: Sendable {
    /// Submits, controls and watches instances.
    public let client: WorkflowClient
    let registry = WorkflowRegistry()
    let report = ServiceReport()
    let options: EngineOptions
    /// The log that this engine opened itself, and closes.
    private let ownLog: LogBackend?

    /// Where the instances are kept.
    public var backend: any Backend { environment.backend }
    var environment: RunEnvironment { client.environment }

    /// An engine on a log of its own in `directory`, which is created if it is missing.
    ///
    /// The log has one writer: a second engine on the same directory, in this process or another, is refused.
    ///
    /// - Throws: ``WorkflowError/backend(_:)`` if the log cannot be opened; its text says why and what to do.
    public init(directory: String, options: EngineOptions = EngineOptions()) async throws(WorkflowError) {
        let log = try await WorkflowError.translating { () throws(BackendError) in
            try await LogBackend.open(directory: directory, options: options.log)
        }
        ownLog = log
        self.options = options
        client = WorkflowClient(backend: log, options: options)
        log.warnAboutHeldThreads(options)
    }

    /// An engine on a backend that others may use too.
    public init(backend: any Backend, options: EngineOptions = EngineOptions()) {
        ownLog = nil
        self.options = options
        client = WorkflowClient(backend: backend, options: options)
        (backend as? LogBackend)?.warnAboutHeldThreads(options)
    }

    /// Makes all that was acknowledged known to the log as durable, and gives up the directory. What runs is not waited for: its
    /// next step fails. Does nothing on a backend that was given.
    ///
    /// A process that ends without this loses nothing.
    ///
    /// - Throws: ``WorkflowError/backend(_:)`` if the log was closed before or had failed.
    public func close() async throws(WorkflowError) {
        try await WorkflowError.translating { () throws(BackendError) in try await ownLog?.close() }
    }

    // MARK: Running by hand

    /// Begins an instance and runs it until it ends or has to wait for something outside.
    ///
    /// The workflow's failure is a status, not an error. If the calling task is cancelled, what runs is cancelled with it, and
    /// the instance can be resumed: whatever the code throws then is an interruption, never a failure. Code that ignores
    /// cancellation is waited for as long as ``EngineOptions/cancellationGracePeriod`` says.
    ///
    /// In a service of swift-service-lifecycle, code that runs ends and further steps run at a graceful shutdown. A wait for a retry ends at
    /// once, with ``WorkflowError/interrupted(_:)``.
    ///
    /// - Parameters:
    ///   - workflow: What to run.
    ///   - id: 1 to 256 bytes of UTF-8, chosen by you: submitting the same thing twice then does it once.
    ///   - input: What the workflow takes. An input that cannot be stored leaves the instance that is there as it is.
    ///   - policy: What to do if there is an instance of this id. With ``ConflictPolicy/resume`` the same call begins an instance
    ///     and, after a crash, continues it.
    /// - Throws: ``WorkflowError``: the instance exists, it goes by another workflow, the id is not valid, the input cannot be stored,
    ///   storage failed, the calling task was cancelled.
    public func run<Input, Output>(
        _ workflow: Workflow<Input, Output>, id: InstanceID, input: Input, onConflict policy: ConflictPolicy = .fail
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        try await run(workflow, id: id, input: input, within: nil, policy)
    }

    /// Begins an instance whose run fails if it has not ended by a deadline, and runs it like ``run(_:id:input:onConflict:)``.
    ///
    /// If the run waits for something outside and this returns, the deadline takes effect when the instance is resumed.
    ///
    /// - Parameters:
    ///   - workflow: What to run.
    ///   - id: 1 to 256 bytes of UTF-8.
    ///   - input: What the workflow takes.
    ///   - deadline: How long the run may take from now on, at least 0, in place of the workflow's own; see ``FlowBuilder/deadline(_:)``.
    ///   - policy: What to do if there is an instance of this id.
    /// - Throws: ``WorkflowError``, like ``run(_:id:input:onConflict:)``; ``WorkflowError/invalidDeadline(_:)``.
    public func run<Input, Output>(
        _ workflow: Workflow<Input, Output>, id: InstanceID, input: Input, deadline: Duration,
        onConflict policy: ConflictPolicy = .fail
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        try await run(workflow, id: id, input: input, within: deadline, policy)
    }

    private func run<Input, Output>(
        _ workflow: Workflow<Input, Output>, id: InstanceID, input: Input, within deadline: Duration?,
        _ policy: ConflictPolicy
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        try id.check()
        while true {
            let known = try await client.lookUp(id, as: workflow, policy)
            if known.phase.takesID {
                switch policy {
                case .useExisting: return try client.status(known, as: workflow)
                case .resume: return try await resumeUnlessRunning(workflow, known)
                // `lookUp` has thrown.
                case .fail: throw .instanceExists(id)
                case .terminateExisting: break
                }
            }
            // Before the lease is taken, so that an input which is refused changes nothing.
            let payload = try client.encode(input, for: id)
            do throws(WorkflowError) {
                let takesOver = policy == .terminateExisting
                let begun = try await withLease(on: id, workflow.graph, takingOver: takesOver) {
                    (lease, environment) throws(WorkflowError) in
                    try await self.begin(
                        workflow, id, payload, deadline, policy, under: lease, in: environment)
                }
                if let begun { return try client.status(begun.state, as: workflow) }
            } catch {
                guard case .alreadyRunning = error else { throw error }
                // Another caller is just beginning it. What it stores decides.
                try await waitForBeginning(of: id, after: known)
            }
        }
    }

    private func waitForBeginning(of id: InstanceID, after known: InstanceState) async throws(WorkflowError) {
        await withTaskGroup(of: Void.self) { [backend] group in
            group.addTask { await backend.waitForChange(of: id, after: known.revision) }
            // The caller that has the lease may fail. The engine's clock may be one that a test moves.
            group.addTask { try? await Task.sleep(for: .milliseconds(100)) }
            await group.next()
            group.cancelAll()
        }
        if Task.isCancelled { throw .interrupted(id) }
    }

    /// Begins an instance under a lease; `nil` if another client changed it in the meantime.
    private func begin<Input, Output>(
        _ workflow: Workflow<Input, Output>, _ id: InstanceID, _ payload: Payload, _ deadline: Duration?,
        _ policy: ConflictPolicy, under lease: Lease, in environment: RunEnvironment
    ) async throws(WorkflowError) -> LeftInstance? {
        // Only now no other executor can begin it.
        let state = try await client.lookUp(id, as: workflow, policy)
        if state.phase.takesID, policy != .terminateExisting { return nil }
        let submission = try await client.submission(workflow, payload, priority: 3, deadline: deadline)
        do throws(WorkflowError) {
            return try await InstanceRun.perform(
                on: state, of: workflow.name, in: submission.traceContext, workflow.graph, under: lease, in: environment
            ) { run throws(WorkflowError) in try await run.submit(submission, superseding: state.phase.takesID) }
        } catch {
            if case .backend(.conflict) = error { return nil }
            throw error
        }
    }

    /// Goes on with an instance where it stands: after a crash, a pause, a wait.
    ///
    /// What had completed does not run again. Attempts that were interrupted are repeated, or are in doubt if the task may run at
    /// most once. An instance that has ended stays as it is.
    ///
    /// - Throws: ``WorkflowError``: there is no such instance, it goes by another workflow, another executor runs it, storage
    ///   failed, the calling task was cancelled.
    public func resume<Input, Output>(
        _ workflow: Workflow<Input, Output>, id: InstanceID
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        try id.check()
        return try await resume(workflow, try await client.require(id, as: workflow))
    }

    private func resume<Input, Output>(
        _ workflow: Workflow<Input, Output>, _ known: InstanceState
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        if known.phase.isEnded { return try client.status(known, as: workflow) }
        let left = try await withLease(on: known.id, workflow.graph, takingOver: false) {
            (lease, environment) throws(WorkflowError) in
            let state = try await self.client.require(known.id, as: workflow)
            return try await InstanceRun.perform(
                on: state, of: state.workflow, in: state.traceContext, workflow.graph, under: lease, in: environment
            ) { run throws(WorkflowError) in try await run.resume() }
        }
        return try client.status(left?.state ?? known, as: workflow)
    }

    /// Resumes an instance; if another executor runs it, returns its status.
    private func resumeUnlessRunning<Input, Output>(
        _ workflow: Workflow<Input, Output>, _ known: InstanceState
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        do throws(WorkflowError) {
            return try await resume(workflow, known)
        } catch {
            guard case .alreadyRunning = error else { throw error }
            return try client.status(try await client.require(known.id, as: workflow), as: workflow)
        }
    }

    /// Runs `body` with the right to run an instance, in a Swift task of its own, and lets a service know if it may have to go on
    /// with the instance.
    ///
    /// - Returns: What `body` does: how the instance was left, if it was run.
    private func withLease(
        on id: InstanceID, _ graph: Graph, takingOver: Bool,
        _ body: @escaping @Sendable (Lease, RunEnvironment) async throws(WorkflowError) -> LeftInstance?
    ) async throws(WorkflowError) -> LeftInstance? {
        let (backend, name) = (backend, client.executor)
        let lease = try await WorkflowError.translating { () throws(BackendError) in
            try await backend.acquireLease(on: id, by: name, takingOver: takingOver)
        }
        var environment = environment
        let control = RunControl()
        environment.control = control
        await environment.observe(lease, for: control)
        let result = await supervise(control, id) { [environment] () throws(WorkflowError) in
            try await body(lease, environment)
        }
        var left = (try? result.get()).flatMap { $0 }
        await backend.release(lease, leaving: left?.rest(in: graph))
        guard left?.state.phase.isEnded != true else { return left }
        // A request that came after the last look has nobody else to apply it.
        if let known = try? await environment.state(of: id),
            let settled = try? await environment.settle(known, by: name), settled.revision > known.revision
        {
            left?.state = settled
        }
        await backend.announce(id)
        if let left { return left }
        return try result.get()
    }

    private func supervise(
        _ control: RunControl, _ id: InstanceID,
        _ body: @escaping @Sendable () async throws(WorkflowError) -> LeftInstance?
    ) async -> Result<LeftInstance?, WorkflowError> {
        let grace = options.cancellationGracePeriod.boundedWait
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                control.start(on: environment.taskExecutor) {
                    do throws(WorkflowError) {
                        return Result<LeftInstance?, WorkflowError>.success(try await body())
                    } catch {
                        return .failure(error)
                    }
                } finished: { result in
                    continuation.resume(returning: result)
                } abandoned: { reason in
                    continuation.resume(
                        returning: .failure(reason == .leaseLost ? .takenOver(id) : .interrupted(id)))
                }
            }
        } onCancel: {
            control.stop(.shutdown)
            Task {
                try? await Task.sleep(for: grace)
                control.abandon()
            }
        }
    }
}

extension RunEnvironment {
    init(_ backend: any Backend, _ options: EngineOptions) {
        self.init(
            Common(
                backend: backend, clock: options.clock ?? backend.clock ?? SystemClock(),
                codecs: Codecs(
                    writing: options.codec, reading: options.otherCodecs,
                    decodesEveryValue: options.decodesEveryValue),
                observer: Observer(options.middleware), logger: options.logger,
                taskExecutor: options.prefersBackendExecutor ? backend.executor : nil,
                executors: TaskExecutors(limit: options.blockingThreads), commitBytes: options.commitBytes,
                crashLimit: options.crashLimit))
    }
}
