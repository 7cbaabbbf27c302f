public import SayiirEvents
internal import SayiirProjection

/// What an instance goes by: the name of its workflow and the hash of its definition. Both have to match for code to run it.
public struct ServedWorkflow: Hashable, Sendable {
    /// The workflow's name.
    public var name: String
    /// The hash of its definition.
    public var definition: DefinitionHash

    /// Pairs a name with a hash.
    public init(name: String, definition: DefinitionHash) {
        self.name = name
        self.definition = definition
    }

    /// Compares the names byte for byte.
    public static func == (left: Self, right: Self) -> Bool {
        left.definition == right.definition && left.name.isExactly(right.name)
    }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(definition) }
}

extension InstanceState {
    /// What the instance goes by; `nil` if nothing was submitted.
    var served: ServedWorkflow? { definition.map { ServedWorkflow(name: workflow, definition: $0) } }
}
