/// The name of one run of a workflow, chosen by the caller, for example `order-123`.
///
/// Any text is allowed here, so that damaged or foreign logs can be shown; the engine accepts 1 to 256 bytes of
/// UTF-8 when it creates or resumes an instance.
///
/// Identifiers are compared byte for byte: `é` as one scalar and `é` as a letter with a combining accent name two instances.
public struct InstanceID: RawRepresentable, Hashable, Comparable, Sendable, ExpressibleByStringInterpolation,
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
