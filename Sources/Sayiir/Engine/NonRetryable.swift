/// An error that ends its task for good: no retry follows, whatever the task's ``TaskOptions/retries`` says.
///
/// ```swift
/// guard order.isValid else { throw NonRetryable(ValidationError(order)) }
/// ```
///
/// The failure that is recorded is the wrapped error's: its type and its text. Wrapping an error twice changes nothing.
/// To decide by the error's type in one place instead, use ``DurableTask/retrying(if:)``.
public struct NonRetryable: Error, CustomStringConvertible {
    /// The error that is recorded.
    public let underlying: any Error

    /// Wraps an error.
    public init(_ underlying: any Error) {
        self.underlying = (underlying as? NonRetryable)?.underlying ?? underlying
    }

    /// The wrapped error's description.
    public var description: String { "\(underlying)" }
}
