import SayiirEvents

/// Reads values from memory, trusting nothing in it.
struct StateReader {
    private let base: UnsafeRawPointer
    private let end: Int
    /// The offset of the next byte.
    private(set) var position = 0

    /// Reads `bytes`, which must be valid while the reader is in use.
    init(_ bytes: UnsafeRawBufferPointer) throws(StateDecodingError) {
        guard let base = bytes.baseAddress else { throw StateDecodingError(.truncated, at: 0) }
        self.base = base
        end = bytes.count
    }

    @inline(__always)
    mutating func read<Value: StateValue>() throws(StateDecodingError) -> Value { try Value(from: &self) }

    /// Throws if anything follows.
    func finish() throws(StateDecodingError) {
        guard position == end else { throw StateDecodingError(.trailingBytes, at: position) }
    }

    @inline(__always)
    mutating func readByte() throws(StateDecodingError) -> UInt8 {
        guard position < end else { throw StateDecodingError(.truncated, at: position) }
        let byte = base.load(fromByteOffset: position, as: UInt8.self)
        position += 1
        return byte
    }

    @inline(__always)
    mutating func readVarint() throws(StateDecodingError) -> UInt64 {
        if position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte < 0x80 {
                position += 1
                return UInt64(byte)
            }
        }
        return try readLongVarint()
    }

    private mutating func readLongVarint() throws(StateDecodingError) -> UInt64 {
        let start = position
        do throws(Varint.Defect) {
            return try Varint.read(base, at: &position, end: end)
        } catch {
            throw StateDecodingError(error == .truncated ? .truncated : .overlongVarint, at: start)
        }
    }

    @inline(__always)
    mutating func readFixed64() throws(StateDecodingError) -> UInt64 {
        guard end - position >= 8 else { throw StateDecodingError(.truncated, at: position) }
        let value = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        position += 8
        return value
    }

    /// Reads how many values follow, each of at least `size` bytes. What is allocated for them is thereby in
    /// proportion to the bytes that are there.
    @inline(__always)
    mutating func readCount(ofAtLeast size: Int) throws(StateDecodingError) -> Int {
        let start = position
        let count = try readVarint()
        guard count <= UInt64((end - position) / size) else { throw StateDecodingError(.lengthPastEnd, at: start) }
        return Int(count)
    }

    @inline(__always)
    mutating func readBytes() throws(StateDecodingError) -> [UInt8] {
        let count = try readCount(ofAtLeast: 1)
        return [UInt8](advance(by: count))
    }

    @inline(__always)
    mutating func readString() throws(StateDecodingError) -> String {
        let count = try readCount(ofAtLeast: 1)
        let start = position
        guard let text = String(validatingUTF8: advance(by: count)) else {
            throw StateDecodingError(.invalidUTF8, at: start)
        }
        return text
    }

    /// Passes over bytes that are known to be there.
    @inline(__always)
    private mutating func advance(by count: Int) -> UnsafeRawBufferPointer {
        defer { position += count }
        return UnsafeRawBufferPointer(start: base + position, count: count)
    }
}
