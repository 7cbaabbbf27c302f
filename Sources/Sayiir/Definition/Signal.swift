/// A signal that a flow waits for: its name and the type of its payload, declared once for the flow and its senders.
///
/// ```swift
/// let approve = Signal("approve", of: Verdict.self)
///
/// let flow = try Flow("order", input: Order.self).waitForSignal(approve).then(apply).build()
/// try await client.signal(approve, to: "order-1", payload: Verdict.accepted)
/// ```
///
/// A payload of another type does not compile.
public struct Signal<Payload: Codable & Sendable>: Hashable, Sendable {
    /// The signal's name, as it is stored in histories.
    public let name: String

    /// Declares a signal.
    ///
    /// - Parameters:
    ///   - name: The signal's name.
    ///   - type: The payload's type.
    public init(_ name: String, of type: Payload.Type = Payload.self) { self.name = name }
}
