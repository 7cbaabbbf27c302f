/// A text that is compared, hashed and ordered by its UTF-8 bytes, for use as a key and in sets.
///
/// Two texts that look alike but are normalized differently, such as `é` as one scalar or as two, are two keys: as they are in
/// everything that is stored.
public struct ExactText: RawRepresentable, Hashable, Comparable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    /// The text itself.
    public var rawValue: String

    /// Wraps a text; never fails.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Wraps a text; never fails.
    public init(_ text: String) { rawValue = text }

    /// Creates a text from a literal.
    public init(stringLiteral value: String) { rawValue = value }

    /// The text itself.
    public var description: String { rawValue }

    /// Returns whether two texts have the same UTF-8 bytes.
    public static func == (left: Self, right: Self) -> Bool { left.rawValue.isExactly(right.rawValue) }

    /// Returns whether a text stands before another in the order of their UTF-8 bytes.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue.precedesExactly(right.rawValue) }

    /// Hashes the UTF-8 bytes.
    public func hash(into hasher: inout Hasher) { rawValue.hashExactly(into: &hasher) }
}
