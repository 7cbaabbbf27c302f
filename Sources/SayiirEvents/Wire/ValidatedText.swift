extension String {
    /// The text that has these bytes; `nil` if they are not UTF-8.
    @inline(__always)
    package init?(validatingUTF8 bytes: UnsafeRawBufferPointer) {
        // The validating initialiser is generic and costs 150 ns however short the text is.
        if isASCII(bytes) {
            self.init(decoding: bytes, as: UTF8.self)
        } else {
            self.init(validating: bytes, as: UTF8.self)
        }
    }
}

/// Whether no byte has its highest bit set.
@inline(__always)
private func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var position = 0
    var high: UInt64 = 0
    while position + 8 <= bytes.count {
        high |= bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        position += 8
    }
    while position < bytes.count {
        high |= UInt64(bytes[position])
        position += 1
    }
    return high & 0x8080_8080_8080_8080 == 0
}
