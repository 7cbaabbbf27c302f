import SayiirEvents
import SayiirLog
import SayiirTesting

@testable import SayiirInspection
@testable import SayiirLog

/// A log of sealed segments and a journal, with two snapshots.
struct LongLog {
    private(set) var disk = InMemoryFileSystem()
    private(set) var history = History()
    let directory = "log"
    let archive = "archive"

    private static let standard = Task { try await LongLog() }

    /// The one with 500 orders, made once and copied.
    static func make() async throws -> LongLog {
        var log = try await standard.value
        log.disk = log.disk.snapshot()
        return log
    }

    /// The events of so many orders, in segments of 64 KiB.
    init(orders: Int = 500, segmentBytes: Int = 64 * 1024) async throws {
        var generator = SplitMix64(seed: 5)
        for number in 0..<orders {
            let noise = (0..<40).map { _ in String(UInt64.random(in: .min ... .max, using: &generator), radix: 36) }
            let id = InstanceID("order-\(number)")
            history.add(id, Double(number), .submit("order", #""\#(noise.joined())""#))
            history.add(id, Double(number) + 0.5, .annotated(Event.Annotated(text: "noted")))
        }
        try await Self.write(history.events, to: directory, on: disk, segmentBytes: segmentBytes)
    }

    /// Writes events, two a commit; after them, two snapshots that need none of the records.
    static func write(
        _ events: [Event], to directory: String, on fileSystem: any FileSystem, segmentBytes: Int = 64 * 1024
    ) async throws {
        var options = LogOptions()
        options.firstSegmentBytes = segmentBytes
        options.segmentBytes = segmentBytes
        options.idleDelay = .seconds(3600)
        options.sealsSegments = false
        options.now = { History.origin.nanosecondsSinceEpoch }
        options.makeLogID = {
            var generator = SplitMix64(seed: 8)
            return LogID(using: &generator)
        }
        let log = try await LogWriter.open(directory: directory, options: options, fileSystem: fileSystem)
        for start in stride(from: 0, to: events.count, by: 2) {
            var batch = RecordBatch()
            for event in events[start..<min(start + 2, events.count)] { try batch.append(event) }
            try await log.append(batch)
            if start == events.count / 8 * 6 || start + 2 >= events.count { try await snapshot(log) }
        }
        try await log.close()
        let names = try LogFiles(in: directory, fileSystem: fileSystem).segments
        for name in names.dropLast() {
            let sealer = SegmentSealer(directory: directory, fileSystem: fileSystem)
            try sealer.seal(name)
            try sealer.removeJournal(name)
        }
    }

    private static func snapshot(_ log: LogWriter) async throws {
        try await log.writeSnapshot(
            at: log.position, contentVersion: 1, neededFrom: log.lastSequence + 1
        ) { (entries) throws(LogError) in
            try entries.append(kind: RecordKind(rawValue: 16), key: "k") { $0 += [1, 2, 3] }
        }
    }

    /// Lets retention take the oldest segments, into the archive or for good. Returns how many went.
    @discardableResult
    func removeOldest(archiving: Bool, leaving bytes: Int64 = 1) throws -> Int {
        let run = RetentionRun(directory: directory, fileSystem: disk)
        let now = History.at(1_000_000).nanosecondsSinceEpoch
        let plan = try run.plan(Retention(maximumBytes: bytes), now: now)
        var count = 0
        try run.apply(plan, archive: archiving ? archive : nil, now: now) { count = $0.count }
        return count
    }

    var segments: [SegmentName] {
        get throws { try LogFiles(in: directory, fileSystem: disk).segments }
    }
}
