/// Something that goes through the fields of a message: to write or read the binary form, or to write JSON.
///
/// A message lists its fields once, in ``Message/visitFields(_:)``, and everything that depends on the list is a
/// visitor. Values are passed `inout` so that the reader can be one, too; the other visitors leave them alone.
protocol FieldVisitor {
    associatedtype Failure: Error

    /// Visits a field with its number in the binary form and its name in the JSON form.
    mutating func visit<Value: FieldValue>(_ number: UInt32, _ name: StaticString, _ value: inout Value)
        throws(Failure)
}

extension FieldVisitor {
    /// Visits a field of raw bytes.
    @inline(__always)
    mutating func visit(_ number: UInt32, _ name: StaticString, bytes: inout [UInt8]) throws(Failure) {
        var content = ByteString(bytes: bytes)
        try visit(number, name, &content)
        bytes = content.bytes
    }
}

/// A structure of numbered fields.
protocol Message: SingleValue {
    /// Visits every field in the order of the numbers, which is the order on the wire.
    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure)
}

extension Message {
    static var wireType: WireType { .delimited }

    /// A message that is not optional is always written: its presence costs two bytes and says that it was meant.
    var isBlank: Bool { false }

    @inline(__always)
    func write(to writer: inout WireWriter) {
        var copy = self
        writer.writeDelimited { copy.visitFields(&$0) }
    }

    @inline(__always)
    mutating func read(from reader: inout WireReader) throws(EventDecodingError) {
        try reader.readMessage(into: &self)
    }

    func writeJSON(to writer: inout JSONWriter) {
        writer.beginObject()
        var copy = self
        copy.visitFields(&writer)
        writer.endObject()
    }
}
