/// The position in a distributed trace from which a submission or a signal came.
///
/// It holds the header fields in which the program's tracing system carries that position from process to process: with W3C Trace
/// Context these are `traceparent` and `tracestate`.
public struct TraceContext: Hashable, Sendable {
    /// One header field.
    public struct Field: Hashable, Sendable {
        /// The field's name, for example `traceparent`.
        public var name: String
        /// The field's value.
        public var value: String

        /// Describes a field.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The fields in the order of their names. What was read from a store is not checked: use ``usableFields``.
    public var fields: [Field]

    /// Keeps fields as a store holds them.
    package init(recorded fields: [Field]) { self.fields = fields }

    /// Keeps those of `fields` that can be stored and passed on; `nil` if there are none.
    ///
    /// A field is dropped, and nothing fails, if
    /// - its name has no or more than 64 bytes, or others than those of an HTTP token;
    /// - its value has no or more than 512 bytes, or others than printable ASCII, blanks and tabs;
    /// - it is a `traceparent` that does not follow W3C Trace Context, or a `tracestate` without a `traceparent` that does;
    /// - there are eight before it: `traceparent` and `tracestate` come first, then the others by their names.
    public init?(_ fields: [String: String]) {
        var kept = fields.filter { Self.isName($0.key) && Self.isValue($0.value) }
        if let parent = kept[Self.parentName], !Self.isTraceParent(parent) { kept[Self.parentName] = nil }
        if kept[Self.parentName] == nil { kept[Self.stateName] = nil }
        if kept.isEmpty { return nil }
        var names = kept.keys.filter { $0 != Self.parentName && $0 != Self.stateName }.sorted()
        if kept.count > Self.maxFields {
            names = Array(names.prefix(Self.maxFields - (kept.count - names.count)))
        }
        names += [Self.parentName, Self.stateName]
        self.fields = names.sorted().compactMap { name in kept[name].map { Field(name: name, value: $0) } }
    }

    /// The fields that ``init(_:)`` would keep, by their names. Of several with one name the last counts.
    public var usableFields: [String: String] {
        let all = Dictionary(fields.map { ($0.name, $0.value) }) { _, last in last }
        guard let checked = TraceContext(all) else { return [:] }
        return Dictionary(checked.fields.map { ($0.name, $0.value) }) { _, last in last }
    }

    private static let parentName = "traceparent"
    private static let stateName = "tracestate"
    private static let maxFields = 8

    private static func isName(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...64).contains(bytes.count)
            && bytes.allSatisfy { (0x21...0x7e).contains($0) && !Self.separators.contains($0) }
    }

    private static let separators = Set("\"(),/:;<=>?@[\\]{}".utf8)

    private static func isValue(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...512).contains(bytes.count) && bytes.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x09 }
    }

    /// Whether a text is `version-trace-parent-flags` in lower-case hexadecimal, as W3C Trace Context has it. A later version than
    /// 00 may have more after that.
    private static func isTraceParent(_ text: String) -> Bool {
        let parts = text.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[..<4].map(\.utf8.count) == [2, 32, 16, 2],
            parts[..<4].allSatisfy({ $0.utf8.allSatisfy(isLowerHexDigit) })
        else { return false }
        if parts[0] == "ff" || (parts[0] == "00" && parts.count > 4) { return false }
        return parts[1].contains { $0 != "0" } && parts[2].contains { $0 != "0" }
    }

    private static func isLowerHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
