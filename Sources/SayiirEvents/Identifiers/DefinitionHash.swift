/// The SHA-256 digest that identifies a workflow's definition: its nodes, their order and what governs them.
public struct DefinitionHash: Hashable, Sendable, CustomStringConvertible {
    /// The digest's 32 bytes. Other lengths only come from damaged or foreign events, and equal no real definition.
    public var bytes: [UInt8]

    /// Wraps a digest's bytes; never fails.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// The digest in lower-case hexadecimal.
    public var description: String { hexadecimal(bytes) }
}
