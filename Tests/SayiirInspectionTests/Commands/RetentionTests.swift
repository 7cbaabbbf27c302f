import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection
@testable import SayiirLog

@Suite struct RetentionTests {
    private func retention(largerThan bytes: Int64? = nil, olderThan age: Duration? = nil) -> RetentionInspection {
        var retention = RetentionInspection()
        retention.maximumBytes = bytes
        retention.maximumAge = age
        retention.now = { History.at(1_000_000).nanosecondsSinceEpoch }
        return retention
    }

    @Test("what would go is what retention then takes, and nothing is taken by asking")
    func plan() async throws {
        let log = try await LongLog.make()
        let files = log.disk.files
        for asked in [retention(largerThan: 1), retention(olderThan: .seconds(1)), retention(largerThan: 150_000)] {
            let run = Run(asked, on: log.disk)
            #expect(run.status == .clean && run.complaints.isEmpty)
            #expect(log.disk.files == files)
        }
        let run = Run(retention(largerThan: 1), on: log.disk)
        let going = run.lines.filter { $0.hasPrefix("  goes        ") }.count
        let held = run.lines.filter { $0.hasPrefix("  held        ") }.count
        let sealed = try log.segments.count(where: \.isSealed)
        #expect(going > 1 && held > 0 && going + held == sealed)
        #expect(run.lines.contains { $0.hasPrefix("  needed      from sequence 75") })
        #expect(try log.removeOldest(archiving: false) == going)
        let after = Run(retention(largerThan: 1), on: log.disk)
        #expect(!after.lines.contains { $0.hasPrefix("  goes ") })
        #expect(after.lines.contains { $0.hasPrefix("  removed     \(going) segments (sequences 1 to ") })
    }

    @Test("without two whole snapshots everything is held, and it is said why")
    func snapshots() async throws {
        let log = try await LongLog.make()
        let paths = log.disk.files.filter { $0.hasSuffix(".snapshot") }
        try log.disk.flipBit(1, ofByteAt: 4200, in: paths[1])
        let damaged = Run(retention(largerThan: 1), on: log.disk)
        #expect(
            damaged.lines.contains { $0.hasPrefix("  needed      everything: 0") && $0.contains(" is damaged, and ") })
        #expect(!damaged.lines.contains { $0.hasPrefix("  goes ") })
        try log.disk.remove(paths[1])
        let run = Run(retention(largerThan: 1), on: log.disk)
        #expect(run.lines.contains("  needed      everything: there is 1 snapshot, and without two everything stays"))
        #expect(try log.removeOldest(archiving: false) == 0)
    }

    @Test("the members of the JSON are those that are documented")
    func shape() async throws {
        let log = try await LongLog.make()
        let run = Run(retention(largerThan: 1), on: log.disk, style: Style(isJSON: true))
        let shape = try #require(object(run.output))
        #expect(
            Set(shape.keys) == [
                "directory", "total_bytes", "needed_from", "would_go", "held", "sealed_segments", "snapshots",
            ])
        let segment = try #require((shape["would_go"] as? [[String: Any]])?.first)
        #expect(Set(segment.keys) == ["segment", "last_sequence", "bytes", "latest"])
    }

    @Test("durations and sizes are whole numbers with a unit")
    func quantities() {
        #expect(parseDuration("30d") == .seconds(2_592_000))
        #expect(parseDuration("12h") == .seconds(43_200) && parseDuration("90m") == .seconds(5400))
        #expect(parseByteCount("10GB") == 10_000_000_000 && parseByteCount("500MB") == 500_000_000)
        #expect(parseByteCount("64MiB") == 67_108_864)
        for text in ["", "d", "30", "-1d", "+1d", "1.5h", "30 d", "1w", "9223372036854775807d"] {
            #expect(parseDuration(text) == nil, "\(text)")
        }
        for text in ["", "GB", "10", "-1GB", "1.5GB", "1gb", "9223372036854775807TB", "١GB"] {
            #expect(parseByteCount(text) == nil, "\(text)")
        }
    }
}
