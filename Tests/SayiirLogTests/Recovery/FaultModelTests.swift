import Foundation
import SayiirTesting
import Testing

@testable import SayiirLog

/// What `docs/FAULTS.md` says of faults that no other test here looks at.
@Suite struct FaultModelTests {
    private static let options = testOptions(segmentBytes: 8192)

    /// Commits until the log has several segments, and returns what was acknowledged.
    private func fill(_ log: inout TestLog, commits: Int = 8) -> [[UInt8]] {
        var acknowledged: [[UInt8]] = []
        for seed in 0..<commits {
            let payload = noise(900, seed: UInt64(seed))
            guard (try? log.commit(payload)) != nil else { break }
            acknowledged.append(payload)
        }
        return acknowledged
    }

    /// Whether `found` is `all` up to some record.
    private func isBeginning(_ found: [[UInt8]], of all: [[UInt8]]) -> Bool { found == Array(all.prefix(found.count)) }

    // MARK: Calls that fail

    @Test("whichever call fails, of any kind, nothing acknowledged is lost", arguments: [EIO, ENOSPC])
    func nthCallFails(code: Int32) throws {
        let unharmed = InMemoryFileSystem()
        var log = try TestLog(on: unharmed, options: Self.options)
        _ = fill(&log)
        let callCount = FileOperation.allCases.reduce(0) { $0 + unharmed.counts()[$1] }
        #expect(callCount > 30)
        for number in 1...callCount {
            let disk = InMemoryFileSystem()
            disk.inject(.anyCall(.nth(number), .fail(code)))
            var acknowledged: [[UInt8]] = []
            if var log = try? TestLog(on: disk, options: Self.options) { acknowledged = fill(&log) }
            for seed in 0..<4 as Range<UInt64> {
                var generator = SplitMix64(seed: seed)
                let after = disk.crash(using: &generator)
                let opened = try TestLog(on: after, options: Self.options)
                let found = try Reading(opened.disk).payloads
                // The commit whose sync failed may be there or not.
                let isRight = found.count - acknowledged.count <= 1 && isBeginning(acknowledged, of: found)
                if !isRight { Issue.record("call \(number), seed \(seed): \(found.count) of \(acknowledged.count)") }
            }
        }
    }

    @Test("reads and writes that are cut short, all of them, change nothing", arguments: [1, 7, 511])
    func shortTransfers(limit: Int) throws {
        let disk = InMemoryFileSystem()
        for operation in [FileOperation.read, .write] {
            disk.inject(Fault(operation, .always, .transfer(atMost: limit)))
        }
        var log = try TestLog(on: disk, options: Self.options)
        let acknowledged = fill(&log, commits: 3)
        #expect(acknowledged.count == 3)
        #expect(try Reading(disk) == Reading(rule: .nothingFollows, payloads: acknowledged))
    }

    // MARK: A sync that lies

    @Test("a lying sync at the very end of the log loses the last commit, and nothing shows it")
    func lieAtTheEnd() throws {
        var log = try TestLog(options: Self.options)
        try log.commit([1])
        log.disk.inject(Fault(.synchronize, .always, .lie))
        try log.commit([2])
        #expect(try Reading(log.disk.crash(keeping: .nothing)) == Reading(rule: .nothingFollows, payloads: [[1]]))
    }

    @Test("a lying sync loses nothing once an honest sync of the same segment follows")
    func lieThenHonestSync() throws {
        var log = try TestLog(options: Self.options)
        log.disk.inject(Fault(.synchronize, .nth(1), .lie))
        try log.commit([1])
        try log.commit([2])
        #expect(try Reading(log.disk.crash(keeping: .nothing)) == Reading(rule: .nothingFollows, payloads: [[1], [2]]))
    }

    @Test("a commit that a lying sync lost is noticed as soon as a later frame that promises it was kept")
    func lieThenPromise() throws {
        var log = try TestLog(options: Self.options)
        try log.commit(noise(600))
        log.disk.inject(Fault(.synchronize, .always, .lie))
        try log.commit(noise(1200, seed: 2))
        try log.commit(noise(600, seed: 3))
        let lost = try log.disk.crash(keeping: .nothing).bytes(of: firstSegment)
        var bytes = try log.disk.bytes(of: firstSegment)
        // A sector within the second commit, before the third begins.
        bytes.replaceSubrange(5120..<5632, with: lost[5120..<5632])
        try log.disk.setBytes(bytes, of: firstSegment)
        #expect(try Reading(log.disk) == Reading(rule: .promisedBeyondEnd, payloads: [noise(600)]))
    }

    @Test("when every sync lies, a crash leaves the first records of the log or a refusal, never others")
    func everySyncLies() throws {
        var verdicts: [Verdict: Int] = [:]
        for seed in 0..<300 as Range<UInt64> {
            var log = try TestLog(options: Self.options)
            for operation in [FileOperation.synchronize, .synchronizeDirectory] {
                log.disk.inject(Fault(operation, .always, .lie))
            }
            let acknowledged = fill(&log)
            var generator = SplitMix64(seed: seed)
            let reading = try Reading(log.disk.crash(using: &generator))
            if !isBeginning(reading.payloads, of: acknowledged) { Issue.record("seed \(seed): \(reading)") }
            verdicts[reading.rule.verdict, default: 0] += 1
        }
        #expect(verdicts[.corrupt, default: 0] > 50)
    }

    // MARK: A write that goes elsewhere

    /// The second of three commits, or the last of two, lands `distance` bytes from its place.
    private func misdirected(by distance: Int, last: Bool) throws -> (Reading, end: Int) {
        var log = try TestLog(options: Self.options)
        try log.commit(noise(300))
        let end = log.journal.offset
        log.disk.inject(Fault(.write, .nth(1), .misdirect(by: distance)))
        try log.commit(noise(200, seed: 2))
        if !last { try log.commit(noise(200, seed: 3)) }
        return (try Reading(log.disk), end)
    }

    @Test("a misdirected commit that another follows is refused wherever it landed")
    func misdirectedThenPromise() throws {
        for distance in stride(from: -5000, through: 8192, by: 8) where distance != 0 {
            let (reading, end) = try misdirected(by: distance, last: false)
            let isRight = reading.rule.verdict == .corrupt && reading.payloads.count <= 1
            if !isRight { Issue.record("by \(distance) from \(end): \(reading)") }
        }
    }

    @Test("a misdirected commit at the very end is never read as another, and damages nothing before it silently")
    func misdirectedAtTheEnd() throws {
        var verdicts: [Verdict: Int] = [:]
        for distance in stride(from: -5000, through: 8192, by: 8) where distance != 0 {
            let (reading, end) = try misdirected(by: distance, last: true)
            verdicts[reading.rule.verdict, default: 0] += 1
            let landed = end + distance
            let isRight =
                if landed < 0 {
                    // A lost write: what was there before is all there is.
                    reading.rule == .nothingFollows && reading.payloads == [noise(300)]
                } else if landed < end {
                    // On the header block or the first commit.
                    [.corrupt, .ambiguous].contains(reading.rule.verdict) && reading.payloads.isEmpty
                } else {
                    reading.rule.verdict != .clean && reading.payloads == [noise(300)]
                }
            if !isRight { Issue.record("by \(distance) from \(end): \(reading)") }
        }
        #expect(verdicts[.torn, default: 0] > 0 && verdicts[.corrupt, default: 0] > 0)
    }
}
