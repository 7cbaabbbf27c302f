import SayiirLog
import SayiirTesting
import Testing

@Suite("A crash of the simulated disk")
struct CrashTests {
    /// A disk with the durable file `f` of the given bytes, open for writing.
    private func disk(holding bytes: [UInt8] = []) throws -> (InMemoryFileSystem, any File) {
        let disk = InMemoryFileSystem()
        try disk.setBytes(bytes, of: "f")
        return (disk, try disk.open("f", as: .readWrite))
    }

    @Test("keeps what was synced, and nothing else has to survive")
    func syncedSurvives() throws {
        let (disk, file) = try disk()
        try file.write(block(1, 1000), at: 0)
        try file.synchronize()
        try file.write(block(2, 1000), at: 1000)
        #expect(try disk.crash(keeping: .nothing).bytes(of: "f") == block(1, 1000))
        #expect(try disk.crash(keeping: .everything).bytes(of: "f") == block(1, 1000) + block(2, 1000))
        for seed in 0..<200 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            #expect(try disk.crash(using: &generator).bytes(of: "f").prefix(1000) == block(1, 1000)[...])
        }
    }

    @Test("decides each unsynced sector by itself, and never splits one")
    func sectorsAreAtomic() throws {
        let (disk, file) = try disk(holding: block(0, 4 * 512))
        try file.write(block(1, 4 * 512), at: 0)
        var seen: Set<[UInt8]> = []
        for seed in 0..<400 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            let bytes = try disk.crash(using: &generator).bytes(of: "f")
            let sectors = stride(from: 0, to: bytes.count, by: 512).map { bytes[$0..<$0 + 512] }
            #expect(sectors.allSatisfy { Set($0).count == 1 })
            seen.insert(sectors.compactMap(\.first))
        }
        #expect(seen.count == 16)
    }

    @Test("may leave any of the states that a sector had since the last sync")
    func anyVersion() throws {
        let (disk, file) = try disk(holding: block(0, 512))
        for value in 1...3 as ClosedRange<UInt8> { try file.write(block(value, 512), at: 0) }
        var seen: Set<UInt8?> = []
        for seed in 0..<200 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            seen.insert(try disk.crash(using: &generator).bytes(of: "f").first)
        }
        #expect(seen == [0, 1, 2, 3])
    }

    @Test("shows zeros where the length survived and the content did not")
    func zerosBeyond() throws {
        let (disk, file) = try disk(holding: block(9, 100))
        try file.write(block(1, 512), at: 2048)
        var seen: Set<[UInt8]> = []
        for seed in 0..<200 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            seen.insert(try disk.crash(using: &generator).bytes(of: "f"))
        }
        let hole = block(9, 100) + block(0, 1948)
        #expect(seen == [block(9, 100), hole + block(0, 512), hole + block(1, 512)])
    }

    @Test("may undo a truncation that was not synced, and never brings cut bytes back behind a synced one")
    func truncation() throws {
        let (disk, file) = try disk(holding: block(7, 1024))
        try file.resize(to: 100)
        #expect(try disk.crash(keeping: .nothing).bytes(of: "f") == block(7, 1024))
        try file.synchronize()
        try file.resize(to: 1024)
        for seed in 0..<50 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            let bytes = try disk.crash(using: &generator).bytes(of: "f")
            #expect(bytes == block(7, 100) || bytes == block(7, 100) + block(0, 924))
        }
    }

    @Test("loses a synced file whose name was never synced")
    func namesNeedTheirOwnSync() throws {
        let disk = InMemoryFileSystem()
        try disk.createDirectory(at: "log")
        try disk.synchronizeDirectory(at: ".")
        let file = try disk.open("log/f", as: .readWriteCreating)
        try file.write(block(1, 10), at: 0)
        try file.synchronize()
        #expect(disk.crash(keeping: .nothing).files == [])
        try disk.synchronizeDirectory(at: "log")
        let survivor = disk.crash(keeping: .nothing)
        #expect(try survivor.bytes(of: "log/f") == block(1, 10))
    }

    @Test("takes along what is in a directory whose own name was never synced")
    func directoriesNeedTheirParentsSync() throws {
        let disk = InMemoryFileSystem()
        try disk.createDirectory(at: "a/b")
        _ = try disk.open("a/b/f", as: .readWriteCreating)
        try disk.synchronizeDirectory(at: "a/b")
        try disk.synchronizeDirectory(at: "a")
        #expect(disk.crash(keeping: .nothing).files == [])
        try disk.synchronizeDirectory(at: ".")
        #expect(disk.crash(keeping: .nothing).files == ["a/b/f"])
    }

    @Test("leaves the old or the new file behind a rename, never neither and never a mixture")
    func renameIsAtomic() throws {
        let disk = InMemoryFileSystem()
        try disk.setBytes([1], of: "log/current")
        let file = try disk.open("log/temporary", as: .readWriteCreating)
        try file.write([2], at: 0)
        try file.synchronize()
        try disk.rename("log/temporary", to: "log/current")
        var seen: Set<[UInt8]> = []
        for seed in 0..<100 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            seen.insert(try disk.crash(using: &generator).bytes(of: "log/current"))
        }
        #expect(seen == [[1], [2]])
        try disk.synchronizeDirectory(at: "log")
        let survivor = disk.crash(keeping: .nothing)
        #expect(survivor.files == ["log/current"])
        #expect(try survivor.bytes(of: "log/current") == [2])
    }

    @Test("may bring back a removed file until its directory is synced")
    func removalNeedsSync() throws {
        let disk = InMemoryFileSystem()
        try disk.setBytes([1], of: "log/f")
        try disk.remove("log/f")
        #expect(disk.files == [])
        #expect(disk.crash(keeping: .nothing).files == ["log/f"])
        #expect(disk.crash(keeping: .everything).files == [])
        try disk.synchronizeDirectory(at: "log")
        #expect(disk.crash(keeping: .nothing).files == [])
    }

    @Test("leaves the same for the same seed")
    func reproducible() throws {
        let (disk, file) = try disk(holding: block(0, 8192))
        for offset in 0..<8 as Range<Int64> { try file.write(block(UInt8(offset), 700), at: offset * 1000) }
        var first = SplitMix64(seed: 5)
        var second = SplitMix64(seed: 5)
        #expect(
            try disk.crash(using: &first).bytes(of: "f") == disk.crash(using: &second).bytes(of: "f"))
        #expect(first == second)
    }

    @Test("ends all locks, and so does copying the disk")
    func locksEnd() throws {
        let (disk, file) = try disk()
        #expect(try file.tryLock())
        #expect(try !disk.open("f", as: .readWrite).tryLock())
        #expect(try disk.crash(keeping: .everything).open("f", as: .readWrite).tryLock())
        #expect(try disk.snapshot().open("f", as: .readWrite).tryLock())
    }

    @Test("leaves the disk it happened to as it is, and a snapshot keeps what is unsynced unsynced")
    func copiesAreApart() throws {
        let (disk, file) = try disk(holding: [1])
        try file.write([2], at: 0)
        let snapshot = disk.snapshot()
        try file.write([3], at: 0)
        try disk.remove("f")
        #expect(try snapshot.bytes(of: "f") == [2])
        #expect(try snapshot.crash(keeping: .nothing).bytes(of: "f") == [1])
        #expect(try snapshot.crash(keeping: .everything).bytes(of: "f") == [2])
    }

    @Test("never gives a name to another file than the one that was renamed")
    func renamedFileKeepsItsIdentity() throws {
        let disk = InMemoryFileSystem()
        try disk.open("old", as: .readWriteCreating).write(block(1, 10), at: 0)
        try disk.synchronizeDirectory(at: ".")
        try disk.remove("old")
        let file = try disk.open("old", as: .readWriteCreating)
        try file.write(block(2, 10), at: 0)
        try file.synchronize()
        try disk.rename("old", to: "new")
        for seed in 0..<300 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            let survivor = disk.crash(using: &generator)
            if survivor.files.contains("new") { #expect(try survivor.bytes(of: "new") == block(2, 10)) }
        }
    }

    @Test("comes at the call that a test names, counted over the kinds of calls that change something")
    func haltAtCall() throws {
        let (disk, file) = try disk()
        disk.halt(atCall: 2)
        _ = try file.size()
        try file.write(block(1, 10), at: 0)
        #expect(!disk.isHalted)
        #expect(throws: FileSystemError.self) { try file.synchronize() }
        #expect(disk.isHalted)
        #expect(throws: FileSystemError.self) { try file.size() }
        #expect(try disk.crash(keeping: .nothing).bytes(of: "f").isEmpty)
    }
}
