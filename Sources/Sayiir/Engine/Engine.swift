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
        log.warn(options)
    }

    /// An engine on a backend that others may use too.
    public init(backend: any Backend, options: EngineOptions = EngineOptions()) {
        ownLog = nil
        self.options = options
        client = WorkflowClient(backend: backend, options: options)
        (backend as? LogBackend)?.warn(options)
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
                let begun = try await withLease(on: id, takingOver: takesOver) { () throws(WorkflowError) in
                    try await self.plan(workflow, id, payload, deadline, policy)
                }
                if let begun { return try client.status(begun.state, as: workflow) }
            } catch {
                // Another client has changed it in the meantime.
                if case .backend(.conflict) = error { continue }
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

    /// What a run begins with that is submitted under a lease; `nil` if another client began one in the meantime.
    private func plan<Input, Output>(
        _ workflow: Workflow<Input, Output>, _ id: InstanceID, _ payload: Payload, _ deadline: Duration?,
        _ policy: ConflictPolicy
    ) async throws(WorkflowError) -> RunPlan? {
        // Only now no other executor can begin it.
        let state = try await client.lookUp(id, as: workflow, policy)
        if state.phase.takesID, policy != .terminateExisting { return nil }
        let submission = try await client.submission(workflow, payload, priority: 3, deadline: deadline)
        return RunPlan(submitting: submission, to: state, superseding: state.phase.takesID, workflow.graph)
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
        let left = try await withLease(on: known.id, takingOver: false) { () throws(WorkflowError) in
            RunPlan(from: try await self.client.require(known.id, as: workflow), workflow.graph)
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

    /// Runs an instance under a lease, in a Swift task of its own, and lets a service know if it may have to go on with the instance.
    ///
    /// - Parameter plan: Finds out, under the lease, what the run begins with; `nil` if there is nothing to run.
    /// - Returns: How the instance was left, if it was run.
    private func withLease(
        on id: InstanceID, takingOver: Bool, _ plan: () async throws(WorkflowError) -> RunPlan?
    ) async throws(WorkflowError) -> LeftInstance? {
        let lease = try await acquireLease(on: id, takingOver: takingOver)
        var environment = environment
        let control = RunControl()
        environment.control = control
        await environment.observe(lease, for: control)
        do throws(WorkflowError) {
            guard let plan = try await plan() else {
                _ = await giveBack(lease, nil)
                return nil
            }
            let left = try await perform(plan, under: lease, control, in: environment).get()
            guard left.state.phase.isEnded else { return await giveBack(lease, left, plan.graph) }
            await backend.release(lease, leaving: left.rest(in: plan.graph))
            return left
        } catch {
            _ = await giveBack(lease, nil)
            throw error
        }
    }

    /// Acquires a lease; waits for a client that is just applying a request to the instance.
    private func acquireLease(on id: InstanceID, takingOver: Bool) async throws(WorkflowError) -> Lease {
        var deadline: ContinuousClock.Instant?
        while true {
            do throws(BackendError) {
                return try await backend.acquireLease(on: id, by: client.executor, takingOver: takingOver)
            } catch {
                let end = deadline ?? .now + RequestHolder.longestHold
                deadline = end
                guard case .leaseHeld(_, let holder) = error, RequestHolder.isOne(holder), ContinuousClock.now < end
                else { throw WorkflowError(error) }
            }
            // In real time, since the engine's clock may be one that a test moves.
            do {
                try await Task.sleep(for: .milliseconds(1))
            } catch {
                throw .interrupted(id)
            }
        }
    }

    /// Gives back the lease of an instance that has not ended, and applies a request that came after the run's last look: nobody else does.
    ///
    /// - Returns: How the instance is left then.
    private func giveBack(_ lease: Lease, _ left: LeftInstance?, _ graph: Graph? = nil) async -> LeftInstance? {
        await backend.release(lease, leaving: left?.rest(in: graph))
        var left = left
        if let known = try? await environment.state(of: lease.instance),
            let settled = try? await environment.settle(known, by: client.executor), settled.revision > known.revision
        {
            left = left.map { LeftInstance(state: settled, unoffered: $0.unoffered) }
        }
        await backend.announce(lease.instance)
        return left
    }

    /// Performs a run in a Swift task of its own, and waits for its end as long as code that ignores cancellation may take.
    private func perform(
        _ plan: RunPlan, under lease: Lease, _ control: RunControl, in environment: RunEnvironment
    ) async -> Result<LeftInstance, WorkflowError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                control.start(on: environment.taskExecutor) {
                    do throws(WorkflowError) {
                        return Result<LeftInstance, WorkflowError>.success(
                            try await InstanceRun.perform(plan, under: lease, in: environment))
                    } catch {
                        return .failure(error)
                    }
                } finished: { result in
                    continuation.resume(returning: result)
                } abandoned: { [id = lease.instance] reason in
                    continuation.resume(
                        returning: .failure(reason == .leaseLost ? .takenOver(id) : .interrupted(id)))
                }
            }
        } onCancel: { [grace = options.cancellationGracePeriod.boundedWait] in
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
