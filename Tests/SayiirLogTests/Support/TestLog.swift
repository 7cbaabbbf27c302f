import SayiirTesting
import Testing

@testable import SayiirLog

/// Options under which the same appends give the same bytes.
func testOptions(
    segmentBytes: Int = 64 * 1024, firstSegmentBytes: Int? = nil, idleDelay: Duration = .seconds(3600)
) -> LogOptions {
    var options = LogOptions()
    options.segmentBytes = segmentBytes
    options.firstSegmentBytes = firstSegmentBytes ?? segmentBytes
    options.idleDelay = idleDelay
    options.holder = "the test"
    options.now = { 1_700_000_000_000_000_000 }
    options.makeLogID = {
        var generator = SplitMix64(seed: 7)
        return LogID(using: &generator)
    }
    return options
}

/// A log in memory, written without threads: every byte of it is decided by the calls.
struct TestLog {
    let directory = "log"
    let disk: InMemoryFileSystem
    let options: LogOptions
    var journal: Journal
    let report: RecoveryReport
    private let lock: WriterLock

    /// Opens the log on a disk, as a writer would.
    init(
        on disk: InMemoryFileSystem = InMemoryFileSystem(), options: LogOptions = testOptions(),
        replay: (Frame) throws -> Void = { _ in }
    ) throws {
        let opened = try LogRecovery(directory: directory, fileSystem: disk, options: options).open(replay: replay)
        self.disk = disk
        self.options = options
        lock = opened.lock
        report = opened.report
        journal = Journal(from: opened.start, directory: directory, fileSystem: disk, options: options)
    }

    /// Commits one record for each payload, all in one frame.
    @discardableResult
    mutating func commit(_ payloads: [UInt8]..., key: String = "k") throws -> Journal.Commit {
        try journal.commit([batch(payloads, key: key)])
    }
}

func batch(_ payloads: [[UInt8]], key: String = "k") throws -> RecordBatch {
    var batch = RecordBatch()
    for payload in payloads { try batch.append(kind: .event, key: key, timestamp: 5, payload: payload) }
    return batch
}

/// Holds up the calling thread until what `start` begins has called its completion.
func wait(for start: (@escaping GroupCommitter.Completion) -> Void) {
    let isDone = Monitor(false)
    start { _ in isDone.update { $0 = true } }
    isDone.wait { $0 ? () : nil }
}

/// Bytes that do not compress and are never zero.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SplitMix64(seed: seed)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
        while initializedCount < count {
            let byte = UInt8(truncatingIfNeeded: generator.next())
            guard byte != 0 else { continue }
            buffer[initializedCount] = byte
            initializedCount += 1
        }
    }
}

/// Where two lists of payloads first differ, in few words; `nil` if they are equal. For `#expect`, which would print all
/// of both.
func firstDifference(_ found: [[UInt8]], _ expected: [[UInt8]]) -> String? {
    guard found != expected else { return nil }
    let index = zip(found, expected).prefix { $0 == $1 }.count
    func describe(_ list: [[UInt8]]) -> String {
        guard index < list.count else { return "the end" }
        return "\(list[index].count) bytes \(list[index].prefix(8))"
    }
    return "at \(index) of \(found.count): \(describe(found)), not \(describe(expected)), of \(expected.count)"
}

/// What a reader sees: the verdict, and the payloads of the valid records.
struct Reading: Equatable, CustomTestStringConvertible {
    var rule: OpeningRule
    var payloads: [[UInt8]]

    init(_ disk: InMemoryFileSystem, directory: String = "log") throws {
        var payloads: [[UInt8]] = []
        let outcome = try LogScan(directory: directory, fileSystem: disk).run { frame in
            frame.forEachRecord { payloads.append(Array($0.payload)) }
        }
        rule = outcome.assessment.rule
        self.payloads = payloads
    }

    var testDescription: String {
        "\(rule) after " + payloads.map { "\($0.count) bytes \($0.prefix(4))" }.joined(separator: ", ")
    }
}

let firstSegment = "log/00000001-00000000000000000001.seg"
