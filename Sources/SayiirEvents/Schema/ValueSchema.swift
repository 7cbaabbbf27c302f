extension Step: Message {
    static var blank: Self { Step("") }

    @inline(__always)
    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "node", &node.rawValue)
        try visitor.visit(2, "indices", &indices)
    }

    /// The step as text, as in ``Step/description``.
    func writeJSON(to writer: inout JSONWriter) { writer.string(description) }
}

extension Payload: Message {
    static var blank: Self { Payload(codec: "", bytes: []) }

    @inline(__always)
    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "codec", &codec)
        try visitor.visit(2, "content", bytes: &bytes)
        try visitor.visit(3, "sensitive", &isSensitive)
    }

    func writeJSON(to writer: inout JSONWriter) { writer.payload(self) }
}

extension UndecodableValue: Message {
    static var blank: Self { UndecodableValue(codec: "", expected: "", reason: "") }

    @inline(__always)
    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "codec", &codec)
        try visitor.visit(2, "expected", &expected)
        try visitor.visit(3, "path", &path)
        try visitor.visit(4, "reason", &reason)
    }
}

extension Failure: Message {
    static var blank: Self { Failure(type: "", message: "") }

    @inline(__always)
    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "type", &type)
        try visitor.visit(2, "message", &message)
    }
}

extension TraceContext: Message {
    static var blank: Self { Self(recorded: []) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "fields", &fields)
    }

    /// An object with a member for each field.
    func writeJSON(to writer: inout JSONWriter) {
        writer.beginObject()
        for field in fields {
            writer.name(field.name)
            writer.string(field.value)
        }
        writer.endObject()
    }
}

extension TraceContext.Field: Message {
    static var blank: Self { Self(name: "", value: "") }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "name", &name)
        try visitor.visit(2, "value", &value)
    }
}

/// An enumeration. Protocol Buffers has these as `int32`: a number above that range is written as a negative one.
extension Event.LoopDecision: SingleValue {
    static var blank: Self { .unknown(0) }
    static var wireType: WireType { .varint }
    var isBlank: Bool { number == 0 }
    func write(to writer: inout WireWriter) { writer.write(varint: signExtended) }

    mutating func read(from reader: inout WireReader) throws(EventDecodingError) {
        let number = UInt32(truncatingIfNeeded: try reader.readVarint())
        self = number == 1 ? .again : number == 2 ? .done : .unknown(number)
    }

    func writeJSON(to writer: inout JSONWriter) {
        switch self {
        case .again: writer.string("again")
        case .done: writer.string("done")
        case .unknown(let number): writer.string("unknown_\(number)")
        }
    }

    private var number: UInt32 {
        switch self {
        case .again: 1
        case .done: 2
        case .unknown(let number): number
        }
    }

    private var signExtended: UInt64 { UInt64(bitPattern: Int64(Int32(bitPattern: number))) }
}
