import SayiirEvents

/// A value that is part of an instance's state.
///
/// Nothing in an encoding says what it is: values follow one another in the order in which they are written, so `write`
/// and `init` of a type name the same parts in the same order. A change to any of them needs a new
/// ``InstanceState/encodingVersion``.
protocol StateValue {
    /// How many bytes a value takes at least, which is never 0.
    static var smallestSize: Int { get }
    /// Reads a value.
    init(from reader: inout StateReader) throws(StateDecodingError)
    /// Writes the value.
    func write(to writer: inout StateWriter)
}

extension StateValue {
    static var smallestSize: Int { 1 }
}

extension UInt64: StateValue {
    @inline(__always)
    init(from reader: inout StateReader) throws(StateDecodingError) { self = try reader.readVarint() }

    @inline(__always)
    func write(to writer: inout StateWriter) { writer.write(varint: self) }
}

extension UInt32: StateValue {
    @inline(__always)
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let start = reader.position
        guard let value = UInt32(exactly: try reader.readVarint()) else {
            throw StateDecodingError(.valueOutOfRange, at: start)
        }
        self = value
    }

    @inline(__always)
    func write(to writer: inout StateWriter) { writer.write(varint: UInt64(self)) }
}

extension Bool: StateValue {
    @inline(__always)
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let start = reader.position
        let byte = try reader.readByte()
        guard byte <= 1 else { throw StateDecodingError(.unknownCase, at: start) }
        self = byte == 1
    }

    @inline(__always)
    func write(to writer: inout StateWriter) { writer.write(byte: self ? 1 : 0) }
}

extension String: StateValue {
    @inline(__always)
    init(from reader: inout StateReader) throws(StateDecodingError) { self = try reader.readString() }

    @inline(__always)
    func write(to writer: inout StateWriter) { writer.write(string: self) }
}

extension Optional: StateValue where Wrapped: StateValue {
    @inline(__always)
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let isPresent: Bool = try reader.read()
        self = isPresent ? try reader.read() as Wrapped : nil
    }

    @inline(__always)
    func write(to writer: inout StateWriter) {
        writer.write(self != nil)
        if let self { writer.write(self) }
    }
}

extension Array: StateValue where Element: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let count = try reader.readCount(ofAtLeast: Element.smallestSize)
        self.init()
        reserveCapacity(count)
        for _ in 0..<count { append(try reader.read()) }
    }

    func write(to writer: inout StateWriter) {
        writer.write(count: count)
        for element in self { writer.write(element) }
    }
}

extension ExactText: StateValue {
    @inline(__always)
    init(from reader: inout StateReader) throws(StateDecodingError) { self.init(try reader.readString()) }

    @inline(__always)
    func write(to writer: inout StateWriter) { writer.write(string: rawValue) }
}

/// A member of a set that is stored.
protocol StateSetMember: StateValue, Hashable {
    /// Returns whether this member is stored before another.
    func isStoredBefore(_ other: Self) -> Bool
}

extension UInt32: StateSetMember {
    func isStoredBefore(_ other: UInt32) -> Bool { self < other }
}

extension ExactText: StateSetMember {
    func isStoredBefore(_ other: ExactText) -> Bool { rawValue.precedesExactly(other.rawValue) }
}

/// Equal sets give equal bytes, whatever order they keep their members in.
extension Set: StateValue where Element: StateSetMember {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let count = try reader.readCount(ofAtLeast: Element.smallestSize)
        self.init(minimumCapacity: count)
        for _ in 0..<count {
            let start = reader.position
            // In any order: that of texts has changed.
            guard insert(try reader.read()).inserted else { throw StateDecodingError(.repeatedMember, at: start) }
        }
    }

    func write(to writer: inout StateWriter) {
        writer.write(count: count)
        guard !isEmpty else { return }
        for element in sorted(by: { $0.isStoredBefore($1) }) { writer.write(element) }
    }
}
