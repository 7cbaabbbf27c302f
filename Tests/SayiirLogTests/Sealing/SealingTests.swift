import SayiirTesting
import Testing

@testable import SayiirLog

@Suite("SealingTests")
struct SealingTests {
    @Test("a sealed log holds the same records, commits and chain")
    func sameRecords() throws {
        let unsealed = try SealedLog(journalCount: 4)
        let sealed = try SealedLog()
        #expect(sealed.sealedFiles.count == 3 && unsealed.sealedFiles.isEmpty)
        let before = try LogReader(directory: "log", fileSystem: unsealed.disk).verify()
        let after = try LogReader(directory: "log", fileSystem: sealed.disk).verify()
        #expect(after.verdict == .clean)
        #expect(after.head == before.head && after.lastSequence == before.lastSequence)
        #expect(after.recordCount == before.recordCount && after.recordBytes == before.recordBytes)
        #expect(try firstDifference(Reading(sealed.disk).payloads, sealed.payloads) == nil)
    }

    @Test("records are appended behind sealed segments")
    func goesOn() throws {
        let sealed = try SealedLog()
        var log = try TestLog(on: sealed.disk, options: sealed.options)
        try log.commit([1, 2, 3])
        #expect(try firstDifference(Reading(sealed.disk).payloads, sealed.payloads + [[1, 2, 3]]) == nil)
    }

    @Test("the records of each key are found through the index, and nothing of keys that are not there")
    func lookUp() throws {
        let sealed = try SealedLog()
        for number in 0..<60 {
            let key = "instance-\(number)"
            var found: [[UInt8]] = []
            for name in try LogFiles(in: "log", fileSystem: sealed.disk).segments where name.isSealed {
                let segment = try SealedSegment(name, in: "log", fileSystem: sealed.disk)
                let hash = KeyHash(key)
                let blocks = try segment.blocks(holding: hash)
                let records = blocks.flatMap { $0.records.filter { $0.key == key } }
                let filter = try segment.filter()
                #expect(records.isEmpty || filter.mayContain(hash))
                #expect(blocks.isEmpty == records.isEmpty)
                found += records.map { Array($0.payload) }
            }
            let expected = sealed.payloads(of: key)
            #expect(firstDifference(found, Array(expected.prefix(found.count))) == nil, "\(key)")
            #expect(number < 40 || found.isEmpty)
        }
    }

    @Test("looking up a key reads its blocks and little else")
    func lookUpCost() throws {
        let sealed = try SealedLog(segments: 8)
        let name = try #require(try LogFiles(in: "log", fileSystem: sealed.disk).segments.first)
        let before = sealed.disk.counts()
        let segment = try SealedSegment(name, in: "log", fileSystem: sealed.disk)
        let blocks = try segment.blocks(holding: KeyHash("instance-3"))
        let cost = sealed.disk.counts() - before
        #expect(cost[.open] == 1)
        #expect(cost[.read] <= 8 + 2 * blocks.count)
    }

    @Test("the filter says perhaps to a key that is not there less than once in a hundred questions")
    func filterQuality() {
        var filter = KeyFilter(keyCount: 10_000)
        for number in 0..<10_000 { filter.insert(KeyHash("key-\(number)")) }
        #expect((0..<10_000).allSatisfy { filter.mayContain(KeyHash("key-\($0)")) })
        let wrong = (0..<10_000).count { filter.mayContain(KeyHash("other-\($0)")) }
        #expect(wrong < 100, "\(wrong)")
    }

    @Test("a damaged segment is not sealed, and stays as it is")
    func damagedSource() throws {
        let log = try SealedLog(journalCount: 4)
        let name = try #require(try LogFiles(in: "log", fileSystem: log.disk).segments.first)
        try log.disk.flipBit(3, ofByteAt: 5000, in: "log/\(name)")
        let files = log.disk.files
        #expect(throws: LogError.self) { try SegmentSealer(directory: "log", fileSystem: log.disk).seal(name) }
        #expect(log.disk.files == files)
    }

    @Test("every flipped bit of a sealed segment is detected")
    func everyBit() throws {
        let sealed = try SealedLog(segments: 2)
        let path = try #require(sealed.sealedFiles.first)
        let length = try sealed.disk.bytes(of: path).count
        for byte in 0..<length {
            for bit in bitsToFlip(ofByteAt: byte) {
                try sealed.disk.flipBit(bit, ofByteAt: byte, in: path)
                let verdict = try? LogReader(directory: "log", fileSystem: sealed.disk).verify().verdict
                if let verdict, verdict != .corrupt { Issue.record("\(verdict) with bit \(bit) of byte \(byte)") }
                try sealed.disk.flipBit(bit, ofByteAt: byte, in: path)
            }
        }
        #expect(try LogReader(directory: "log", fileSystem: sealed.disk).verify().verdict == .clean)
    }

    @Test("every zeroed sector and every cut of a sealed segment is detected")
    func everySector() throws {
        let sealed = try SealedLog(segments: 2)
        let path = try #require(sealed.sealedFiles.first)
        let bytes = try sealed.disk.bytes(of: path)
        for start in stride(from: 0, to: bytes.count, by: 512) {
            let damaged = zeroing(sectorAt: start, of: bytes)
            try sealed.disk.setBytes(damaged, of: path)
            let verdict = try LogReader(directory: "log", fileSystem: sealed.disk).verify().verdict
            #expect(verdict == (damaged == bytes ? .clean : .corrupt), "\(start)")
            try sealed.disk.setBytes(Array(bytes.prefix(start)), of: path)
            #expect(try LogReader(directory: "log", fileSystem: sealed.disk).verify().verdict == .corrupt, "\(start)")
        }
    }

    @Test("a sealed segment that is missing, or is the newest, is damage")
    func missing() throws {
        let sealed = try SealedLog()
        let copy = sealed.disk.snapshot()
        try copy.remove(sealed.sealedFiles[1])
        #expect(try Reading(copy).rule == .earlierIsBad)
        let headless = sealed.disk.snapshot()
        for file in headless.files where file.hasSuffix(".seg") { try headless.remove(file) }
        #expect(try Reading(headless).rule == .coveredBeyondEnd)
    }

    @Test("a log with both forms of a segment is read from the journal, and opening removes the other")
    func bothForms() throws {
        let log = try SealedLog(journalCount: 4)
        let name = try #require(try LogFiles(in: "log", fileSystem: log.disk).segments.first)
        try SegmentSealer(directory: "log", fileSystem: log.disk).seal(name)
        // Not known to be whole until the journal is gone.
        try log.disk.flipBit(0, ofByteAt: 4200, in: "log/\(name.otherForm)")
        #expect(try firstDifference(Reading(log.disk).payloads, log.payloads) == nil)
        _ = try TestLog(on: log.disk, options: log.options)
        #expect(log.sealedFiles.isEmpty)
    }

    @Test("a writer seals in the background and finds every key throughout")
    func background() async throws {
        let disk = InMemoryFileSystem()
        let writer = try await LogWriter.open(
            directory: "log", options: testOptions(segmentBytes: 16 * 1024), fileSystem: disk)
        var expected: [String: [[UInt8]]] = [:]
        for number in 0..<600 {
            let key = "k\(number % 7)"
            let payload = noise(200, seed: UInt64(number))
            expected[key, default: []].append(payload)
            try await writer.append(batch([payload], key: key))
            if number.isMultiple(of: 50) {
                #expect(try await writer.records(withKey: key).map { Array($0.payload) } == expected[key])
            }
        }
        for (key, payloads) in expected {
            let found = try await writer.records(withKey: key)
            #expect(firstDifference(found.map { Array($0.payload) }, payloads) == nil)
            let rest = try await writer.records(withKey: key, after: found[40].sequence)
            #expect(firstDifference(rest.map { Array($0.payload) }, Array(payloads.dropFirst(41))) == nil)
        }
        for _ in 0..<3000 where !disk.files.contains(where: { $0.hasSuffix(".sealed") }) {
            try await Task.sleep(for: .milliseconds(10))
        }
        // A segment that was sealed just now has a filter that is not read yet.
        _ = try await writer.records(withKey: "nobody")
        #expect(writer.mayContain("nobody") != true)
        #expect(writer.mayContain("k1") != false)
        #expect(writer.upkeepFailure == nil)
        try await writer.close()
        #expect(disk.files.contains { $0.hasSuffix(".sealed") })
        #expect(try Reading(disk).payloads.count == 600)
    }

    @Test("a follower that is slow goes on through segments that were sealed meanwhile")
    func slowFollower() throws {
        let log = try SealedLog(journalCount: 4)
        var follower = LogReader(directory: "log", fileSystem: log.disk).follow()
        var payloads: [[UInt8]] = []
        payloads += try #require(try follower.next()).records.map { Array($0.payload) }
        for name in try LogFiles(in: "log", fileSystem: log.disk).segments.dropLast() {
            let sealer = SegmentSealer(directory: "log", fileSystem: log.disk)
            try sealer.seal(name)
            try sealer.removeJournal(name)
        }
        while let frame = try follower.next() { payloads += frame.records.map { Array($0.payload) } }
        #expect(firstDifference(payloads, log.payloads) == nil)
    }

    @Test("the records of a key are in order also where a segment that is not sealed stands before one that is")
    func mixedForms() async throws {
        let log = try SealedLog(journalCount: 4)
        let second = try LogFiles(in: "log", fileSystem: log.disk).segments[1]
        let sealer = SegmentSealer(directory: "log", fileSystem: log.disk)
        try sealer.seal(second)
        try sealer.removeJournal(second)
        var options = log.options
        options.sealsSegments = false
        let writer = try await LogWriter.open(directory: "log", options: options, fileSystem: log.disk)
        let found = try await writer.records(withKey: "instance-3").map { Array($0.payload) }
        try await writer.close()
        #expect(firstDifference(found, log.payloads(of: "instance-3")) == nil)
    }

    @Test("segments are known to be gone although their files cannot be removed")
    func failedRemoval() throws {
        let log = try SealedLog()
        try log.writeTwoSnapshots()
        let run = RetentionRun(directory: "log", fileSystem: log.disk)
        let plan = try run.plan(Retention(maximumBytes: 0), now: 0)
        #expect(plan.removed.count == 3)
        log.disk.inject(Fault(.remove, .nth(1), .fail(5)))
        var gone: [SegmentName] = []
        #expect(throws: FileSystemError.self) { try run.apply(plan, archive: nil, now: 0) { gone = $0 } }
        #expect(gone == plan.removed.map(\.name))
    }
}
