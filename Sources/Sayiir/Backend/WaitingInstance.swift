public import SayiirEvents

/// A live instance, and what it waits for as far as a backend knows that without reading it.
public struct WaitingInstance: Hashable, Sendable {
    /// The instance.
    public var id: InstanceID
    /// Whether nothing can move it before ``due`` but something from outside. If not, somebody has to look.
    public var isAtRest: Bool
    /// When it is to be looked at again, if it is at rest; `nil` if only something from outside can move it.
    public var due: Timestamp?
    /// How urgent it is then, from 1 (critical) to 5 (minimal).
    public var priority: Int

    /// An instance that somebody has to look at.
    public init(_ id: InstanceID) { self.init(id, nil) }

    init(_ id: InstanceID, _ rest: PackedInstance.Rest?) {
        self.id = id
        isAtRest = rest != nil
        due = rest?.due
        priority = rest?.priority ?? 3
    }
}
