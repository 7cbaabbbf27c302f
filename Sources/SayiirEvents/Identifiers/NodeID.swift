/// The name of a node in a workflow's graph: a task, a fork, a delay. Unique within one definition.
///
/// Nodes of a child workflow are prefixed with the child's own id and a slash, for example `child_0/charge`.
///
/// Identifiers are compared byte for byte, without Unicode normalization.
public struct NodeID: RawRepresentable, Hashable, Comparable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    /// The identifier's text.
    public var rawValue: String

    /// Wraps a text; never fails.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Wraps a text; never fails.
    public init(_ text: String) { rawValue = text }

    /// Lets a literal stand for an identifier.
    public init(stringLiteral value: String) { rawValue = value }

    /// The identifier's text.
    public var description: String { rawValue }

    /// Returns whether two identifiers have the same UTF-8 bytes.
    public static func == (left: Self, right: Self) -> Bool { left.rawValue.isExactly(right.rawValue) }

    /// Returns whether an identifier stands before another in the order of their UTF-8 bytes.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue.precedesExactly(right.rawValue) }

    /// Hashes the UTF-8 bytes.
    public func hash(into hasher: inout Hasher) { rawValue.hashExactly(into: &hasher) }
}
