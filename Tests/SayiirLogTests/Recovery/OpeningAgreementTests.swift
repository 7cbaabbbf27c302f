import SayiirTesting
import Testing

@testable import SayiirLog

/// Opening and verifying come to one judgement: what one refuses, the other refuses, by the same rule and in the same words.
@Suite struct OpeningAgreementTests {
    /// A log of three sealed segments, an earlier journal and a newest one; its snapshots lie in the newest.
    private func sample(promised: Bool = true) throws -> InMemoryFileSystem {
        let log = try SealedLog(segments: 5, journalCount: 2)
        try log.writeTwoSnapshots()
        var opened = try TestLog(on: log.disk, options: log.options)
        try opened.commit(noise(700))
        if promised { try opened.journal.promise() }
        return log.disk.snapshot()
    }

    private func expectAgreement(
        _ disk: InMemoryFileSystem, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        if let contradiction = try Judgements(disk).contradiction {
            Issue.record("\(what): \(contradiction)", sourceLocation: sourceLocation)
        }
    }

    private func newest(_ disk: InMemoryFileSystem) throws -> String {
        try #require(disk.files.last { $0.hasSuffix(".seg") })
    }

    /// The offset at which the log continues after the newest snapshot.
    private func snapshotOffset(_ disk: InMemoryFileSystem) throws -> Int {
        let name = try #require(LogFiles(in: "log", fileSystem: disk).snapshots.last)
        return try SnapshotFile(name, in: "log", fileSystem: disk).position.offset
    }

    @Test("a log that lost its end is refused although a newer snapshot is there")
    func lostEnd() throws {
        let disk = try sample()
        let path = try newest(disk)
        let offset = try snapshotOffset(disk)
        let bytes = try disk.bytes(of: path)
        // An older copy of the segment, and a disk that lost what it said it had written: down to a part of a sector.
        for end in [4096, offset - 3072, offset - 512, offset - 80, offset - 8] where end >= 4096 {
            let damaged = disk.snapshot()
            try damaged.setBytes(bytes.prefix(end) + [UInt8](repeating: 0, count: bytes.count - end), of: path)
            let judgements = try Judgements(damaged)
            #expect(judgements.contradiction == nil, "cut at \(end)")
            #expect(judgements.refusal != nil, "cut at \(end)")
            if end <= offset - 512 { #expect(judgements.refusal?.rule == .coveredBeyondEnd, "cut at \(end)") }
        }
    }

    @Test("an older copy of each segment beside newer files is refused by both")
    func olderCopies() throws {
        let disk = try sample()
        for path in disk.files where path.hasSuffix(".seg") {
            let bytes = try disk.bytes(of: path)
            for end in stride(from: 4096, to: bytes.count, by: 1024) {
                let damaged = disk.snapshot()
                try damaged.setBytes(bytes.prefix(end) + [UInt8](repeating: 0, count: bytes.count - end), of: path)
                try expectAgreement(damaged, "\(path) up to \(end)")
            }
        }
    }

    @Test("each file that is lost, empty, cut, lengthened or another's is judged alike")
    func wholeFiles() throws {
        let disk = try sample()
        let paths = disk.files.filter { !$0.hasSuffix(FileName.lock) }
        for path in paths {
            let bytes = try disk.bytes(of: path)
            let lost = disk.snapshot()
            try lost.remove(path)
            try expectAgreement(lost, "without \(path)")
            for content in [[], Array(bytes.prefix(100)), Array(bytes.dropLast(512)), bytes + [0], noise(bytes.count)] {
                let damaged = disk.snapshot()
                try damaged.setBytes(content, of: path)
                try expectAgreement(damaged, "\(path) of \(content.count) bytes")
            }
            for other in paths where other != path {
                let exchanged = disk.snapshot()
                try exchanged.setBytes(try disk.bytes(of: other), of: path)
                try expectAgreement(exchanged, "\(other) in the place of \(path)")
            }
        }
    }

    @Test("flipped bits and lost sectors of headers, of the newest segment and of snapshots are judged alike")
    func bits() throws {
        for promised in [true, false] {
            let disk = try sample(promised: promised)
            let path = try newest(disk)
            let offset = try snapshotOffset(disk)
            for file in disk.files where !file.hasSuffix(FileName.lock) {
                let size = try disk.bytes(of: file).count
                // Of what a snapshot covers, opening reads the header blocks.
                let places = file == path ? Array(0..<4096) + Array(offset..<size) : Array(0..<min(4096, size))
                for place in places where place % (isExhaustive ? 7 : 211) == 0 {
                    let damaged = disk.snapshot()
                    try damaged.flipBit(place % 8, ofByteAt: place, in: file)
                    try expectAgreement(damaged, "bit of \(file) at \(place)")
                }
                for sector in Set(places.map { $0 / 512 * 512 }) {
                    let damaged = disk.snapshot()
                    try damaged.setBytes(zeroing(sectorAt: sector, of: try disk.bytes(of: file)), of: file)
                    try expectAgreement(damaged, "sector of \(file) at \(sector)")
                }
            }
        }
    }

    @Test("a snapshot that contradicts the log is a reason for both to refuse")
    func contradiction() throws {
        let log = try SealedLog()
        let end = try LogReader(directory: "log", fileSystem: log.disk).verify()
        let position = LogPosition(
            segment: 4, offset: end.offset, sequence: end.lastSequence,
            digest: ChainDigest(genesisOf: try #require(end.log)))
        _ = try SnapshotWriting(directory: "log", fileSystem: log.disk).write(
            SnapshotWriting.Content(
                position: position, log: try #require(end.log), createdAt: 0, contentVersion: 1, neededFrom: 1)
        ) { _ in }
        let judgements = try Judgements(log.disk)
        #expect(judgements.contradiction == nil && judgements.refusal?.rule == .coveredBeyondEnd)
    }

    @Test("a list of removals and a snapshot in the place of the segment that they name are refused by their header")
    func otherKinds() throws {
        let log = try SealedLog()
        try log.writeTwoSnapshots()
        let run = RetentionRun(directory: "log", fileSystem: log.disk)
        var plan = try run.plan(Retention(maximumBytes: 0), now: 0)
        plan.removed.removeLast()
        try run.apply(plan, archive: nil, now: 0)
        let files = try log.disk.contents()
        for (path, bytes) in files {
            guard let header = try? SegmentHeader(of: log.disk.open(path, as: .read)) else { continue }
            let name = SegmentName(number: header.number, firstSequence: header.firstSequence, isSealed: false)
            guard "log/\(name)" != path else { continue }
            let disk = log.disk.snapshot()
            try disk.setBytes(bytes, of: "log/\(name)")
            let judgements = try Judgements(disk)
            #expect(judgements.contradiction == nil && judgements.refusal != nil, "\(path) as \(name)")
        }
    }

    // MARK: Lost logs

    @Test("a log whose segments are all gone is refused as lost, whatever is left of it", arguments: [1, 5])
    func lostLog(segments: Int) throws {
        let disk = segments == 1 ? try TestLog().disk.snapshot() : try sample()
        for path in disk.files where path.contains(".se") { try disk.remove(path) }
        let judgements = try Judgements(disk)
        #expect(judgements.contradiction == nil)
        #expect(judgements.refusal?.problem == .lostLog && judgements.refusal?.rule == .earlierIsBad)
        #expect(judgements.refusal?.refusal.contains("lost all segments") == true)
        // Without the lock file, none is made.
        try disk.remove("log/\(FileName.lock)")
        #expect(try Judgements(disk).contradiction == nil && !disk.files.contains("log/\(FileName.lock)"))
    }

    @Test("of an old log without an identity, snapshots, the list of removals and a quarantine prove that it was there")
    func traces() throws {
        for trace in [
            "\(SnapshotName(coveredSequence: 9))", FileName.removals,
            "quarantine/00000001-00000000000000000001.seg-4096-7.torn",
        ] {
            let disk = InMemoryFileSystem()
            try disk.setBytes([], of: "log/\(FileName.lock)")
            try disk.setBytes([1], of: "log/\(trace)")
            #expect(throws: LogError.self, "\(trace)") { try TestLog(on: disk) }
            #expect(disk.files == ["log/\(FileName.lock)", "log/\(trace)"].sorted())
        }
    }

    @Test("a log without an identity opens and gets one; a damaged one is written again")
    func oldLog() throws {
        let disk = try sample()
        let path = "log/\(FileName.identity)"
        let bytes = try disk.bytes(of: path)
        for content in [nil, [], [1, 2, 3], Array(bytes.dropFirst()), noise(5000)] as [[UInt8]?] {
            let old = disk.snapshot()
            if let content { try old.setBytes(content, of: path) } else { try old.remove(path) }
            _ = try TestLog(on: old)
            #expect(try old.bytes(of: path) == bytes)
        }
    }

    @Test("the identity of another log refuses the segments, and one flipped bit of it does not")
    func otherIdentity() throws {
        let disk = try sample()
        let path = "log/\(FileName.identity)"
        for byte in try disk.bytes(of: path).indices.prefix(60) {
            let damaged = disk.snapshot()
            try damaged.flipBit(byte % 8, ofByteAt: byte, in: path)
            #expect(try Judgements(damaged).refusal == nil, "byte \(byte)")
        }
        var generator = SplitMix64(seed: 5)
        try LogIdentity.write(LogID(using: &generator), to: "log", fileSystem: disk)
        let judgements = try Judgements(disk)
        #expect(judgements.contradiction == nil && judgements.refusal?.rule == .earlierIsBad)
    }

    @Test("a full disk does not keep an old log from being opened")
    func noRoomForIdentity() throws {
        let disk = try sample()
        try disk.remove("log/\(FileName.identity)")
        disk.capacity = 0
        _ = try TestLog(on: disk)
        #expect(!disk.files.contains { $0.hasSuffix(".tmp") })
    }

    // MARK: Words

    @Test("a missing segment is named as missing, and a second one of its number or another log's as not belonging")
    func names() throws {
        let disk = try sample()
        let paths = disk.files.filter { $0.contains(".se") }
        for (index, path) in paths.enumerated() {
            let damaged = disk.snapshot()
            try damaged.remove(path)
            let refusal = try #require(try Judgements(damaged).refusal)
            #expect(refusal.problem == .missingSegment(UInt32(index + 1)))
            #expect(refusal.refusal.contains("segment \(index + 1) is missing"))
        }
        let second = "log/\(SegmentName(number: 2, firstSequence: 999_999, isSealed: false))"
        let doubled = disk.snapshot()
        var header = try SegmentHeader(of: disk.open(paths[4], as: .read))
        header.number = 2
        header.firstSequence = 999_999
        try doubled.setBytes(header.encoded() + [UInt8](repeating: 0, count: Int(header.size) - 4096), of: second)
        #expect(try Judgements(doubled).refusal?.problem == .strayFile(String(second.dropFirst(4))))
    }

    @Test("a directory with lost+found and hidden files is as good as an empty one, and what disturbs is named")
    func strangers() throws {
        let disk = InMemoryFileSystem()
        try disk.createDirectory(at: "log/lost+found")
        for name in [".DS_Store", ".nfs000123"] { try disk.setBytes([1], of: "log/\(name)") }
        let other = disk.snapshot()
        _ = try TestLog(on: disk)
        for name in ["README", "a", "b", "c"] { try other.setBytes([1], of: "log/\(name)") }
        let error = #expect(throws: LogError.self) { try TestLog(on: other) }
        #expect(error?.description.contains("it holds other files (README, a, b and 1 more) and no segment") == true)
        #expect(other.files.count == 6)
    }

    @Test("a refusal keeps no lock and leaves the lock file as it was, also without one")
    func noLock() throws {
        let disk = try sample()
        try disk.flipBit(1, ofByteAt: 4500, in: try newest(disk))
        try disk.flipBit(1, ofByteAt: 100, in: try #require(disk.files.first { $0.contains(".se") }))
        for _ in 0..<2 { #expect(try Judgements(disk).refusal != nil) }
        try disk.remove("log/\(FileName.lock)")
        let judgements = try Judgements(disk)
        #expect(judgements.refusal != nil && judgements.changes.isEmpty)
    }
}
