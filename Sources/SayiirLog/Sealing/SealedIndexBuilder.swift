internal import SayiirText

/// Gathers what the index of a sealed segment says, block by block. Pure; memory goes with the keys of one segment.
struct SealedIndexBuilder {
    /// Few enough that a bucket is one small read, enough that the directory stays small.
    private static let keysPerBucket = 64

    private var blocksOfKey: [ExactText: [UInt32]] = [:]
    private var table: [UInt8] = []
    private(set) var earliest: Int64?
    private(set) var latest: Int64?
    private(set) var recordBytes: UInt64 = 0

    /// Takes in the records of a block that stands at `offset`.
    mutating func add(_ records: [UInt8], count: UInt32, firstSequence: UInt64, at offset: Int) {
        let place = UInt32(offset / 8)
        var first = Int64.max
        var last = Int64.min
        var lastKey: ExactText?
        records.withUnsafeBytes { bytes in
            var start = 0
            while let header = RecordHeader(decoding: bytes, at: start) {
                first = min(first, header.timestamp)
                last = max(last, header.timestamp)
                let text = bytes.part(start + RecordHeader.byteCount, header.keyLength)
                let key = ExactText(String(decoding: text, as: UTF8.self))
                start += header.extent
                if key == lastKey { continue }
                lastKey = key
                if blocksOfKey[key]?.last != place { blocksOfKey[key, default: []].append(place) }
            }
        }
        table.appendLittleEndian(place)
        table.appendLittleEndian(count)
        table.appendLittleEndian(firstSequence)
        table.appendLittleEndian(first)
        table.appendLittleEndian(last)
        earliest = min(earliest ?? first, first)
        latest = max(latest ?? last, last)
        recordBytes += UInt64(records.count)
    }

    /// The bodies of the index's frames.
    struct Bodies {
        var table: [UInt8]
        var filter: [UInt8]
        var buckets: [[UInt8]]
    }

    func bodies() -> Bodies {
        let keys = blocksOfKey.map { (hash: KeyHash($0.key.rawValue), blocks: $0.value) }.sorted {
            ($0.hash.a, $0.hash.b) < ($1.hash.a, $1.hash.b)
        }
        var filter = KeyFilter(keyCount: keys.count)
        for key in keys { filter.insert(key.hash) }
        let bits = Self.bucketBits(keyCount: keys.count)
        var rest = keys[...]
        let buckets = (0..<(1 << bits)).map { bucket in
            let own = rest.prefix { SealedBucket.number(of: $0.hash, bits: bits) == bucket }
            rest = rest.dropFirst(own.count)
            return SealedBucket.encode(own.map { ($0.hash.a, $0.blocks) })
        }
        return Bodies(table: table, filter: filter.bytes, buckets: buckets)
    }

    private static func bucketBits(keyCount: Int) -> Int {
        let wanted = (keyCount + keysPerBucket - 1) / keysPerBucket
        return wanted <= 1 ? 0 : Int.bitWidth - (wanted - 1).leadingZeroBitCount
    }
}

/// A bucket of a sealed segment's index: some keys and the blocks that hold them. See `docs/FORMAT.md`, "Sealed segment".
enum SealedBucket {
    private static let keyBytes = 12

    /// Which of 2^`bits` buckets has a key.
    static func number(of hash: KeyHash, bits: Int) -> Int {
        bits == 0 ? 0 : Int(hash.a >> UInt64(64 - bits))
    }

    /// Encodes keys, sorted by hash, with their blocks' places.
    static func encode(_ keys: [(hash: UInt64, blocks: [UInt32])]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(UInt32(keys.count))
        var end: UInt32 = 0
        for key in keys {
            end += UInt32(key.blocks.count)
            bytes.appendLittleEndian(key.hash)
            bytes.appendLittleEndian(end)
        }
        for key in keys { for block in key.blocks { bytes.appendLittleEndian(block) } }
        return bytes
    }

    /// The places of the blocks that hold keys with a hash's first half; `nil` if `bytes` are not a bucket.
    static func blocks(holding hash: UInt64, in bytes: UnsafeRawBufferPointer) -> [UInt32]? {
        var found: [UInt32] = []
        let isBucket = forEachKey(in: bytes) { key, places in
            if key == hash { found += blocks(places) }
        }
        return isBucket ? found : nil
    }

    /// Calls `visit` with each key's hash and, as they are stored, the places of its blocks. False if `bytes` are not a bucket.
    static func forEachKey(
        in bytes: UnsafeRawBufferPointer, _ visit: (UInt64, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        guard bytes.count >= 4 else { return false }
        let count = Int(bytes.loadLittleEndian(0, as: UInt32.self))
        let list = 4 + count * keyBytes
        guard list <= bytes.count else { return false }
        let places = (bytes.count - list) / 4
        var start = 0
        for index in 0..<count {
            let key = 4 + index * keyBytes
            let end = Int(bytes.loadLittleEndian(key + 8, as: UInt32.self))
            guard end >= start, end <= places else { return false }
            visit(bytes.loadLittleEndian(key, as: UInt64.self), bytes.part(list + 4 * start, 4 * (end - start)))
            start = end
        }
        return true
    }

    /// The places of blocks, from how they are stored.
    static func blocks(_ places: UnsafeRawBufferPointer) -> [UInt32] {
        (0..<places.count / 4).map { places.loadLittleEndian(4 * $0, as: UInt32.self) }
    }
}
