/// So many records with so many bytes together.
struct Tally: Hashable {
    var records: UInt64 = 0
    var bytes: UInt64 = 0

    mutating func add(_ byteCount: Int) {
        records &+= 1
        bytes &+= UInt64(clamping: byteCount)
    }
}

/// Counts the bytes of each of a great many keys, in sixteen bytes a key whatever their length, and finds the largest.
///
/// Keys are told apart by 64 bits of a hash: two that share them are counted as one here. Whoever wants to be exact counts those few
/// anew that turn out to be among the largest.
struct KeyTallies {
    private var bytes: [UInt64: UInt64] = [:]

    /// How many keys there are.
    var count: Int { bytes.count }

    mutating func add(_ key: String, _ byteCount: Int) {
        bytes[Self.hash(of: key), default: 0] &+= UInt64(clamping: byteCount)
    }

    /// The hashes of the largest, as many as asked for. Of equal ones the same are taken each time.
    func largest(_ count: Int) -> Set<UInt64> {
        guard count > 0 else { return [] }
        var best: [(bytes: UInt64, hash: UInt64)] = []
        for (hash, bytes) in bytes {
            if best.count == count, let least = best.last, (least.bytes, hash) >= (bytes, least.hash) { continue }
            let place = best.firstIndex { (bytes, $0.hash) > ($0.bytes, hash) } ?? best.count
            best.insert((bytes, hash), at: place)
            if best.count > count { best.removeLast() }
        }
        return Set(best.map(\.hash))
    }

    /// FNV-1a: the same in each process, unlike Swift's own.
    static func hash(of key: String) -> UInt64 {
        key.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
