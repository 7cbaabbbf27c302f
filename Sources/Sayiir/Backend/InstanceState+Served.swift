internal import SayiirEvents
internal import SayiirProjection

extension InstanceState {
    /// What the instance goes by; `nil` if nothing was submitted.
    var served: ServedWorkflow? { definition.map { ServedWorkflow(name: workflow, definition: $0) } }
}
