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

    /// `type: message`, or the message alone if the type is unknown or if the message begins with it: `Declined(code: 5)`.
    public var description: String { type.isEmpty || messageNamesType ? message : "\(type): \(message)" }

    /// Whether the message is the type's name, alone or with what an error of that type holds.
    private var messageNamesType: Bool {
        guard message.hasPrefix(type) else { return false }
        let next = message.utf8.dropFirst(type.utf8.count).first
        return next == nil || next == UInt8(ascii: "(")
    }
}
