/// The SHA-256 digest that identifies a workflow's definition: its nodes, their order and what governs them.
public struct DefinitionHash: Hashable, Sendable, CustomStringConvertible {
    /// The digest's 32 bytes. Other lengths only come from damaged or foreign events, and equal no real definition.
    public var bytes: [UInt8]

    /// Wraps a digest's bytes; never fails.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads hexadecimal digits; `nil` if the text is something else.
    package init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
        bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// The digest in lower-case hexadecimal.
    public var description: String { hexadecimal(bytes) }
}
