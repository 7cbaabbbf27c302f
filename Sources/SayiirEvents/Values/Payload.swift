/// A user's value as bytes, with the id of the codec that made them.
public struct Payload: Hashable, Sendable {
    /// The codec's id, for example `json`. A payload can only be decoded by a codec with the same id.
    public var codec: String
    /// The encoded value.
    public var bytes: [UInt8]
    /// Whether tools should show the payload's size instead of its content. This hides; it does not encrypt.
    public var isSensitive: Bool

    /// Wraps a value that was encoded by the codec named `codec`.
    public init(codec: String, bytes: [UInt8], isSensitive: Bool = false) {
        self.codec = codec
        self.bytes = bytes
        self.isSensitive = isSensitive
    }
}
