/// What can stand in a field of a message: one value, an optional one, or a list.
protocol FieldValue {
    /// Writes the field with its tag, or nothing if it is left out.
    func write(field number: UInt32, to writer: inout WireWriter)

    /// Takes in one occurrence of the field, whose tag was read already.
    mutating func read(_ wireType: WireType, from reader: inout WireReader) throws(EventDecodingError)

    /// Writes the field as a member of a JSON object, or nothing if it is left out.
    func writeJSON(field name: StaticString, to writer: inout JSONWriter)
}

/// A single value with a form of its own.
protocol SingleValue: FieldValue {
    /// What a field holds that does not occur.
    static var blank: Self { get }

    /// Whether the field is left out of the binary form, because its absence says the same.
    var isBlank: Bool { get }

    static var wireType: WireType { get }

    /// What the JSON form adds to the field's name, to say the unit.
    static var jsonSuffix: StaticString { get }

    /// Writes the value without its tag.
    func write(to writer: inout WireWriter)

    /// Replaces the value by the one at the reader's position; a message takes in the fields that occur.
    mutating func read(from reader: inout WireReader) throws(EventDecodingError)

    func writeJSON(to writer: inout JSONWriter)
}

extension SingleValue {
    static var jsonSuffix: StaticString { "" }

    @inline(__always)
    func write(field number: UInt32, to writer: inout WireWriter) {
        if isBlank { return }
        writer.write(tag: number, Self.wireType)
        write(to: &writer)
    }

    @inline(__always)
    mutating func read(_ wireType: WireType, from reader: inout WireReader) throws(EventDecodingError) {
        guard wireType == Self.wireType else { throw reader.wrongWireType() }
        try read(from: &reader)
    }

    func writeJSON(field name: StaticString, to writer: inout JSONWriter) {
        writer.name(name, suffix: Self.jsonSuffix)
        writeJSON(to: &writer)
    }
}

/// An optional field occurs exactly if there is a value, also if that is blank.
extension Optional: FieldValue where Wrapped: SingleValue {
    @inline(__always)
    func write(field number: UInt32, to writer: inout WireWriter) {
        guard let self else { return }
        writer.write(tag: number, Wrapped.wireType)
        self.write(to: &writer)
    }

    @inline(__always)
    mutating func read(_ wireType: WireType, from reader: inout WireReader) throws(EventDecodingError) {
        var value = self ?? .blank
        try value.read(wireType, from: &reader)
        self = value
    }

    func writeJSON(field name: StaticString, to writer: inout JSONWriter) {
        self?.writeJSON(field: name, to: &writer)
    }
}

/// A list: numbers packed into one field, everything else as one field an element. Both ways are read for numbers.
extension Array: FieldValue where Element: SingleValue {
    @inline(__always)
    private static var isPacked: Bool { Element.wireType != .delimited }

    func write(field number: UInt32, to writer: inout WireWriter) {
        if isEmpty { return }
        if Self.isPacked {
            writer.write(tag: number, .delimited)
            writer.writeDelimited { for element in self { element.write(to: &$0) } }
        } else {
            for element in self {
                writer.write(tag: number, Element.wireType)
                element.write(to: &writer)
            }
        }
    }

    mutating func read(_ wireType: WireType, from reader: inout WireReader) throws(EventDecodingError) {
        var element = Element.blank
        guard Self.isPacked, wireType == .delimited else {
            try element.read(wireType, from: &reader)
            return append(element)
        }
        var content = try reader.readDelimited()
        while !content.isAtEnd {
            try element.read(from: &content)
            append(element)
        }
    }

    func writeJSON(field name: StaticString, to writer: inout JSONWriter) {
        writer.name(name)
        writer.beginArray()
        for element in self { element.writeJSON(to: &writer) }
        writer.endArray()
    }
}
