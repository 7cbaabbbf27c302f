public import SayiirEvents
public import SayiirProjection
internal import ServiceLifecycle

/// Submits, controls and watches instances, and executes none.
///
/// ```swift
/// try await client.submit(welcome, id: "user-42", input: 42)
/// try await client.signal(confirmed, to: "user-42", payload: true)     // let confirmed = Signal("confirmed", of: Bool.self)
/// let status = try await client.waitForCompletion(of: "user-42", as: welcome)
/// ```
///
/// What is asked is durable when the call returns. An ``Engine`` that runs as a service on the same backend takes it up at once.
public struct WorkflowClient: Sendable {
    let executor: String
    let environment: RunEnvironment

    private var backend: any Backend { environment.backend }

    /// A client of a backend. An engine has one of its own: ``Engine/client``.
    public init(backend: any Backend, options: EngineOptions = EngineOptions()) {
        self.init(executor: options.executor, environment: RunEnvironment(backend, options))
    }

    init(executor: String, environment: RunEnvironment) {
        self.executor = executor.asExecutor
        self.environment = environment
    }

    // MARK: Submitting

    /// Begins an instance without running it: an executor does, now or later, here or elsewhere.
    ///
    /// - Parameters:
    ///   - workflow: What is to be run.
    ///   - id: 1 to 256 bytes of UTF-8.
    ///   - input: What the workflow takes.
    ///   - priority: From 1 (critical) to 5 (minimal): which instances go first where not all can run.
    ///   - deadline: How long the run may take from now on, at least 0, in place of the workflow's own ``Workflow/deadline``. A run that
    ///     has not ended then fails with a failure of the type `DeadlineExceeded`; see ``FlowBuilder/deadline(_:)``.
    ///   - policy: What to do if there is an instance of this id.
    /// - Returns: Its status, or that of the instance that is there if `policy` says to use it.
    /// - Throws: ``WorkflowError``: the instance exists, the id is not valid, the input cannot be stored, storage failed.
    @discardableResult
    public func submit<Input, Output>(
        _ workflow: Workflow<Input, Output>, id: InstanceID, input: Input, priority: Int = 3,
        deadline: Duration? = nil, onConflict policy: ConflictPolicy = .fail
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        while true {
            let state = try await lookUp(id, as: workflow, policy)
            if state.phase.takesID, policy != .terminateExisting { return try status(state, as: workflow) }
            let payload = try encode(input, for: id)
            let submission = try await submission(workflow, payload, priority: priority, deadline: deadline)
            var decider = Decider(state, graph: workflow.graph, codecs: environment.codecs, executor: executor)
            if state.phase.takesID { decider.supersede(at: environment.clock.now) }
            decider.submit(submission, at: environment.clock.now)
            if try await append(decider.events) { return try status(decider.state, as: workflow) }
        }
    }

    // MARK: Control

    /// Asks an instance to stop for good. Nothing that ran is undone.
    ///
    /// If no executor runs the instance, it is cancelled when this returns, whether or not its workflow is registered anywhere. If one
    /// does, the Swift task that runs its code is cancelled; what the code returns all the same is stored, and whatever it throws then
    /// ends the instance as cancelled. Of several requests that are pending the last reason counts. A paused instance is
    /// cancelled when its pause ends.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notPossible(_:_:_:)`` if it has completed or failed,
    ///   ``WorkflowError/textTooLong(what:byteCount:limit:)`` above 64 KiB of `actor` or `reason`.
    @discardableResult
    public func cancel(
        _ id: InstanceID, by actor: String? = nil, reason: String? = nil
    ) async throws(WorkflowError) -> RequestReceipt { try await apply(.cancel, to: id, by: actor, reason: reason) }

    /// Asks an instance to stand still until ``unpause(_:by:reason:)`` ends that.
    ///
    /// If no executor runs the instance, it is paused when this returns; otherwise it is paused between two steps. Asking again
    /// changes nothing.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notPossible(_:_:_:)`` if it has ended.
    @discardableResult
    public func pause(
        _ id: InstanceID, by actor: String? = nil, reason: String? = nil
    ) async throws(WorkflowError) -> RequestReceipt { try await apply(.pause, to: id, by: actor, reason: reason) }

    /// Ends a pause, or takes back the wish for one. Runs nothing: ``Engine/resume(_:id:)`` does.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notPossible(_:_:_:)`` if it is not paused.
    @discardableResult
    public func unpause(
        _ id: InstanceID, by actor: String? = nil, reason: String? = nil
    ) async throws(WorkflowError) -> RequestReceipt { try await apply(.unpause, to: id, by: actor, reason: reason) }

    /// Records a person's decision about a step of which nobody knows whether it finished. ``Engine/resume(_:id:)`` goes on from there.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notInDoubt(_:_:)``.
    @discardableResult
    public func resolveDoubt(
        of step: Step, in id: InstanceID, as resolution: Event.DoubtResolved.Resolution, by actor: String? = nil,
        reason: String? = nil
    ) async throws(WorkflowError) -> RequestReceipt {
        var resolution = resolution
        switch resolution {
        case .failed(let failure): resolution = .failed(failure.bounded)
        case .completed(let output):
            if let problem = Codecs.problem(with: output) {
                throw .notEncodable(what: "output of '\(step)'", id, reason: problem)
            }
        case .rerun, .unknown: break
        }
        return try await apply(.resolveDoubt(step, resolution), to: id, by: actor, reason: reason)
    }

    private func apply(
        _ control: Control, to id: InstanceID, by actor: String?, reason: String?
    ) async throws(WorkflowError) -> RequestReceipt {
        try Self.check(actor: actor, reason: reason)
        while true {
            var state = try await submittedState(of: id)
            guard let body = try control.decide(on: state, by: actor, reason: reason) else {
                let settled = try await environment.settle(state, by: executor)
                return try await receipt(for: settled, isRecorded: false)
            }
            let event = Event(
                instance: id, revision: state.revision + 1, time: environment.clock.now, actor: actor, reason: reason,
                body: body)
            // In one commit with its effect, so that a service does not come in between.
            if let stopped = try await environment.apply(event, to: state, by: executor) {
                return try await receipt(for: stopped, isRecorded: true)
            }
            guard try await append([event]) else { continue }
            state.apply(event)
            let settled = try await environment.settle(state, by: executor)
            return try await receipt(for: settled, isRecorded: true)
        }
    }

    private func receipt(for state: InstanceState, isRecorded: Bool) async throws(WorkflowError) -> RequestReceipt {
        RequestReceipt(
            isRecorded: isRecorded, status: state.status,
            isServed: try await isServed(state.phase.isEnded ? nil : state.served))
    }

    /// Whether a running service serves a workflow; `nil` if there is none to ask about, or no service.
    func isServed(_ workflow: ServedWorkflow?) async throws(WorkflowError) -> Bool? {
        guard let workflow else { return nil }
        return try await WorkflowError.translating { () throws(BackendError) in
            try await backend.servedWorkflows()
        }?.contains(workflow)
    }

    /// Refuses an actor or a reason that is too long for the history.
    static func check(actor: String?, reason: String?) throws(WorkflowError) {
        try check(actor, "actor", limit: TextLimits.remark)
        try check(reason, "reason", limit: TextLimits.remark)
    }

    static func check(_ text: String?, _ what: String, limit: Int) throws(WorkflowError) {
        let count = text?.utf8.count ?? 0
        if count > limit { throw .textTooLong(what: what, byteCount: count, limit: limit) }
    }

    /// Appends events without a lease; false if somebody else changed the instance first.
    func append(_ events: [Event]) async throws(WorkflowError) -> Bool {
        do throws(BackendError) {
            try await backend.append(events, lease: nil)
            return true
        } catch {
            if case .conflict = error { return false }
            throw .backend(error)
        }
    }

    // MARK: Views

    /// What an instance is doing.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/backend(_:)``.
    public func status(of id: InstanceID) async throws(WorkflowError) -> InstanceStatus {
        try await submittedState(of: id).status
    }

    /// What an instance of `workflow` is doing, with its output if it has completed.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notDecodable(what:_:expected:reason:)``,
    ///   ``WorkflowError/backend(_:)``.
    public func status<Input, Output>(
        of id: InstanceID, as workflow: Workflow<Input, Output>
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        try status(try await require(id, as: workflow), as: workflow)
    }

    /// All that is known of an instance.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/backend(_:)``.
    public func state(of id: InstanceID) async throws(WorkflowError) -> InstanceState {
        try await submittedState(of: id)
    }

    /// The output of a task, or the payload of a signal, of an instance; `nil` if that step has not completed, or has no
    /// value of its own.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notDecodable(what:_:expected:reason:)``,
    ///   ``WorkflowError/backend(_:)``.
    public func result<Value: Decodable & Sendable>(
        of step: Step, in id: InstanceID, as type: Value.Type = Value.self
    ) async throws(WorkflowError) -> Value? {
        guard let output = try await submittedState(of: id).steps[step]?.output else { return nil }
        return try decode(type, from: .stored(output), "output of '\(step)'", of: id)
    }

    /// The output of any step of an instance of `workflow`, also of delays, routes, loops, maps and child workflows; `nil` if the
    /// step has not completed. A fork has none: its join does.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notDecodable(what:_:expected:reason:)``,
    ///   ``WorkflowError/backend(_:)``.
    public func result<Input, Output, Value: Decodable & Sendable>(
        of step: Step, in id: InstanceID, of workflow: Workflow<Input, Output>, as type: Value.Type = Value.self
    ) async throws(WorkflowError) -> Value? {
        let state = try await require(id, as: workflow)
        let isDelaying = if case .delaying = state.steps[step]?.status { true } else { false }
        guard state.steps[step]?.isCompleted == true || isDelaying else { return nil }
        if case .fork = workflow.graph[step.node]?.kind { return nil }
        do throws(ValueError) {
            let output = try ValueTable(graph: workflow.graph, codecs: environment.codecs).output(of: step, in: state)
            return try output.get(as: type, with: environment.codecs)
        } catch {
            throw .notDecodable(what: "output of '\(step)'", id, expected: "\(type)", reason: error.reason)
        }
    }

    /// What happens to an instance, from the given event on and as it happens, until its run has ended.
    ///
    /// - Parameters:
    ///   - id: The instance; it need not exist yet.
    ///   - sequence: The ``/SayiirEvents/RecordedEvent/sequence`` of the last event that is known already; 0 for all.
    public func events(of id: InstanceID, after sequence: UInt64 = 0) -> InstanceEvents {
        InstanceEvents(of: id, after: sequence, from: backend)
    }

    /// Returns when an instance has ended, one way or another: at once if it has.
    ///
    /// Under swift-service-lifecycle it ends at a graceful shutdown as well, so that a request handler does not hold that up.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/definitionMismatch(_:_:)``,
    ///   ``WorkflowError/notDecodable(what:_:expected:reason:)``, ``WorkflowError/backend(_:)``;
    ///   ``WorkflowError/waitInterrupted(_:)`` if the calling task is cancelled or asked to shut down gracefully.
    public func waitForCompletion<Input, Output>(
        of id: InstanceID, as workflow: Workflow<Input, Output>
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        let backend = backend
        let waiting = Task {
            do throws(BackendError) {
                return Result<InstanceState?, BackendError>.success(
                    try await backend.stateAtEnd(of: id) { $0.phase != .unsubmitted && !workflow.serves($0) })
            } catch {
                return .failure(error)
            }
        }
        let result = await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await waiting.value
            } onGracefulShutdown: {
                waiting.cancel()
            }
        } onCancel: {
            waiting.cancel()
        }
        let state = try await WorkflowError.translating { () throws(BackendError) in try result.get() }
        let known = try requireSubmitted(state, id)
        try await check(known, against: workflow)
        guard known.phase.isEnded else { throw .waitInterrupted(id) }
        return try status(known, as: workflow)
    }

    /// The live instances that no running service serves: no workflow of their name and definition is registered. They wait until one is,
    /// and can be cancelled. Costs time in proportion to the number of live instances.
    ///
    /// - Throws: ``WorkflowError/backend(_:)``.
    public func unserved() async throws(WorkflowError) -> [InstanceSummary] {
        try await WorkflowError.translating { () throws(BackendError) in
            let served = try await backend.servedWorkflows() ?? []
            return try await backend.liveInstances().filter { instance in
                instance.phase != .unsubmitted && (instance.served.map { !served.contains($0) } ?? true)
            }
        }
    }

    /// What happened to an instance, oldest first.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/backend(_:)``.
    public func history(of id: InstanceID) async throws(WorkflowError) -> [RecordedEvent] {
        let events = try await WorkflowError.translating { () throws(BackendError) in
            try await backend.history(of: id)
        }
        if events.isEmpty { throw .instanceNotFound(id) }
        return events
    }

    /// The instances that have not ended, in no particular order.
    ///
    /// - Throws: ``WorkflowError/backend(_:)``.
    public func liveInstances() async throws(WorkflowError) -> [InstanceSummary] {
        try await WorkflowError.translating { () throws(BackendError) in try await backend.liveInstances() }
    }

    /// All instances, in no particular order. On a log it reads the whole of it.
    ///
    /// - Throws: ``WorkflowError/backend(_:)``.
    public func instances() async throws(WorkflowError) -> [InstanceSummary] {
        try await WorkflowError.translating { () throws(BackendError) in try await backend.instances() }
    }

    // MARK: Reading

    /// The state of an instance that was submitted.
    func submittedState(of id: InstanceID) async throws(WorkflowError) -> InstanceState {
        try requireSubmitted(try await environment.state(of: id), id)
    }

    private func requireSubmitted(
        _ state: InstanceState?, _ id: InstanceID
    ) throws(WorkflowError) -> InstanceState {
        guard let state, state.phase != .unsubmitted, state.phase != .deleted else { throw .instanceNotFound(id) }
        return state
    }

    func status<Input, Output>(
        _ state: InstanceState, as workflow: Workflow<Input, Output>
    ) throws(WorkflowError) -> WorkflowStatus<Output> {
        guard state.phase == .completed else { return WorkflowStatus(id: state.id, status: state.status, output: nil) }
        do throws(ValueError) {
            let values = ValueTable(graph: workflow.graph, codecs: environment.codecs)
            let output = try values.output(of: Graph.root, [], state).get(as: Output.self, with: environment.codecs)
            return WorkflowStatus(id: state.id, status: state.status, output: output)
        } catch {
            throw .notDecodable(what: "output", state.id, expected: "\(Output.self)", reason: error.reason)
        }
    }

    private func decode<Value: Decodable & Sendable>(
        _ type: Value.Type, from value: NodeValue, _ what: String, of id: InstanceID
    ) throws(WorkflowError) -> Value {
        do throws(ValueError) {
            return try value.get(as: type, with: environment.codecs)
        } catch {
            throw .notDecodable(what: what, id, expected: "\(type)", reason: error.reason)
        }
    }
}
