/// A flow whose types are named by associated types.
///
/// ``FlowBuilder`` is the only type that conforms to it. Branches and bodies return a generic `FlowProtocol`: the compiler
/// then infers their output from the body alone, and can name both types where the output does not fit.
public protocol FlowProtocol<Input, Output>: Sendable {
    /// The type of the value that the first node takes.
    associatedtype Input: Codable & Sendable
    /// The type of the value that the last node returns.
    associatedtype Output: Codable & Sendable

    /// The flow as a builder.
    var flow: FlowBuilder<Input, Output> { get }
}
