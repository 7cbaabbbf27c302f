internal import SayiirEvents
internal import SayiirProjection

extension InstanceState {
    /// The name and the definition of the instance's workflow; `nil` if nothing was submitted.
    var served: ServedWorkflow? { definition.map { ServedWorkflow(name: workflow, definition: $0) } }
}
