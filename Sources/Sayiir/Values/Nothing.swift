/// The output of a task that has nothing to return, since `Void` cannot be stored.
///
/// ```swift
/// let log = DurableTask("log") { (order: Order) in
///     print(order.id)
///     return Nothing()
/// }
/// ```
public struct Nothing: Codable, Hashable, Sendable {
    /// The only value.
    public init() {}
}
