/// Writes compact JSON: no blanks, no line breaks, members in the order in which they are written.
///
/// Control characters and those that change the direction of text are always escaped, so that the result can be shown
/// on a terminal whatever it holds.
package struct JSONWriter {
    /// The text so far, in UTF-8.
    package private(set) var output: [UInt8] = []
    /// Whether payloads that are marked as sensitive are shown nevertheless.
    package let revealsSensitive: Bool
    private let digest: (([UInt8]) -> String)?
    private var needsComma = false
    /// How many objects and arrays are open.
    private var depth = 0

    /// Begins an empty text.
    ///
    /// - Parameters:
    ///   - revealingSensitive: Whether payloads that are marked as sensitive are shown.
    ///   - digest: The SHA-256 of bytes in hexadecimal, which stands for those that are not shown; `nil` to leave it out.
    package init(revealingSensitive: Bool = false, digest: (([UInt8]) -> String)? = nil) {
        revealsSensitive = revealingSensitive
        self.digest = digest
    }

    /// The text so far.
    package var text: String { String(decoding: output, as: UTF8.self) }

    /// Begins an object; members follow, each a name and a value.
    package mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Ends an object.
    package mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Begins an array.
    package mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Ends an array.
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes a member's name, which must need no escapes.
    package mutating func name(_ name: StaticString, suffix: StaticString = "") {
        separate()
        output.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { output.append(contentsOf: $0) }
        suffix.withUTF8Buffer { output.append(contentsOf: $0) }
        output.append(contentsOf: "\":".utf8)
        needsComma = false
    }

    /// Writes a member's name that is not known beforehand.
    package mutating func name(_ name: String) {
        string(name)
        output.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a member that is a text.
    package mutating func member(_ name: StaticString, _ text: String) {
        self.name(name)
        string(text)
    }

    /// Writes a member that is a whole number.
    package mutating func member(_ name: StaticString, _ value: some FixedWidthInteger) {
        self.name(name)
        number(value)
    }

    /// Writes a member that is `true` or `false`.
    package mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    /// Writes a member that is a list of objects, whose members `write` writes.
    package mutating func objects<Elements: Sequence>(
        _ name: StaticString, _ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
    ) {
        self.name(name)
        beginArray()
        for element in elements {
            beginObject()
            write(&self, element)
            endObject()
        }
        endArray()
    }

    /// Writes a text.
    package mutating func string(_ text: String) {
        separate()
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { appendJSONEscaped($0, escapesSyntax: true, to: &output) }
        output.append(UInt8(ascii: "\""))
    }

    /// Writes a whole number.
    package mutating func number(_ value: some FixedWidthInteger) { raw(String(value)) }

    /// Writes `true` or `false`.
    package mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    /// Writes `null`.
    package mutating func null() { raw("null") }

    /// Writes a text that is a JSON value already.
    package mutating func raw(_ text: String) {
        separate()
        output.append(contentsOf: text.utf8)
    }

    /// Writes a payload.
    ///
    /// One whose codec is `json` and whose content is valid JSON, not nested too deeply, stands as that value, on one line;
    /// any other as `{"codec":…,"base64":…}`, and a sensitive one as `{"codec":…,"size":…,"sensitive":true}`, with its `sha256`
    /// where the writer can tell it.
    package mutating func payload(_ payload: Payload) {
        if payload.isSensitive && !revealsSensitive {
            beginObject()
            name("codec")
            string(payload.codec)
            name("size")
            number(payload.bytes.count)
            member("sensitive", true)
            if let digest { member("sha256", digest(payload.bytes)) }
            return endObject()
        }
        if payload.codec == "json" && isValidJSON(payload.bytes, within: depth) {
            separate()
            return payload.bytes.withUnsafeBufferPointer {
                appendJSONEscaped($0, escapesSyntax: false, to: &output)
            }
        }
        beginObject()
        name("codec")
        string(payload.codec)
        name("base64")
        string(base64(payload.bytes))
        endObject()
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        output.append(bracket)
        needsComma = false
        depth += 1
    }

    private mutating func close(_ bracket: UInt8) {
        output.append(bracket)
        needsComma = true
        depth -= 1
    }

    private mutating func separate() {
        if needsComma { output.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}

extension JSONWriter: FieldVisitor {
    mutating func visit<Value: FieldValue>(
        _ number: UInt32, _ name: StaticString, _ value: inout Value
    ) throws(Never) {
        value.writeJSON(field: name, to: &self)
    }
}
