import SayiirTesting
import Testing

@testable import SayiirLog

@Suite("SnapshotTests")
struct SnapshotTests {
    /// A fold that is easy to check: the payloads under each key.
    typealias Payloads = [String: [[UInt8]]]

    static func open(
        _ disk: InMemoryFileSystem, contentVersion: UInt32 = 1,
        options: LogOptions = testOptions(segmentBytes: 16 * 1024)
    ) async throws -> (writer: LogWriter, state: Payloads) {
        try await LogWriter.open(
            directory: "log", options: options, fileSystem: disk, folding: Payloads(), contentVersion: contentVersion,
            restore: { state, entry in state[entry.key, default: []].append(Array(entry.payload)) },
            fold: { state, frame in
                frame.forEachRecord { state[$0.key, default: []].append(Array($0.payload)) }
            })
    }

    static func write(_ state: Payloads, of writer: LogWriter, neededFrom: UInt64 = .max) async throws {
        try await writer.writeSnapshot(
            at: writer.position, contentVersion: 1, neededFrom: min(neededFrom, writer.lastSequence + 1)
        ) { (entries) throws(LogError) in
            for (key, payloads) in state.sorted(by: { $0.key < $1.key }) {
                for payload in payloads {
                    try entries.append(kind: RecordKind(rawValue: 16), key: key) { $0 += payload }
                }
            }
        }
    }

    /// A disk with a log that has snapshots at 200 and 400 of its 500 records; and what the records amount to.
    static func sample() async throws -> (disk: InMemoryFileSystem, state: Payloads) {
        let disk = InMemoryFileSystem()
        var (writer, state) = try await open(disk)
        for number in 1...500 {
            let key = "k\(number % 9)"
            let payload = noise(100, seed: UInt64(number))
            state[key, default: []].append(payload)
            try await writer.append(batch([payload], key: key))
            if number == 200 || number == 400 { try await write(state, of: writer) }
        }
        try await writer.close()
        return (disk, state)
    }

    static func snapshots(_ disk: InMemoryFileSystem) -> [String] { disk.files.filter { $0.hasSuffix(".snapshot") } }

    @Test("opening goes on from the newest snapshot and reads what comes behind it")
    func opening() async throws {
        let (disk, state) = try await Self.sample()
        let (writer, found) = try await Self.open(disk)
        #expect(found == state)
        #expect(writer.recovery.snapshotSequence == 400)
        #expect(writer.recovery.assessment.recordCount == 100)
        #expect(writer.lastSequence == 500)
        let records = try await writer.records(withKey: "k3")
        #expect(records.map { Array($0.payload) } == state["k3"])
        try await writer.close()
        #expect(try LogReader(directory: "log", fileSystem: disk).verify().verdict == .clean)
    }

    @Test("opening from a snapshot whose segment was sealed since reads the rest of the segment")
    func sealedMeanwhile() async throws {
        let disk = InMemoryFileSystem()
        var (writer, state) = try await Self.open(disk)
        for number in 1...300 {
            let payload = noise(100, seed: UInt64(number))
            state["k", default: []].append(payload)
            try await writer.append(batch([payload]))
            if number == 50 { try await Self.write(state, of: writer) }
        }
        try await writer.close()
        let again = try await Self.open(disk)
        #expect(again.state == state)
        #expect(again.writer.recovery.snapshotSequence == 50)
        try await again.writer.close()
    }

    @Test("a damaged snapshot is reported, put aside, and the one before it is used; then all of the log")
    func damaged() async throws {
        let (disk, state) = try await Self.sample()
        try disk.flipBit(1, ofByteAt: 4300, in: Self.snapshots(disk)[1])
        let first = try await Self.open(disk)
        #expect(first.state == state)
        #expect(first.writer.recovery.snapshotSequence == 200)
        #expect(first.writer.recovery.rejectedSnapshots.count == 1)
        #expect(Self.snapshots(disk).count == 1)
        try await first.writer.close()
        try disk.flipBit(1, ofByteAt: 20, in: Self.snapshots(disk)[0])
        let second = try await Self.open(disk)
        #expect(second.state == state)
        #expect(second.writer.recovery.snapshotSequence == nil)
        try await second.writer.close()
    }

    @Test("every flipped bit and every cut of a snapshot is noticed, and the state is right nevertheless")
    func everyBit() async throws {
        let (disk, _) = try await Self.sample()
        let name = try #require(try LogFiles(in: "log", fileSystem: disk).snapshots.last)
        let path = "log/\(name)"
        let bytes = try disk.bytes(of: path)
        func isWhole() -> Bool {
            do {
                try SnapshotFile(name, in: "log", fileSystem: disk).read()
                return true
            } catch {
                return false
            }
        }
        #expect(isWhole())
        for byte in stride(from: 0, to: bytes.count, by: isExhaustive ? 1 : 3) {
            for bit in bitsToFlip(ofByteAt: byte) {
                try disk.flipBit(bit, ofByteAt: byte, in: path)
                #expect(!isWhole(), "bit \(bit) of byte \(byte)")
                try disk.flipBit(bit, ofByteAt: byte, in: path)
            }
        }
        for start in stride(from: 0, to: bytes.count, by: 512) {
            let damaged = zeroing(sectorAt: start, of: bytes)
            try disk.setBytes(damaged, of: path)
            #expect(isWhole() == (damaged == bytes), "sector at \(start)")
        }
        for length in stride(from: 0, to: bytes.count, by: 97) {
            try disk.setBytes(Array(bytes.prefix(length)), of: path)
            #expect(!isWhole(), "\(length) bytes")
        }
    }

    @Test("a snapshot of another encoding is not used, and stays")
    func otherVersion() async throws {
        let (disk, state) = try await Self.sample()
        let (writer, found) = try await Self.open(disk, contentVersion: 2)
        #expect(found == state)
        #expect(writer.recovery.snapshotSequence == nil && writer.recovery.unusedSnapshots.count == 2)
        #expect(Self.snapshots(disk).count == 2)
        try await writer.close()
    }

    @Test("two snapshots are kept")
    func keepsTwo() async throws {
        let disk = InMemoryFileSystem()
        let (writer, _) = try await Self.open(disk)
        for number in 0..<5 {
            try await writer.append(batch([[UInt8(number)]]))
            try await Self.write(["k": [[1]]], of: writer)
        }
        try await writer.close()
        #expect(Self.snapshots(disk).map { $0.suffix(11) } == ["04.snapshot", "05.snapshot"])
    }

    @Test("a log that ends before what a snapshot covers is damaged")
    func covered() async throws {
        let (disk, _) = try await Self.sample()
        let newest = try #require(try LogFiles(in: "log", fileSystem: disk).segments.last)
        for name in try LogFiles(in: "log", fileSystem: disk).segments {
            if name.number > 1 { try disk.remove("log/\(name)") }
        }
        #expect(newest.number > 2)
        await #expect(throws: LogError.self) { try await Self.open(disk) }
    }

    @Test(
        "a snapshot is due when the log has grown by the bytes that the options say, or by twice the last one's length")
    func due() async throws {
        let disk = InMemoryFileSystem()
        var options = testOptions(segmentBytes: 64 * 1024)
        options.snapshotBytes = 10_000
        let (writer, _) = try await Self.open(disk, options: options)
        var number: UInt64 = 0
        func appendUntilDue() async throws -> Int {
            var bytes = 0
            while !writer.isSnapshotDue {
                number += 1
                try await writer.append(batch([noise(1000, seed: number)]))
                bytes += 1017
            }
            return bytes
        }
        #expect(try await appendUntilDue() == 10_170)
        try await Self.write(["k": (0..<40).map { noise(1000, seed: $0) }], of: writer)
        #expect(!writer.isSnapshotDue)
        let grown = try await appendUntilDue()
        #expect(grown > 80_000 && grown < 110_000, "\(grown)")
        try await writer.close()
    }

    @Test("a full disk leaves the log without the snapshot, and usable")
    func noRoom() async throws {
        let disk = InMemoryFileSystem()
        let (writer, _) = try await Self.open(disk)
        try await writer.append(batch([[1]]))
        let capacity = disk.capacity
        disk.capacity = 0
        await #expect(throws: LogError.self) { try await Self.write(["k": [noise(5000)]], of: writer) }
        disk.capacity = capacity
        #expect(Self.snapshots(disk).isEmpty && !disk.files.contains("log/snapshot.tmp"))
        try await writer.append(batch([[2]]))
        try await writer.close()
        #expect(try Reading(disk).payloads == [[1], [2]])
    }

    @Test("with buffered durability a snapshot never speaks of records that a crash can take")
    func buffered() async throws {
        let disk = InMemoryFileSystem()
        var options = testOptions(segmentBytes: 16 * 1024)
        options.durability = .buffered
        var (writer, state) = try await Self.open(disk, options: options)
        for number in 0..<20 {
            state["k", default: []].append([UInt8(number)])
            try await writer.append(batch([[UInt8(number)]]))
        }
        try await Self.write(state, of: writer)
        let survivor = disk.crash(keeping: .nothing)
        try await writer.close()
        let (again, found) = try await Self.open(survivor, options: options)
        #expect(found == state && again.lastSequence == 20)
        try await again.close()
        #expect(try LogReader(directory: "log", fileSystem: survivor).verify().lastSequence == 20)
    }
}
