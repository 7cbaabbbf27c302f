/// Numbers in groups of seven bits, the lowest first, as Protocol Buffers have them.
package enum Varint {
    /// Why there is no number.
    package enum Defect: Error {
        case truncated, overlong
    }

    /// Reads the number at `position` of the memory at `base`, which ends at `end`, and moves the position behind it.
    package static func read(
        _ base: UnsafeRawPointer, at position: inout Int, end: Int
    ) throws(Defect) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard position < end else { throw .truncated }
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            position += 1
            // The tenth byte holds the highest bit alone.
            if shift == 63 && byte > 1 { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .overlong
    }

    /// Appends a number.
    @inline(__always)
    package static func append(_ value: UInt64, to output: inout [UInt8]) {
        var rest = value
        while rest > 0x7F {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }
}
