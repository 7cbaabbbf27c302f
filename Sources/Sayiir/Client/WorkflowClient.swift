public import SayiirEvents
public import SayiirProjection

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
        self.executor = executor
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
    ///   - policy: What to do if there is an instance of this id.
    /// - Returns: Its status, or that of the instance that is there if `policy` says to use it.
    /// - Throws: ``WorkflowError``: the instance exists, the id is not valid, the input cannot be stored, storage failed.
    @discardableResult
    public func submit<Input, Output>(
        _ workflow: Workflow<Input, Output>, id: InstanceID, input: Input, priority: Int = 3,
        onConflict policy: ConflictPolicy = .fail
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        while true {
            let state = try await lookUp(id, as: workflow, policy)
            if state.phase.takesID, policy == .useExisting { return try status(state, as: workflow) }
            let submission = try await submission(workflow, id, input, priority: priority)
            var decider = Decider(state, graph: workflow.graph, codecs: environment.codecs, executor: executor)
            if state.phase.takesID { decider.supersede(at: environment.clock.now) }
            decider.submit(submission, at: environment.clock.now)
            if try await append(decider.events) { return try status(decider.state, as: workflow) }
        }
    }

    // MARK: Control

    /// Asks an instance to stop for good. It takes effect between two steps, or ends a wait; nothing that ran is undone.
    ///
    /// An instance that nobody runs is cancelled when it is resumed. Asking again changes nothing: the first reason counts.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notPossible(_:_:_:)`` if it has completed or failed.
    public func cancel(_ id: InstanceID, by actor: String? = nil, reason: String? = nil) async throws(WorkflowError) {
        try await apply(.cancel, to: id, by: actor, reason: reason)
    }

    /// Asks an instance to stand still. It takes effect between two steps; ``unpause(_:by:reason:)`` ends it.
    ///
    /// An instance that nobody runs is paused when it is resumed. Asking again changes nothing.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notPossible(_:_:_:)`` if it has ended.
    public func pause(_ id: InstanceID, by actor: String? = nil, reason: String? = nil) async throws(WorkflowError) {
        try await apply(.pause, to: id, by: actor, reason: reason)
    }

    /// Ends a pause, or takes back the wish for one. Runs nothing: ``Engine/resume(_:id:)`` does.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notPossible(_:_:_:)`` if it is not paused.
    public func unpause(_ id: InstanceID, by actor: String? = nil, reason: String? = nil) async throws(WorkflowError) {
        try await apply(.unpause, to: id, by: actor, reason: reason)
    }

    /// Records a person's decision about a step of which nobody knows whether it finished. ``Engine/resume(_:id:)`` goes on from there.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notInDoubt(_:_:)``.
    public func resolveDoubt(
        of step: Step, in id: InstanceID, as resolution: Event.DoubtResolved.Resolution, by actor: String? = nil,
        reason: String? = nil
    ) async throws(WorkflowError) {
        try await apply(.resolveDoubt(step, resolution), to: id, by: actor, reason: reason)
    }

    // Disfavored, so that a wrong payload of a declared signal is reported with its type.
    /// Sends a signal to an instance. Durable when this returns.
    ///
    /// It is kept until a node that waits for a signal of this name consumes it, first in, first out. So it may be sent before the
    /// wait begins, and even before the instance is submitted. What an instance that has ended did not consume stays unread.
    /// Runs nothing: an executor that waits takes it at once, otherwise ``Engine/resume(_:id:)`` does.
    ///
    /// - Parameters:
    ///   - name: The signal's name, as the flow has it.
    ///   - id: The instance.
    ///   - payload: What the waiting node takes.
    ///   - deduplicationID: The sender's own id for this delivery: a second one with the same id is dropped.
    ///   - actor: Who sends it, for the history.
    /// - Throws: ``WorkflowError/notEncodable(what:_:reason:)``, ``WorkflowError/invalidInstanceID(_:)``,
    ///   ``WorkflowError/backend(_:)``.
    @_disfavoredOverload
    public func signal(
        _ name: String, to id: InstanceID, payload: some Encodable & Sendable, deduplicationID: String? = nil,
        by actor: String? = nil
    ) async throws(WorkflowError) {
        try id.check()
        let value: Payload
        do throws(ValueError) {
            value = try environment.codecs.encode(payload)
        } catch {
            throw .notEncodable(what: "payload of signal '\(name)'", id, reason: error.reason)
        }
        while true {
            let state = try await environment.state(of: id)
            if let deduplicationID, state?.mailbox.hasSeen(deduplicationID: deduplicationID) == true { return }
            let body = Event.SignalReceived(signal: name, payload: value, deduplicationID: deduplicationID)
            let event = Event(
                instance: id, revision: (state?.revision ?? 0) + 1, time: environment.clock.now, actor: actor,
                body: .signalReceived(body))
            if try await append([event]) { return }
        }
    }

    private func apply(
        _ control: Control, to id: InstanceID, by actor: String?, reason: String?
    ) async throws(WorkflowError) {
        while true {
            let state = try await submittedState(of: id)
            guard let body = try control.decide(on: state) else { return }
            let event = Event(
                instance: id, revision: state.revision + 1, time: environment.clock.now, actor: actor, reason: reason,
                body: body)
            if try await append([event]) { return }
        }
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
        try status(try await submittedState(of: id), as: workflow)
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
        let state = try await submittedState(of: id)
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

    /// Returns when an instance has ended, one way or another.
    ///
    /// - Throws: ``WorkflowError/instanceNotFound(_:)``, ``WorkflowError/notDecodable(what:_:expected:reason:)``,
    ///   ``WorkflowError/backend(_:)``; ``WorkflowError/interrupted(_:)`` if the calling task is cancelled.
    public func waitForCompletion<Input, Output>(
        of id: InstanceID, as workflow: Workflow<Input, Output>
    ) async throws(WorkflowError) -> WorkflowStatus<Output> {
        let state = try await WorkflowError.translating { () throws(BackendError) in
            try await backend.stateAtEnd(of: id)
        }
        let ended = try requireSubmitted(state, id)
        guard ended.phase.isEnded else { throw .interrupted(id) }
        return try status(ended, as: workflow)
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
