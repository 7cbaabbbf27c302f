/// The SHA-256 digest that identifies a workflow's definition: its nodes, their order and what governs them.
public struct DefinitionHash: Hashable, Sendable, CustomStringConvertible {
    /// The digest's 32 bytes. Other lengths only come from damaged or foreign events, and equal no real definition.
    public var bytes: [UInt8]

    /// Wraps a digest's bytes; never fails.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// The digest in lower-case hexadecimal.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
