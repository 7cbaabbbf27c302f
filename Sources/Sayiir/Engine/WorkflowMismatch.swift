public import SayiirEvents

/// How the workflow that an instance goes by differs from the one that was given.
public struct WorkflowMismatch: Hashable, Sendable, CustomStringConvertible {
    /// The name and the definition of the workflow that was given.
    public var expected: ServedWorkflow
    /// The name of the workflow that the instance goes by.
    public var foundName: String
    /// The hash of the definition that the instance goes by.
    public var foundDefinition: DefinitionHash?
    /// The first difference between the two definitions; `nil` if they are equal, or if the store does not hold the instance's.
    public var difference: String?

    /// The mismatch in a sentence.
    public var description: String {
        let found = foundDefinition.map { String($0.description.prefix(12)) } ?? "none"
        let names = "the instance goes by workflow '\(foundName)' (definition \(found))"
        let given =
            "the workflow given is '\(expected.name)' (definition \(expected.definition.description.prefix(12)))"
        if let difference { return "\(names), and \(given). First difference: \(difference)." }
        return expected.definition == foundDefinition
            ? "\(names), and \(given): only the names differ." : "\(names), and \(given)."
    }
}
