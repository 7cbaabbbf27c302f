/// Little-endian access to raw memory. Callers have checked that the bytes are there.
extension UnsafeRawBufferPointer {
    func loadLittleEndian<Integer: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Integer.Type) -> Integer
    {
        Integer(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// The part of the buffer that starts at `offset` and is `count` long.
    func part(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset..<offset + count])
    }

    /// Whether every byte is zero. Stops at the first that is not.
    var isAllZero: Bool { firstNonZero == nil }

    /// The offset of the first byte that is not zero.
    var firstNonZero: Int? {
        var offset = 0
        while offset + 8 <= count {
            if loadUnaligned(fromByteOffset: offset, as: UInt64.self) != 0 { break }
            offset += 8
        }
        while offset < count {
            if self[offset] != 0 { return offset }
            offset += 1
        }
        return nil
    }

    /// The end of the last byte that is not zero, or 0 if there is none.
    var endOfContent: Int {
        var end = count
        while end >= 8 {
            if loadUnaligned(fromByteOffset: end - 8, as: UInt64.self) != 0 { break }
            end -= 8
        }
        while end > 0 && self[end - 1] == 0 { end -= 1 }
        return end
    }
}

extension UnsafeMutableRawBufferPointer {
    func storeLittleEndian<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer, at offset: Int) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: Integer.self)
    }
}

extension [UInt8] {
    mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

extension Int {
    /// The number rounded up to a multiple of `alignment`.
    func roundedUp(to alignment: Int) -> Int { (self + alignment - 1) / alignment * alignment }
}
