/// Appends the binary form to an array.
struct WireWriter: FieldVisitor {
    private var output: [UInt8] = []

    /// Swaps the writer's array for another, so that one can be appended to without a copy.
    mutating func exchangeOutput(with array: inout [UInt8]) { swap(&output, &array) }

    @inline(__always)
    mutating func visit<Value: FieldValue>(_ number: UInt32, _ name: StaticString, _ value: inout Value)
        throws(Never)
    {
        value.write(field: number, to: &self)
    }

    @inline(__always)
    mutating func write(tag number: UInt32, _ wireType: WireType) {
        write(varint: UInt64(number) << 3 | UInt64(wireType.rawValue))
    }

    @inline(__always)
    mutating func write(varint value: UInt64) { Varint.append(value, to: &output) }

    @inline(__always)
    mutating func write(fixed64 value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { output.append(contentsOf: $0) }
    }

    /// Writes a length and the text's UTF-8.
    @inline(__always)
    mutating func write(string: String) {
        write(varint: UInt64(string.utf8.count))
        var string = string
        string.withUTF8 { output.append(contentsOf: $0) }
    }

    /// Writes a length and the bytes.
    @inline(__always)
    mutating func write(bytes: [UInt8]) {
        write(varint: UInt64(bytes.count))
        write(raw: bytes)
    }

    /// Writes bytes as they are.
    @inline(__always)
    mutating func write(raw bytes: [UInt8]) {
        output.append(contentsOf: bytes)
    }

    /// Writes a length, and then what `write` writes.
    ///
    /// One byte is left for the length; content of 128 bytes or more is moved to make room for a longer one. That is
    /// cheaper than to go through all fields twice, once for the length.
    @inline(__always)
    mutating func writeDelimited(_ write: (inout Self) -> Void) {
        let place = output.count
        output.append(0)
        write(&self)
        let count = output.count - place - 1
        if count < 0x80 {
            output[place] = UInt8(truncatingIfNeeded: count)
        } else {
            replaceLength(at: place, with: count)
        }
    }

    private mutating func replaceLength(at place: Int, with count: Int) {
        var length = WireWriter()
        length.write(varint: UInt64(count))
        output.replaceSubrange(place...place, with: length.output)
    }
}
