import SayiirTesting
import Testing

@testable import SayiirLog

@Suite struct LogOptionsTests {
    private static let integers = [Int.min, -1, 0, 1, 64 * 1024, Int.max - 1, Int.max]
    private static let durations: [Duration] = [
        .seconds(Int64.min) * 10, .seconds(-1), .zero, .nanoseconds(1), .seconds(Int64.max), .seconds(Int64.max) * 10,
    ]

    @Test("Sizes of segments stay within the format, whatever the options say")
    func segmentSizes() {
        for largest in Self.integers {
            for first in Self.integers {
                var options = LogOptions()
                options.segmentBytes = largest
                options.firstSegmentBytes = first
                for number in [1, 2, 40, 41, 42, UInt32.max] {
                    let size = options.size(ofSegment: number, minimum: 1000)
                    #expect(size % 4096 == 0 && size >= 4096 && size <= Int(Limits.segmentBytes))
                }
            }
        }
    }

    @Test("The log works with any number of bytes for commits and snapshots", arguments: integers)
    func sizes(_ number: Int) async throws {
        var options = LogOptions()
        options.commitBytes = number
        options.snapshotBytes = number
        options.segmentBytes = number
        let disk = InMemoryFileSystem()
        let log = try await LogWriter.open(directory: "log", options: options, fileSystem: disk)
        for index in 0..<10 {
            var batch = RecordBatch()
            try batch.append(kind: .event, key: "k\(index)", timestamp: 1, payload: [1, 2, 3])
            _ = try await log.append(batch)
        }
        #expect(try await log.records(withKey: "k9", after: .max).isEmpty)
        try await log.close()
        #expect(options.inFlightLimit <= Int(UInt32.max))
    }

    @Test("The log works with any delay and age", arguments: durations)
    func delays(_ duration: Duration) async throws {
        var options = LogOptions()
        options.idleDelay = duration
        options.retention = Retention(maximumAge: duration, maximumBytes: .min)
        let log = try await LogWriter.open(
            directory: "log", options: options, fileSystem: InMemoryFileSystem())
        try await log.close()
        for now in [Int64.min, 0, .max] {
            _ = RetentionPlan(options.retention, sealed: [], otherBytes: 0, neededFrom: 0, now: now)
        }
    }
}
