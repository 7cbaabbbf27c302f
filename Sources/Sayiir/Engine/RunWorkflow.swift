public import SayiirEvents
internal import SayiirProjection

// One-line forms of what an engine does. A service that runs many workflows makes an `Engine` once.

/// Runs a workflow in memory and gives its output. Nothing is stored; if the process dies, it never was.
///
/// Delays are waited for here. A workflow that waits for a signal fails: nobody could send one.
///
/// - Throws: ``WorkflowError/failed(_:_:_:)`` if a task failed for good; ``WorkflowError/interrupted(_:)`` if the calling task
///   was cancelled.
public func runWorkflow<Input, Output>(
    _ workflow: Workflow<Input, Output>, _ input: Input, clock: any EngineClock = SystemClock()
) async throws(WorkflowError) -> Output {
    var options = EngineOptions()
    options.clock = clock
    let engine = Engine(backend: InMemoryBackend(), options: options)
    let id = InstanceID(workflow.name.isEmpty ? "workflow" : workflow.name)
    var status = try await engine.run(workflow, id: id, input: input)
    while true {
        switch status.status {
        case .waiting(_, let until):
            // The workflow's deadline may come first.
            let moment = try await engine.client.state(of: id).nextAlarm ?? until
            do {
                try await clock.sleep(until: moment)
            } catch {
                throw .interrupted(id)
            }
            status = try await engine.resume(workflow, id: id)
        case .awaitingSignal(let step, let signal, _):
            let text = "AwaitSignal '\(signal)' not supported in sync executor"
            throw .failed(id, step, Failure(type: "", message: text))
        default:
            return try status.requireOutput()
        }
    }
}

/// Runs a workflow durably and gives its output.
///
/// - Throws: ``WorkflowError``, also if the workflow has to wait for something outside:
///   ``WorkflowError/notCompleted(_:_:)``.
public func runWorkflow<Input, Output>(
    _ workflow: Workflow<Input, Output>, _ input: Input, id: InstanceID, backend: any Backend = InMemoryBackend(),
    onConflict policy: ConflictPolicy = .fail
) async throws(WorkflowError) -> Output {
    try await runDurableWorkflow(workflow, id: id, input, backend: backend, onConflict: policy).requireOutput()
}

/// Runs a workflow durably until it ends or has to wait for something outside; see ``Engine/run(_:id:input:onConflict:)``.
///
/// - Throws: ``WorkflowError``.
public func runDurableWorkflow<Input, Output>(
    _ workflow: Workflow<Input, Output>, id: InstanceID, _ input: Input, backend: any Backend = InMemoryBackend(),
    onConflict policy: ConflictPolicy = .fail
) async throws(WorkflowError) -> WorkflowStatus<Output> {
    try await Engine(backend: backend).run(workflow, id: id, input: input, onConflict: policy)
}

/// Goes on with an instance where it stands; see ``Engine/resume(_:id:)``.
///
/// - Throws: ``WorkflowError``.
public func resumeWorkflow<Input, Output>(
    _ workflow: Workflow<Input, Output>, id: InstanceID, backend: any Backend
) async throws(WorkflowError) -> WorkflowStatus<Output> {
    try await Engine(backend: backend).resume(workflow, id: id)
}

/// Asks an instance to stop for good; see ``WorkflowClient/cancel(_:by:reason:)``.
///
/// - Throws: ``WorkflowError``.
public func cancelWorkflow(
    _ id: InstanceID, backend: any Backend, reason: String? = nil, by actor: String? = nil
) async throws(WorkflowError) { try await WorkflowClient(backend: backend).cancel(id, by: actor, reason: reason) }

/// Asks an instance to stand still; see ``WorkflowClient/pause(_:by:reason:)``.
///
/// - Throws: ``WorkflowError``.
public func pauseWorkflow(
    _ id: InstanceID, backend: any Backend, reason: String? = nil, by actor: String? = nil
) async throws(WorkflowError) { try await WorkflowClient(backend: backend).pause(id, by: actor, reason: reason) }

/// Ends a pause; see ``WorkflowClient/unpause(_:by:reason:)``.
///
/// - Throws: ``WorkflowError``.
public func unpauseWorkflow(_ id: InstanceID, backend: any Backend) async throws(WorkflowError) {
    try await WorkflowClient(backend: backend).unpause(id)
}

/// Sends a signal to an instance; as ``WorkflowClient`` does for a signal that is known by its name.
///
/// - Throws: ``WorkflowError``.
public func sendSignal(
    _ name: String, to id: InstanceID, payload: some Encodable & Sendable, backend: any Backend
) async throws(WorkflowError) { try await WorkflowClient(backend: backend).signal(name, to: id, payload: payload) }
