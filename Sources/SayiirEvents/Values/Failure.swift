/// What went wrong in a task or a workflow, as text that outlives the process.
public struct Failure: Hashable, Sendable, CustomStringConvertible {
    /// The error's type, for example `PaymentDeclined`; empty if unknown.
    public var type: String
    /// The error's own description.
    public var message: String

    /// Describes an error of the given type.
    public init(type: String, message: String) {
        self.type = type
        self.message = message
    }

    /// `type: message`, or the message alone if the type is unknown.
    public var description: String { type.isEmpty ? message : "\(type): \(message)" }
}
