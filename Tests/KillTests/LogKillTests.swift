import Foundation
import SayiirLog
import SayiirTesting
import TestPrograms
import Testing

@Suite("A log whose writing process is killed with SIGKILL, again and again")
struct LogKillTests {
    @Test("holds every acknowledged record, whole and at its place, and is open to the next writer")
    func acknowledgedRecordsSurvive() async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("kill test of the log: seed \(seed)")
        var generator = SplitMix64(seed: seed)
        let directory = try TemporaryDirectory()
        var acknowledged: [UInt64: String] = [:]
        let follower = FollowingReader(directory: "\(directory.path)/log")
        var openings = Openings()
        for round in 0..<30 {
            let worker = try startWorker(["log", "\(directory.path)/log", "r\(round)"])
            // One kill in five hits the start and the opening, the others the work.
            let works = round % 5 != 4
            let lineCount = works ? Int.random(in: 2..<300, using: &generator) : 0
            let moment = Int.random(in: 0..<(works ? 10_000 : 60_000), using: &generator)
            let lines = await worker.kill(afterLines: lineCount, andMicroseconds: moment)
            try noteAcknowledgements(in: lines, to: &acknowledged)
            try openings.note(lines)
            try check(directory, holds: acknowledged, round: round, seed: seed)
        }
        #expect(acknowledged.count > 1000)
        let reader = LogReader(directory: "\(directory.path)/log")
        let log = try await LogWriter.open(directory: "\(directory.path)/log")
        // What the kills did not let be sealed, this one seals.
        for _ in 0..<3000 where try reader.segments().count(where: { !$0.name.isSealed }) > 1 {
            try await Task.sleep(for: .milliseconds(10))
        }
        try await log.close()
        var keys: [String] = []
        #expect(try reader.verify { keys += $0.records.map(\.key) }.verdict == .clean)
        #expect(openings.disagreement(with: keys) == nil, "seed \(seed)")
        #expect(openings.withSnapshot > 5)
        #expect(try reader.segments().contains(where: \.name.isSealed))
        let followed = try await follower.finish(after: UInt64(keys.count))
        #expect(followed == keys, "seed \(seed)")
    }

    /// What workers found when they opened the log: `open LAST COUNT SUM SNAPSHOT`.
    private struct Openings {
        private var found: [(count: Int, sum: UInt64)] = []
        private(set) var withSnapshot = 0

        mutating func note(_ lines: [String]) throws {
            for line in lines where line.hasPrefix("open ") {
                let words = line.split(separator: " ")
                try #require(words.count == 5)
                found.append((try #require(Int(words[2])), try #require(UInt64(words[3]))))
                if words[4] != "0" { withSnapshot += 1 }
            }
        }

        /// The first opening whose snapshot and rest were not what the log holds.
        func disagreement(with keys: [String]) -> Int? {
            var sums: [UInt64] = [0]
            for key in keys { sums.append(sums[sums.count - 1] &+ key.utf8.reduce(5381) { $0 &* 33 &+ UInt64($1) }) }
            return found.firstIndex { $0.count >= sums.count || sums[$0.count] != $0.sum }
        }
    }

    /// What a worker said: `open LAST`, then `ack FIRST COUNT NONCE WRITER NUMBER` for each batch.
    private func noteAcknowledgements(in lines: [String], to acknowledged: inout [UInt64: String]) throws {
        for line in lines where line.hasPrefix("ack ") {
            let words = line.split(separator: " ")
            try #require(words.count == 6)
            let (first, count) = (try #require(UInt64(words[1])), try #require(Int(words[2])))
            let number = try #require(Int(words[5]))
            for index in 0..<count {
                let name = "\(words[3])-\(words[4])-\(number + index)"
                #expect(acknowledged.updateValue(name, forKey: first + UInt64(index)) == nil)
            }
        }
    }

    private func check(
        _ directory: TemporaryDirectory, holds acknowledged: [UInt64: String], round: Int, seed: UInt64
    ) throws {
        var missing = acknowledged
        var next: UInt64 = 1
        let assessment = try LogReader(directory: "\(directory.path)/log").verify { frame in
            for record in frame.records {
                if record.sequence != next { Issue.record("record \(record.sequence) stands where \(next) should") }
                next += 1
                if !isIntact(record) { Issue.record("seed \(seed), round \(round): \(record) was not written so") }
                guard let name = missing.removeValue(forKey: record.sequence) else { continue }
                if record.key != name { Issue.record("seed \(seed), round \(round): \(record) should be \(name)") }
            }
        }
        #expect(missing.isEmpty, "seed \(seed), round \(round)")
        #expect([.clean, .torn].contains(assessment.verdict), "seed \(seed), round \(round): \(assessment)")
    }

    /// Whether the payload is the one that follows from the key: the key, again and again.
    private func isIntact(_ record: LogRecord) -> Bool {
        let unit = "\(record.key)|"
        let copies = record.payload.count / unit.utf8.count
        // As `Data`, which compares memory: slices of arrays take most of the test's time in a debug build.
        return copies > 0 && Data(record.payload) == Data(String(repeating: unit, count: copies).utf8)
    }
}
