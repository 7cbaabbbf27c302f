/// A 64-bit hash of texts and numbers that is the same in every process, on every machine and in every version.
///
/// FNV-1a over the bytes, and a finalizer that spreads them over all bits. It keeps nothing secret.
struct StableHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Adds a text. Its length is added too, so that two texts never mix with their neighbours.
    mutating func combine(_ text: String) {
        for byte in text.utf8 { combine(byte: byte) }
        combine(UInt64(text.utf8.count))
    }

    /// Adds a number.
    mutating func combine(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { combine(byte: UInt8(truncatingIfNeeded: number >> shift)) }
    }

    private mutating func combine(byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }

    /// The hash of what was added.
    var value: UInt64 {
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// The hash as a number from 0 up to, and not including, 1.
    var fraction: Double { Double(value >> 11) * 0x1p-53 }
}
