import SayiirEvents

/// Appends values to an array.
struct StateWriter {
    private var output: [UInt8] = []

    /// Swaps the writer's array for another, so that one can be appended to without a copy.
    mutating func exchangeOutput(with array: inout [UInt8]) { swap(&output, &array) }

    @inline(__always)
    mutating func write<Value: StateValue>(_ value: Value) { value.write(to: &self) }

    /// Writes the number of a case, and what belongs to it.
    @inline(__always)
    mutating func write<each Value: StateValue>(_ number: UInt8, _ values: repeat each Value) {
        write(byte: number)
        repeat (each values).write(to: &self)
    }

    @inline(__always)
    mutating func write(byte: UInt8) { output.append(byte) }

    @inline(__always)
    mutating func write(varint value: UInt64) { Varint.append(value, to: &output) }

    @inline(__always)
    mutating func write(fixed64 value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { output.append(contentsOf: $0) }
    }

    @inline(__always)
    mutating func write(count: Int) { write(varint: UInt64(count)) }

    /// Writes a length and the text's UTF-8.
    @inline(__always)
    mutating func write(string: String) {
        write(count: string.utf8.count)
        var string = string
        string.withUTF8 { output.append(contentsOf: $0) }
    }

    /// Writes a length and the bytes.
    @inline(__always)
    mutating func write(bytes: [UInt8]) {
        write(count: bytes.count)
        output.append(contentsOf: bytes)
    }
}
