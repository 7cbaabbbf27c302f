import SayiirTesting
import Testing

@testable import SayiirLog

/// Opening removes files of which it was just proven that nothing is lost with them, and no others.
@Suite struct LeftoverTests {
    /// A sealed log with two snapshots at its end.
    private func sealedLog() throws -> SealedLog {
        let log = try SealedLog()
        try log.writeTwoSnapshots()
        return log
    }

    /// The journal of a segment, as it was before it was sealed.
    private func journal(_ number: UInt32) throws -> (path: String, bytes: [UInt8]) {
        let disk = try SealedLog(journalCount: 4).disk
        let path = try #require(disk.files.first { $0.hasPrefix("log/0000000\(number)") })
        return (path, try disk.bytes(of: path))
    }

    /// A journal that was written up to the middle.
    private func older(_ bytes: [UInt8]) -> [UInt8] {
        bytes.prefix(8192) + [UInt8](repeating: 0, count: bytes.count - 8192)
    }

    private func expectStray(
        _ disk: InMemoryFileSystem, _ path: String, rule: OpeningRule = .earlierIsBad,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let judgements = try Judgements(disk)
        #expect(judgements.contradiction == nil, sourceLocation: sourceLocation)
        let refusal = try #require(judgements.refusal, sourceLocation: sourceLocation)
        let name = String(path.dropFirst(4))
        #expect(refusal.problem == .strayFile(name) && refusal.rule == rule, sourceLocation: sourceLocation)
        #expect(refusal.refusal.contains("Move \(name) out of the directory"), sourceLocation: sourceLocation)
        // With it away, all is there.
        try disk.remove(path)
        #expect(try Judgements(disk).refusal == nil, sourceLocation: sourceLocation)
    }

    @Test("an old journal beside the sealed form of its segment is refused and named, and nothing is removed")
    func oldJournal() throws {
        for number in [1, 2, 3] as [UInt32] {
            let log = try sealedLog()
            let (path, bytes) = try journal(number)
            try log.disk.setBytes(older(bytes), of: path)
            try expectStray(log.disk, path)
            #expect(try firstDifference(Reading(log.disk).payloads, log.payloads) == nil)
        }
    }

    @Test("an empty, short or garbled journal beside the sealed form of its segment is refused and named")
    func uselessJournal() throws {
        let (path, bytes) = try journal(2)
        for content in [[], [1], Array(bytes.prefix(4095)), noise(4096)] as [[UInt8]] {
            let log = try sealedLog()
            try log.disk.setBytes(content, of: path)
            try expectStray(log.disk, path, rule: .headerIsBad)
        }
    }

    @Test("an old journal that is the newest file beside its sealed form is refused")
    func newestJournal() throws {
        let log = try SealedLog(segments: 3)
        let (path, bytes) = try journal(2)
        try log.disk.remove(try #require(log.disk.files.first { $0.hasPrefix("log/00000003") }))
        try log.disk.setBytes(older(bytes), of: path)
        let judgements = try Judgements(log.disk)
        #expect(judgements.contradiction == nil)
        #expect(judgements.refusal?.rule == .coveredBeyondEnd)
        #expect(judgements.refusal?.problem == .strayFile(String(path.dropFirst(4))))
    }

    @Test("another log's sealed segment beside a journal is refused and named")
    func foreignSealedForm() throws {
        var options = testOptions(segmentBytes: 16 * 1024)
        options.makeLogID = {
            var generator = SplitMix64(seed: 99)
            return LogID(using: &generator)
        }
        let other = try SealedLog(options: options)
        let log = try SealedLog(journalCount: 4)
        let path = try #require(other.sealedFiles.first)
        try log.disk.setBytes(try other.disk.bytes(of: path), of: path)
        try expectStray(log.disk, path)
    }

    @Test("a whole journal beside its sealed form opens, and the sealed form is made again")
    func bothWhole() throws {
        let log = try sealedLog()
        let (path, bytes) = try journal(2)
        try log.disk.setBytes(bytes, of: path)
        #expect(try Judgements(log.disk).refusal == nil)
        #expect(try firstDifference(Reading(log.disk).payloads, log.payloads) == nil)
    }

    // MARK: Removed segments

    /// A log of which retention took three segments, and these.
    private func shortened(archive: String?) throws -> (disk: InMemoryFileSystem, removed: [String: [UInt8]]) {
        let log = try sealedLog()
        var removed: [String: [UInt8]] = [:]
        for path in log.sealedFiles { removed[path] = try log.disk.bytes(of: path) }
        let run = RetentionRun(directory: "log", fileSystem: log.disk)
        try run.apply(try run.plan(Retention(maximumBytes: 0), now: 7), archive: archive, now: 7)
        #expect(log.sealedFiles.filter { $0.hasPrefix("log/") }.isEmpty)
        return (log.disk, removed)
    }

    private func open(_ disk: InMemoryFileSystem, archive: String?) throws -> RecoveryReport {
        var options = testOptions(segmentBytes: 16 * 1024)
        options.retention.archive = archive
        return try TestLog(on: disk, options: options).report
    }

    @Test("archived segments that are put back are kept unless the archive has them too, and are reported")
    func putBack() throws {
        for archive in ["archive", nil] {
            let (disk, removed) = try shortened(archive: "archive")
            for (path, bytes) in removed {
                try disk.setBytes(bytes, of: path)
                try disk.remove("archive/\(path.dropFirst(4))")
            }
            #expect(try LogReader(directory: "log", fileSystem: disk).verify().unusedSegments.count == removed.count)
            let report = try open(disk, archive: archive)
            #expect(report.assessment.unusedSegments.map { "log/\($0)" } == removed.keys.sorted())
            for (path, bytes) in removed { #expect(try disk.bytes(of: path) == bytes) }
        }
    }

    @Test("of segments that retention removed, only the very file that is listed is removed again")
    func onlyWhatIsListed() throws {
        let (disk, removed) = try shortened(archive: nil)
        let paths = removed.keys.sorted()
        try disk.setBytes(try #require(removed[paths[0]]), of: paths[0])
        var changed = try #require(removed[paths[1]])
        changed[5000] ^= 1
        try disk.setBytes(changed, of: paths[1])
        let (journal, bytes) = try journal(3)
        try disk.setBytes(bytes, of: journal)
        try disk.setBytes(try #require(removed[paths[2]]), of: paths[2])
        let report = try open(disk, archive: nil)
        #expect(report.assessment.unusedSegments.map { "log/\($0)" } == [paths[1], journal])
        #expect(try disk.bytes(of: paths[1]) == changed && disk.bytes(of: journal) == bytes)
        #expect(!disk.files.contains(paths[0]) && !disk.files.contains(paths[2]))
    }

    @Test("a copy of an archived segment is removed while the archive has it, and kept if the archive's is damaged")
    func copiedBack() throws {
        let (disk, removed) = try shortened(archive: "archive")
        let paths = removed.keys.sorted()
        for (path, bytes) in removed { try disk.setBytes(bytes, of: path) }
        try disk.flipBit(0, ofByteAt: 5000, in: "archive/\(paths[1].dropFirst(4))")
        let report = try open(disk, archive: "archive")
        #expect(report.assessment.unusedSegments.map { "log/\($0)" } == [paths[1]])
        #expect(disk.files.filter { removed[$0] != nil } == [paths[1]])
    }

    @Test("a snapshot of another log is not removed with the log's own old ones")
    func foreignSnapshot() throws {
        let log = try sealedLog()
        let foreign = "log/\(SnapshotName(coveredSequence: 1))"
        try log.disk.setBytes(noise(5000), of: foreign)
        try log.writeTwoSnapshots()
        #expect(try log.disk.bytes(of: foreign) == noise(5000))
    }
}
