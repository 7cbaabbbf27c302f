import SayiirTesting
import Testing

@testable import SayiirLog

/// Damage to the small files of a log: `REMOVED`, which decides where it begins, and `LOCK`, which decides nothing.
@Suite struct RemovalDamageTests {
    private let removals = "log/\(FileName.removals)"

    /// A log of which retention took the first two segments.
    private func shortened() throws -> SealedLog {
        let log = try SealedLog()
        try log.writeTwoSnapshots()
        let run = RetentionRun(directory: "log", fileSystem: log.disk)
        var plan = try run.plan(Retention(maximumBytes: 0), now: 0)
        plan.removed.removeLast()
        try run.apply(plan, archive: nil, now: 0)
        return log
    }

    /// Whether a reader, and a writer, refuse the log as damaged. Nothing may ever be torn here.
    private func isRefused(_ disk: InMemoryFileSystem) throws -> Bool {
        let verdict = try LogReader(directory: "log", fileSystem: disk).verify().verdict
        #expect(verdict == .clean || verdict == .corrupt)
        do {
            _ = try LogRecovery(directory: "log", fileSystem: disk, options: testOptions()).open { _ in }
            return false
        } catch LogError.refused(let assessment) {
            #expect(assessment.verdict == .corrupt)
            return verdict == .corrupt
        }
    }

    @Test("a log that retention shortened is whole")
    func whole() throws {
        let disk = try shortened().disk
        #expect(try LogReader(directory: "log", fileSystem: disk).verify().verdict == .clean)
        #expect(try LogReader(directory: "log", fileSystem: disk).removedSegments().count == 2)
        #expect(try !isRefused(disk))
    }

    @Test("every flipped bit, zeroed sector and cut of the list of removals is detected, and so is its loss")
    func removed() throws {
        let disk = try shortened().disk
        let bytes = try disk.bytes(of: removals)
        func verdict() -> Verdict? { try? LogReader(directory: "log", fileSystem: disk).verify().verdict }
        for byte in bytes.indices {
            for bit in bitsToFlip(ofByteAt: byte) {
                try disk.flipBit(bit, ofByteAt: byte, in: removals)
                if verdict() == .clean || verdict() == .torn { Issue.record("bit \(bit) of byte \(byte)") }
                try disk.flipBit(bit, ofByteAt: byte, in: removals)
            }
        }
        for start in stride(from: 0, to: bytes.count, by: 512) {
            let damaged = zeroing(sectorAt: start, of: bytes)
            try disk.setBytes(damaged, of: removals)
            #expect(try isRefused(disk.snapshot()) == (damaged != bytes), "sector at \(start)")
            try disk.setBytes(Array(bytes.prefix(start)), of: removals)
            #expect(try isRefused(disk.snapshot()), "cut to \(start) bytes")
        }
        try disk.remove(removals)
        #expect(try isRefused(disk))
    }

    @Test("whatever stands in the lock file, the log opens")
    func lock() throws {
        let disk = try SealedLog().disk
        for content in [[], [0], [UInt8](repeating: 255, count: 5000), noise(700)] as [[UInt8]] {
            try disk.setBytes(content, of: "log/LOCK")
            #expect(try !isRefused(disk))
        }
        try disk.remove("log/LOCK")
        #expect(try !isRefused(disk))
    }

    @Test("a sector of zeros in a commit of zeros is torn in the last commit only, and never once it is promised")
    func zeros() throws {
        for isPromised in [false, true] {
            var log = try TestLog(options: testOptions(segmentBytes: 16 * 1024))
            // Zeros that do not compress away: the frame holds whole sectors of them.
            let payload = noise(2000) + [UInt8](repeating: 0, count: 1200) + noise(2000, seed: 2)
            try log.commit(payload)
            let start = log.journal.offset
            try log.commit(payload)
            let end = log.journal.offset
            if isPromised { try log.journal.promise() }
            let whole = try log.disk.bytes(of: firstSegment)
            for sector in stride(from: SegmentHeader.byteCount, to: end, by: 512) {
                let disk = log.disk.snapshot()
                let damaged = zeroing(sectorAt: sector, of: whole)
                #expect(damaged != whole, "a sector of a frame is zero, at \(sector)")
                try disk.setBytes(damaged, of: firstSegment)
                let verdict = try Reading(disk).rule.verdict
                #expect(verdict == (sector < start || isPromised ? .corrupt : .torn), "sector at \(sector)")
            }
        }
    }
}
