extension UInt64: SingleValue {
    static var blank: Self { 0 }
    static var wireType: WireType { .varint }
    @inline(__always) var isBlank: Bool { self == 0 }
    @inline(__always) func write(to writer: inout WireWriter) { writer.write(varint: self) }

    @inline(__always)
    mutating func read(from reader: inout WireReader) throws(EventDecodingError) {
        self = try reader.readVarint()
    }

    func writeJSON(to writer: inout JSONWriter) { writer.number(self) }
}

extension UInt32: SingleValue {
    static var blank: Self { 0 }
    static var wireType: WireType { .varint }
    @inline(__always) var isBlank: Bool { self == 0 }
    @inline(__always) func write(to writer: inout WireWriter) { writer.write(varint: UInt64(self)) }

    @inline(__always)
    mutating func read(from reader: inout WireReader) throws(EventDecodingError) {
        let offset = reader.position
        guard let value = UInt32(exactly: try reader.readVarint()) else {
            throw EventDecodingError(.valueOutOfRange, at: offset)
        }
        self = value
    }

    func writeJSON(to writer: inout JSONWriter) { writer.number(self) }
}

extension Bool: SingleValue {
    static var blank: Self { false }
    static var wireType: WireType { .varint }
    @inline(__always) var isBlank: Bool { !self }
    @inline(__always) func write(to writer: inout WireWriter) { writer.write(varint: self ? 1 : 0) }

    @inline(__always)
    mutating func read(from reader: inout WireReader) throws(EventDecodingError) {
        self = try reader.readVarint() != 0
    }

    func writeJSON(to writer: inout JSONWriter) { writer.bool(self) }
}

extension String: SingleValue {
    static var blank: Self { "" }
    static var wireType: WireType { .delimited }
    @inline(__always) var isBlank: Bool { isEmpty }
    @inline(__always) func write(to writer: inout WireWriter) { writer.write(string: self) }

    @inline(__always)
    mutating func read(from reader: inout WireReader) throws(EventDecodingError) {
        self = try reader.readString()
    }

    func writeJSON(to writer: inout JSONWriter) { writer.string(self) }
}

/// Raw bytes; lower-case hexadecimal in JSON.
struct ByteString: SingleValue {
    var bytes: [UInt8]

    static var blank: Self { Self(bytes: []) }
    static var wireType: WireType { .delimited }
    @inline(__always) var isBlank: Bool { bytes.isEmpty }
    @inline(__always) func write(to writer: inout WireWriter) { writer.write(bytes: bytes) }

    @inline(__always)
    mutating func read(from reader: inout WireReader) throws(EventDecodingError) {
        bytes = try reader.readBytes()
    }

    func writeJSON(to writer: inout JSONWriter) { writer.string(hexadecimal(bytes)) }
}

/// Nanoseconds since the Unix epoch in eight bytes; RFC 3339 in JSON.
extension Timestamp: SingleValue {
    static var blank: Self { Self(nanosecondsSinceEpoch: 0) }
    static var wireType: WireType { .fixed64 }
    @inline(__always) var isBlank: Bool { nanosecondsSinceEpoch == 0 }

    @inline(__always)
    func write(to writer: inout WireWriter) {
        writer.write(fixed64: UInt64(bitPattern: nanosecondsSinceEpoch))
    }

    @inline(__always)
    mutating func read(from reader: inout WireReader) throws(EventDecodingError) {
        nanosecondsSinceEpoch = Int64(bitPattern: try reader.readFixed64())
    }

    func writeJSON(to writer: inout JSONWriter) { writer.string(description) }
}

/// Whole nanoseconds as an `int64`; seconds with as many decimals as there are in JSON.
extension Duration: SingleValue {
    static var blank: Self { .zero }
    static var wireType: WireType { .varint }
    static var jsonSuffix: StaticString { "_seconds" }
    private var bits: UInt64 { UInt64(bitPattern: saturatedNanoseconds) }

    var isBlank: Bool { bits == 0 }
    func write(to writer: inout WireWriter) { writer.write(varint: bits) }

    mutating func read(from reader: inout WireReader) throws(EventDecodingError) {
        self = .nanoseconds(Int64(bitPattern: try reader.readVarint()))
    }

    func writeJSON(to writer: inout JSONWriter) {
        writer.raw(decimalSeconds(nanoseconds: saturatedNanoseconds))
    }
}
