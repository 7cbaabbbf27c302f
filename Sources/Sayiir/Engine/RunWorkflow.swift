internal import SayiirEvents

/// Runs a workflow in memory and gives its output. Nothing is stored; if the process dies, it never was.
///
/// - Throws: ``WorkflowError/failed(_:_:_:)`` if a task failed for good; ``WorkflowError/interrupted(_:)`` if the calling task
///   was cancelled.
public func runWorkflow<Input, Output>(
    _ workflow: Workflow<Input, Output>, _ input: Input
) async throws(WorkflowError) -> Output {
    let engine = Engine(backend: InMemoryBackend())
    let id = InstanceID(workflow.name.isEmpty ? "workflow" : workflow.name)
    return try await engine.run(workflow, id: id, input: input).requireOutput()
}
