/// Reads a message's fields from memory, trusting nothing in it.
///
/// The reader stands behind the tag of the next field. When a message visits its fields, each takes in its occurrences
/// as long as it is the next one. Fields in the order of their numbers, as every writer makes them, are therefore read
/// in one pass over the list; other orders take further passes, and what no pass takes in is unknown and skipped.
struct WireReader: FieldVisitor {
    private let base: UnsafeRawPointer
    private let end: Int
    /// The offset of the next byte, from the start of the whole input.
    private(set) var position: Int
    /// The number of the next field; 0 at the end.
    private(set) var number: UInt32 = 0
    /// How the next field's value is laid out.
    private(set) var wireType = WireType.varint
    /// Where the next field's tag begins.
    private(set) var tagPosition: Int

    /// Reads `range` of the memory at `base`, which must be valid while the reader is in use.
    init(base: UnsafeRawPointer, range: Range<Int>) {
        self.base = base
        position = range.lowerBound
        tagPosition = range.lowerBound
        end = range.upperBound
    }

    /// Whether nothing follows.
    @inline(__always)
    var isAtEnd: Bool { position == end }

    @inline(__always)
    mutating func visit<Value: FieldValue>(_ number: UInt32, _ name: StaticString, _ value: inout Value)
        throws(EventDecodingError)
    {
        while self.number == number {
            do {
                try value.read(wireType, from: &self)
            } catch {
                throw error.inside(name.description)
            }
            try readTag()
        }
    }

    /// Takes in the fields of a message that has its length in front.
    @inline(__always)
    mutating func readMessage<Content: Message>(into message: inout Content) throws(EventDecodingError) {
        var fields = try readDelimited()
        try fields.readFields(of: &message)
    }

    /// Takes in all fields from here to the end.
    @inline(__always)
    mutating func readFields<Content: Message>(of message: inout Content) throws(EventDecodingError) {
        try readTag()
        while number != 0 {
            let start = position
            try message.visitFields(&self)
            if position == start { try skipField() }
        }
    }

    /// Reads the next tag, or finds the end.
    @inline(__always)
    mutating func readTag() throws(EventDecodingError) {
        tagPosition = position
        if position == end {
            number = 0
            return
        }
        let tag = try readVarint()
        guard let type = WireType(rawValue: UInt8(tag & 7)), tag >> 3 != 0, tag >> 3 < 1 << 29 else {
            throw EventDecodingError(.invalidTag, at: tagPosition)
        }
        number = UInt32(truncatingIfNeeded: tag >> 3)
        wireType = type
    }

    /// Passes over the value of a field that nobody knows, and reads the next tag.
    mutating func skipField() throws(EventDecodingError) {
        switch wireType {
        case .varint: _ = try readVarint()
        case .fixed64: _ = try advance(by: 8)
        case .fixed32: _ = try advance(by: 4)
        case .delimited: _ = try readDelimited()
        }
        try readTag()
    }

    @inline(__always)
    mutating func readVarint() throws(EventDecodingError) -> UInt64 {
        if position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte < 0x80 {
                position += 1
                return UInt64(byte)
            }
        }
        return try readLongVarint()
    }

    private mutating func readLongVarint() throws(EventDecodingError) -> UInt64 {
        let start = position
        do throws(Varint.Defect) {
            return try Varint.read(base, at: &position, end: end)
        } catch {
            throw EventDecodingError(error == .truncated ? .truncated : .overlongVarint, at: start)
        }
    }

    @inline(__always)
    mutating func readFixed64() throws(EventDecodingError) -> UInt64 {
        let start = try advance(by: 8)
        return UInt64(littleEndian: base.loadUnaligned(fromByteOffset: start, as: UInt64.self))
    }

    /// Reads a length, and gives a reader of as many bytes.
    @inline(__always)
    mutating func readDelimited() throws(EventDecodingError) -> WireReader {
        let range = try readRange()
        return WireReader(base: base, range: range)
    }

    @inline(__always)
    mutating func readBytes() throws(EventDecodingError) -> [UInt8] {
        let range = try readRange()
        return [UInt8](UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    @inline(__always)
    mutating func readString() throws(EventDecodingError) -> String {
        let range = try readRange()
        let bytes = UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
        guard let text = String(validatingUTF8: bytes) else {
            throw EventDecodingError(.invalidUTF8, at: range.lowerBound)
        }
        return text
    }

    /// Reads a length and passes over as many bytes, which the result names.
    @inline(__always)
    mutating func readRange() throws(EventDecodingError) -> Range<Int> {
        let start = position
        let length = try readVarint()
        guard length <= UInt64(end - position) else { throw EventDecodingError(.lengthPastEnd, at: start) }
        let content = position
        position += Int(length)
        return content..<position
    }

    func wrongWireType() -> EventDecodingError {
        EventDecodingError(.wrongWireType, at: tagPosition)
    }

    private mutating func advance(by count: Int) throws(EventDecodingError) -> Int {
        let start = position
        guard end - position >= count else { throw EventDecodingError(.truncated, at: start) }
        position += count
        return start
    }
}
