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
/// Any number of instances may run at once, each in the task that called ``run(_:id:input:onConflict:)`` or
/// ``resume(_:id:)``; what waits for the disk at the same time shares its syncs. One instance is run by one executor at a
/// time.
public final class Engine: Sendable {
    /// Where the instances are kept.
    public let backend: any Backend
    let executor: String
    let environment: RunEnvironment
    /// The log that this engine opened itself, and closes.
    private let ownLog: LogBackend?

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
        backend = log
        executor = options.executor
        environment = RunEnvironment(log, options)
    }

    /// An engine on a backend that others may use too.
    public init(backend: any Backend, options: EngineOptions = EngineOptions()) {
        ownLog = nil
        self.backend = backend
        executor = options.executor
        environment = RunEnvironment(backend, options)
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

    // MARK: Running

    /// Begins an instance and runs it until it ends or has to wait for something outside.
    ///
    /// The workflow's failure is a status, not an error. If the calling task is cancelled, what runs is cancelled with it, and
    /// the instance can be resumed.
    ///
    /// - Parameters:
    ///   - workflow: What to run.
    ///   - id: 1 to 256 bytes of UTF-8, chosen by you: submitting the same thing twice then does it once.
    ///   - input: What the workflow takes.
    ///   - policy: What to do if there is an instance of this id.
    /// - Throws: ``WorkflowError``: the instance exists, the id is not valid, the input cannot be stored, storage failed, the
    ///   calling task was cancelled.
    public func run<Input, Output>(
        _ workflow: Workflow<Input, Output>, id: InstanceID, input: Input, onConflict policy: ConflictPolicy = .fail
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        let existing = try await existing(id, as: workflow, policy)
        if let existing, policy == .useExisting { return try status(existing, as: workflow) }
        return try await withLease(on: id, takingOver: policy == .terminateExisting) { lease throws(WorkflowError) in
            // Only now nobody else can begin it.
            let state = try await self.existing(id, as: workflow, policy)
            if let state, policy == .useExisting { return try self.status(state, as: workflow) }
            let submission = try self.submission(workflow, id, input)
            var run = InstanceRun(
                state ?? InstanceState(id), of: workflow.name, graph: workflow.graph, under: lease, in: self.environment
            )
            let isReplacing = state?.phase.canBeSuperseded == true
            return try self.status(try await run.submit(submission, superseding: isReplacing), as: workflow)
        }
    }

    /// Goes on with an instance where it stands: after a crash, a pause, a wait.
    ///
    /// What had completed does not run again. Attempts that were interrupted are repeated, or are in doubt if the task may run at
    /// most once. An instance that has ended stays as it is.
    ///
    /// - Throws: ``WorkflowError``: there is no such instance, it goes by another definition, another executor runs it, storage
    ///   failed, the calling task was cancelled.
    public func resume<Input, Output>(
        _ workflow: Workflow<Input, Output>, id: InstanceID
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        try id.check()
        let known = try await require(id, as: workflow)
        if known.phase.isEnded { return try status(known, as: workflow) }
        return try await withLease(on: id, takingOver: false) { lease throws(WorkflowError) in
            let state = try await self.require(id, as: workflow)
            var run = InstanceRun(
                state, of: workflow.name, graph: workflow.graph, under: lease, in: self.environment)
            return try self.status(try await run.resume(), as: workflow)
        }
    }

    /// Begins an instance without running it: ``resume(_:id:)`` does, now or later, here or elsewhere.
    ///
    /// - Returns: Its status, or that of the instance that is there if `policy` says to use it.
    /// - Throws: ``WorkflowError``, as ``run(_:id:input:onConflict:)``.
    @discardableResult
    public func submit<Input, Output>(
        _ workflow: Workflow<Input, Output>, id: InstanceID, input: Input, onConflict policy: ConflictPolicy = .fail
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        while true {
            let state = try await existing(id, as: workflow, policy)
            if let state, policy == .useExisting { return try status(state, as: workflow) }
            let submission = try submission(workflow, id, input)
            var decider = Decider(
                state ?? InstanceState(id), graph: workflow.graph, codecs: environment.codecs, executor: executor)
            if state?.phase.canBeSuperseded == true { decider.supersede(at: environment.clock.now) }
            decider.submit(submission, at: environment.clock.now)
            if try await append(decider.events) { return try status(decider.state, as: workflow) }
        }
    }

    // MARK: What is there already

    /// The instance that a new one would collide with, if the policy lets it; `nil` if there is none.
    private func existing<Input, Output>(
        _ id: InstanceID, as workflow: Workflow<Input, Output>, _ policy: ConflictPolicy
    ) async throws(WorkflowError) -> InstanceState? {
        try id.check()
        guard let state = try await environment.state(of: id) else { return nil }
        switch state.phase {
        case .unsubmitted, .superseded, .deleted: return state
        case .active, .paused, .completed, .failed, .cancelled: break
        }
        if policy == .terminateExisting { return state }
        try check(state, against: workflow)
        if policy == .fail { throw .instanceExists(id) }
        return state
    }

    private func require<Input, Output>(
        _ id: InstanceID, as workflow: Workflow<Input, Output>
    ) async throws(WorkflowError) -> InstanceState {
        let state = try await submittedState(of: id)
        try check(state, against: workflow)
        return state
    }

    private func check<Input, Output>(
        _ state: InstanceState, against workflow: Workflow<Input, Output>
    ) throws(WorkflowError) {
        guard state.definition == workflow.definitionHash else {
            throw .definitionMismatch(state.id, expected: workflow.definitionHash, found: state.definition)
        }
        if state.hasUnknownEvents { throw .newerHistory(state.id) }
    }

    private func submission<Input, Output>(
        _ workflow: Workflow<Input, Output>, _ id: InstanceID, _ input: Input
    ) throws(WorkflowError) -> Event.Submitted {
        let payload: Payload
        do throws(ValueError) {
            payload = try environment.codecs.encode(input)
        } catch {
            throw .notEncodable(what: "input", id, reason: error.reason)
        }
        return Event.Submitted(
            workflow: workflow.name, definition: workflow.definitionHash, input: payload, metadata: workflow.metadata,
            priority: 3)
    }

    // MARK: Leases

    private func withLease<Result: Sendable>(
        on id: InstanceID, takingOver: Bool, _ body: (Lease) async throws(WorkflowError) -> Result
    ) async throws(WorkflowError) -> Result {
        let lease = try await WorkflowError.translating { () throws(BackendError) in
            try await backend.acquireLease(on: id, by: executor, takingOver: takingOver)
        }
        do throws(WorkflowError) {
            let result = try await body(lease)
            await backend.release(lease)
            return result
        } catch {
            await backend.release(lease)
            throw error
        }
    }
}

extension RunEnvironment {
    init(_ backend: any Backend, _ options: EngineOptions) {
        self.init(
            backend: backend, clock: options.clock,
            codecs: Codecs(writing: options.codec, reading: options.otherCodecs))
    }
}

extension InstancePhase {
    /// Whether a new run needs this one to be ended first.
    fileprivate var canBeSuperseded: Bool {
        switch self {
        case .unsubmitted, .superseded, .deleted: false
        case .active, .paused, .completed, .failed, .cancelled: true
        }
    }
}

extension InstanceID {
    /// Refuses what cannot be the id of an instance.
    func check() throws(WorkflowError) {
        let length = rawValue.utf8.count
        if length == 0 { throw .invalidInstanceID("instance_id must not be empty") }
        if length > 256 {
            throw .invalidInstanceID("instance_id length \(length) exceeds maximum 256 bytes")
        }
    }
}
