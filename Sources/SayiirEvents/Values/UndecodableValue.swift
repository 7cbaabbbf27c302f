/// A stored value that a program could not decode, without the value itself.
public struct UndecodableValue: Hashable, Sendable, CustomStringConvertible {
    /// The id of the codec that wrote the value.
    public var codec: String
    /// The type that was expected.
    public var expected: String
    /// The place in the value at which decoding stopped, for example `items.[3].price`; empty for the value as a whole or if
    /// the codec did not say.
    public var path: String
    /// The decoder's reason.
    public var reason: String

    /// Describes a value that could not be decoded.
    public init(codec: String, expected: String, path: String = "", reason: String) {
        self.codec = codec
        self.expected = expected
        self.path = path
        self.reason = reason
    }

    /// The problem in a sentence: `a 'json' value cannot be decoded as Order, at 'items': 'price' is missing`.
    public var description: String {
        "a '\(codec)' value cannot be decoded as \(expected)\(path.isEmpty ? "" : ", at '\(path)'"): \(reason)"
    }
}
