public import SayiirEvents
package import SayiirProjection

/// What an instance waits for when an executor lets go of it.
public struct InstanceRest: Hashable, Sendable {
    /// The revision that the executor knew. What came later it did not see, so that somebody has to look.
    public var revision: UInt64
    /// When the instance is to be looked at again; `nil` if only something from outside can move it.
    public var due: Timestamp?
    /// How urgent it is then, from 1 (critical) to 5 (minimal).
    public var priority: Int
    /// What an executor must offer to go on with it at once, which this one did not; empty if nobody can before ``due``.
    public var tags: [String]
    /// The state in which the executor left it, for a backend that wants it and would have to read it otherwise.
    package var state: InstanceState? { left?.state }
    /// How the executor left the instance.
    var left: LeftInstance?

    /// Describes a rest.
    public init(revision: UInt64, due: Timestamp?, priority: Int = 3, tags: [String] = []) {
        self.revision = revision
        self.due = due
        self.priority = priority
        self.tags = tags
    }
}

extension InstanceRest {
    /// Returns whether two rests say the same; how the executor left the instance follows from the revision.
    public static func == (left: Self, right: Self) -> Bool {
        (left.revision, left.due, left.priority, left.tags) == (right.revision, right.due, right.priority, right.tags)
    }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(revision)
        hasher.combine(due)
        hasher.combine(priority)
        hasher.combine(tags)
    }
}
