/// A file of the simulated disk: what reading shows, what is durable, and what lies between the two. Pure.
struct StoredFile: Sendable {
    /// What the device writes as one piece.
    static let sectorSize = 512

    /// What reading shows.
    private(set) var content: [UInt8] = []
    /// What a crash surely leaves.
    private(set) var durable: [UInt8] = []
    /// The sectors that may differ on the device from `durable`.
    private(set) var unsynced: [Int: UnsyncedSector] = [:]
    /// The lengths that the file had since it was last synced, oldest first.
    private(set) var unsyncedLengths: [Int] = []
    /// Which sectors take room on the device; the others are holes.
    private var isAllocated: [Bool] = []

    /// A sector on its way to the device.
    struct UnsyncedSector: Sendable {
        /// What it held after each write since the last sync, oldest first: the device may have any of them.
        var versions: [[UInt8]] = []
        /// Whether the next sync still writes it: not after one that failed.
        var isDue = true
    }

    /// An empty file.
    init() {}

    /// A file that is durable as it is.
    init(durable bytes: [UInt8]) {
        content = bytes
        durable = bytes
        isAllocated = Array(repeating: true, count: Self.sectorCount(bytes.count))
    }

    /// The room that the file takes on the device, in bytes.
    var allocatedBytes: Int { isAllocated.count(where: \.self) * Self.sectorSize }

    /// How many of `count` bytes at `offset` can be written if `free` more bytes can be allocated.
    func writable(_ count: Int, at offset: Int, free: Int) -> Int {
        var room = free / Self.sectorSize
        for sector in Self.sectors(offset..<offset + count) {
            if sector < isAllocated.count && isAllocated[sector] { continue }
            if room == 0 { return max(0, sector * Self.sectorSize - offset) }
            room -= 1
        }
        return count
    }

    /// Writes to the page cache.
    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        guard !bytes.isEmpty else { return }
        let end = offset + bytes.count
        extendContent(to: end)
        content.withUnsafeMutableBytes {
            UnsafeMutableRawBufferPointer(rebasing: $0[offset..<end]).copyMemory(from: bytes)
        }
        let sectors = Self.sectors(offset..<end)
        if isAllocated.count < sectors.upperBound {
            isAllocated.append(
                contentsOf: repeatElement(false, count: sectors.upperBound - isAllocated.count))
        }
        for sector in sectors {
            isAllocated[sector] = true
            markChanged(sector)
        }
    }

    /// Cuts or extends what reading shows; extending leaves a hole.
    mutating func resize(to length: Int) {
        guard length != content.count else { return }
        let previous = content.count
        if length < previous {
            content.removeSubrange(length...)
            let kept = Self.sectorCount(length)
            if isAllocated.count > kept { isAllocated.removeSubrange(kept...) }
            // A later extension shows zeros where the cut bytes were, on the device too.
            for sector in Self.sectors(length..<max(previous, durable.count)) { markChanged(sector) }
            unsyncedLengths.append(length)
        } else {
            extendContent(to: length)
        }
    }

    /// Makes what reading shows durable, except for what a failed sync gave up.
    mutating func synchronize() {
        setDurableLength(content.count)
        unsyncedLengths = []
        for (sector, state) in unsynced where state.isDue {
            let range = Self.range(of: sector, within: content.count)
            durable.replaceSubrange(range, with: content[range])
            unsynced[sector] = nil
        }
    }

    /// A sync that failed: nothing becomes durable, and what was due is due no longer.
    mutating func giveUpUnsynced() {
        for sector in unsynced.keys { unsynced[sector]?.isDue = false }
    }

    /// The file after a crash. `choose(n)` picks a number from 0 to n, where 0 means the durable state and k the state
    /// after the k-th change since then. It is asked once for the length, then for each sector from the first on.
    func afterCrash(choosing choose: (Int) -> Int) -> StoredFile {
        var survivor = self
        survivor.unsynced = [:]
        survivor.unsyncedLengths = []
        let length = choose(unsyncedLengths.count)
        survivor.setDurableLength(length == 0 ? durable.count : unsyncedLengths[length - 1])
        for (sector, state) in unsynced.sorted(by: { $0.key < $1.key }) {
            let choice = choose(state.versions.count)
            guard choice > 0 else { continue }
            let range = Self.range(of: sector, within: survivor.durable.count)
            let version = state.versions[choice - 1]
            let bytes =
                version.prefix(range.count) + [UInt8](repeating: 0, count: max(0, range.count - version.count))
            survivor.durable.replaceSubrange(range, with: bytes)
        }
        return StoredFile(durable: survivor.durable)
    }

    private mutating func extendContent(to length: Int) {
        guard length > content.count else { return }
        content += [UInt8](repeating: 0, count: length - content.count)
        unsyncedLengths.append(length)
    }

    private mutating func setDurableLength(_ length: Int) {
        if length < durable.count {
            durable.removeSubrange(length...)
        } else {
            durable += [UInt8](repeating: 0, count: length - durable.count)
        }
    }

    private mutating func markChanged(_ sector: Int) {
        let range = Self.range(of: sector, within: content.count)
        unsynced[sector, default: UnsyncedSector()].versions.append(Array(content[range]))
        unsynced[sector]?.isDue = true
    }

    private static func sectorCount(_ length: Int) -> Int { (length + sectorSize - 1) / sectorSize }

    private static func sectors(_ bytes: Range<Int>) -> Range<Int> {
        bytes.isEmpty ? 0..<0 : bytes.lowerBound / sectorSize..<sectorCount(bytes.upperBound)
    }

    private static func range(of sector: Int, within length: Int) -> Range<Int> {
        min(length, sector * sectorSize)..<min(length, (sector + 1) * sectorSize)
    }
}
