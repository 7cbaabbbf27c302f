import SayiirTesting
import Testing

@testable import SayiirLog

@Suite("RetentionTests")
struct RetentionTests {
    static func segment(_ number: UInt32, last: UInt64, latest: Int64 = 0, bytes: Int64 = 100) -> RetainedSegment {
        RetainedSegment(
            name: SegmentName(number: number, firstSequence: last - 9, isSealed: true), lastSequence: last,
            latestTimestamp: latest, byteCount: bytes)
    }

    static let four = (1...4).map { segment(UInt32($0), last: UInt64($0) * 10, latest: Int64($0) * 1_000_000_000) }

    static func plan(_ retention: Retention, neededFrom: UInt64 = .max) -> (removed: [UInt32], held: [UInt32]) {
        let plan = RetentionPlan(
            retention, sealed: four, otherBytes: 50, neededFrom: neededFrom, now: 10_000_000_000)
        return (plan.removed.map(\.name.number), plan.held.map(\.name.number))
    }

    @Test("the policy decides by age and by size, from the front, and what is needed stays")
    func policy() {
        #expect(Self.plan(.keepAll) == ([], []))
        #expect(Self.plan(Retention(maximumAge: .milliseconds(7500))) == ([1, 2], []))
        #expect(Self.plan(Retention(maximumAge: .seconds(100))) == ([], []))
        #expect(Self.plan(Retention(maximumBytes: 450)) == ([], []))
        #expect(Self.plan(Retention(maximumBytes: 449)) == ([1], []))
        #expect(Self.plan(Retention(maximumBytes: 0)) == ([1, 2, 3, 4], []))
        #expect(Self.plan(Retention(maximumBytes: 0), neededFrom: 21) == ([1, 2], [3, 4]))
        #expect(Self.plan(Retention(maximumBytes: 0), neededFrom: 20) == ([1], [2, 3, 4]))
        #expect(Self.plan(Retention(maximumAge: .seconds(0), maximumBytes: 449), neededFrom: 0) == ([], [1, 2, 3, 4]))
    }

    /// A log of sealed segments with two snapshots at its end that need `neededFrom`.
    static func sample(neededFrom: UInt64? = nil, snapshots: Int = 2) throws -> (log: SealedLog, needed: UInt64) {
        let sealed = try SealedLog(segments: 5)
        var log = try TestLog(on: sealed.disk, options: sealed.options)
        var needed: UInt64 = 0
        for _ in 0..<snapshots {
            try log.commit([1], key: "late")
            needed = neededFrom ?? log.journal.nextSequence
            _ = try SnapshotWriting(directory: "log", fileSystem: sealed.disk).write(
                SnapshotWriting.Content(
                    position: log.journal.position, log: log.journal.header.log, createdAt: 0, contentVersion: 1,
                    neededFrom: needed)
            ) { (entries) throws(LogError) in try entries.append(kind: RecordKind(rawValue: 16), key: "k") { _ in } }
        }
        return (sealed, needed)
    }

    static func run(_ disk: InMemoryFileSystem, archive: String? = nil, bytes: Int64 = 20_000) throws -> [SegmentName] {
        let run = RetentionRun(directory: "log", fileSystem: disk)
        let retention = Retention(maximumBytes: bytes, archive: archive)
        var removed: [SegmentName] = []
        try run.apply(try run.plan(retention, now: 7), archive: archive, now: 7) { removed = $0 }
        return removed
    }

    @Test("a log without its first segments reads, verifies and goes on from where it begins now")
    func removes() throws {
        let (sealed, _) = try Self.sample()
        let before = try LogReader(directory: "log", fileSystem: sealed.disk).verify()
        let removed = try Self.run(sealed.disk)
        #expect(removed.count > 1)
        let reader = LogReader(directory: "log", fileSystem: sealed.disk)
        let after = try reader.verify()
        #expect(after.verdict == .clean && after.head == before.head && after.lastSequence == before.lastSequence)
        #expect(after.recordCount < before.recordCount)
        let entries = try reader.removedSegments()
        #expect(entries.map(\.name) == removed && entries.allSatisfy { !$0.isArchived && $0.fileDigest.count == 32 })
        var log = try TestLog(on: sealed.disk, options: sealed.options)
        try log.commit([9])
        #expect(try Reading(sealed.disk).payloads.last == [9])
        // A second removal keeps what is known of the first.
        _ = try Self.run(sealed.disk, bytes: 0)
        #expect(try Array(reader.removedSegments().prefix(removed.count)) == entries)
        #expect(try reader.verify().verdict == .clean)
    }

    @Test("nothing goes without two whole snapshots, or past what they need")
    func holds() throws {
        #expect(try Self.run(Self.sample(snapshots: 1).log.disk).isEmpty)
        #expect(try Self.run(Self.sample(neededFrom: 1).log.disk).isEmpty)
        let (sealed, _) = try Self.sample()
        let snapshot = try #require(sealed.disk.files.first { $0.hasSuffix(".snapshot") })
        try sealed.disk.flipBit(2, ofByteAt: 4200, in: snapshot)
        #expect(try Self.run(sealed.disk).isEmpty)
        let plan = try LogReader(directory: "log", fileSystem: Self.sample(neededFrom: 1).log.disk).retentionPlan(
            for: Retention(maximumBytes: 0), now: 0)
        #expect(plan.removed.isEmpty && plan.held.count == 4)
    }

    @Test("an archived log reads as one with the live one")
    func archives() throws {
        let (sealed, _) = try Self.sample()
        let before = try LogReader(directory: "log", fileSystem: sealed.disk).verify()
        let removed = try Self.run(sealed.disk, archive: "old/archive")
        #expect(removed.allSatisfy { sealed.disk.files.contains("old/archive/\($0)") })
        let reader = LogReader(directory: "log", archives: ["old/archive"], fileSystem: sealed.disk)
        var count: UInt64 = 0
        let after = try reader.verify { count += UInt64($0.recordCount) }
        #expect(after.verdict == .clean && after.head == before.head && after.recordCount == before.recordCount)
        #expect(count == before.recordCount)
        var follower = reader.follow()
        var payloads: [[UInt8]] = []
        while let frame = try follower.next() { payloads += frame.records.map { Array($0.payload) } }
        #expect(firstDifference(Array(payloads.dropLast(2)), sealed.payloads) == nil)
        #expect(try reader.removedSegments().allSatisfy(\.isArchived))
        try sealed.disk.flipBit(0, ofByteAt: 5000, in: "old/archive/\(removed[0])")
        #expect(try reader.verify().verdict == .corrupt)
    }

    @Test("a removal that is cut short anywhere loses nothing that is needed, and is completed by the next opening")
    func crashes() throws {
        let (sealed, _) = try Self.sample()
        let before = try LogReader(directory: "log", fileSystem: sealed.disk).verify()
        var sawLeftovers = false
        for call in 1... {
            let disk = sealed.disk.snapshot()
            disk.inject(.anyCall(.nth(call), .halt))
            let isWhole = (try? Self.run(disk, archive: "archive")) != nil
            // Where the newest snapshots cannot be read, nothing is removed.
            if isWhole && !disk.isHalted { break }
            for keeping in [InMemoryFileSystem.Unsynced.nothing, .everything] {
                let survivor = disk.crash(keeping: keeping)
                let beginning = try LogContents(in: "log", fileSystem: survivor)
                sawLeftovers = sawLeftovers || !beginning.leftovers.isEmpty
                let archives = survivor.files.contains { $0.hasPrefix("archive/0") } ? ["archive"] : []
                let reader = LogReader(directory: "log", archives: archives, fileSystem: survivor)
                let after = try reader.verify()
                #expect(after.verdict == .clean && after.head == before.head, "call \(call)")
                #expect(after.recordCount == before.recordCount, "call \(call)")
                var options = sealed.options
                options.retention.archive = "archive"
                _ = try TestLog(on: survivor, options: options)
                #expect(try LogContents(in: "log", fileSystem: survivor).leftovers.isEmpty)
            }
        }
        #expect(sawLeftovers)
    }

    @Test("every damaged byte of the list of removals is noticed")
    func damagedList() throws {
        let (sealed, _) = try Self.sample()
        _ = try Self.run(sealed.disk)
        let path = "log/\(FileName.removals)"
        for byte in 0..<(try sealed.disk.bytes(of: path).count) {
            try sealed.disk.flipBit(byte % 8, ofByteAt: byte, in: path)
            let verdict = try? LogReader(directory: "log", fileSystem: sealed.disk).verify().verdict
            #expect(verdict == nil || verdict == .corrupt, "byte \(byte)")
            try sealed.disk.flipBit(byte % 8, ofByteAt: byte, in: path)
        }
        try sealed.disk.remove(path)
        #expect(try LogReader(directory: "log", fileSystem: sealed.disk).verify().verdict == .corrupt)
    }

    @Test("a writer removes by its policy as it goes, and keeps what the snapshots need")
    func background() async throws {
        let disk = InMemoryFileSystem()
        var options = testOptions(segmentBytes: 16 * 1024)
        options.retention = Retention(maximumBytes: 60_000)
        let (writer, _) = try await SnapshotTests.open(disk, options: options)
        for number in 0..<1000 as Range<UInt64> {
            try await writer.append(batch([noise(200, seed: number)]))
            if number % 100 == 99 { try await SnapshotTests.write([:], of: writer) }
        }
        try await writer.close()
        #expect(writer.upkeepFailure == nil)
        let reader = LogReader(directory: "log", fileSystem: disk)
        #expect(try reader.verify().verdict == .clean)
        #expect(try !reader.removedSegments().isEmpty)
        #expect(try reader.segments().reduce(0) { $0 + $1.byteCount } < 120_000)
    }
}
