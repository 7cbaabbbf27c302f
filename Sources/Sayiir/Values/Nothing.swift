/// The output of a task that has nothing to return, since `Void` cannot be stored.
public struct Nothing: Codable, Hashable, Sendable {
    /// The only value.
    public init() {}
}
