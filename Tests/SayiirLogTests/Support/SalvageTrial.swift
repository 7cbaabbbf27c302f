import SayiirTesting

@testable import SayiirLog

/// A log that was whole, and what is to be found in it once parts of its files are damaged: worked out from the bytes that are
/// still as they were, not from what any reader says.
struct SalvageTrial {
    let disk: InMemoryFileSystem
    private let files: [String: [UInt8]]
    private let frames: [Frame]

    init(_ disk: InMemoryFileSystem) throws {
        self.disk = disk
        files = try disk.files.reduce(into: [:]) { $0[$1] = try disk.bytes(of: $1) }
        var frames: [Frame] = []
        _ = try LogReader(directory: "log", fileSystem: disk).verify { frames.append($0) }
        self.frames = frames.filter(\.kind.holdsRecords)
    }

    /// A log of journals, or of sealed segments and a journal.
    static func sample(sealed: Bool, segments: Int = 4) throws -> SalvageTrial {
        try SalvageTrial(SealedLog(segments: segments, journalCount: sealed ? 1 : segments).disk)
    }

    var segments: [String] { files.keys.filter { $0.hasSuffix(".seg") || $0.hasSuffix(".sealed") }.sorted() }

    /// The frames with records of one file.
    func frames(of path: String) -> [Frame] { frames.filter { "log/\($0.segment)" == path } }

    /// The frames that are as they were.
    func undamagedFrames() -> [Frame] {
        var now: [String: [UInt8]] = [:]
        for path in segments { now[path] = try? disk.bytes(of: path) }
        return frames.filter { frame in
            let path = "log/\(frame.segment)"
            guard let bytes = now[path], let before = files[path], frame.end <= bytes.count else { return false }
            return bytes[frame.offset..<frame.end] == before[frame.offset..<frame.end]
        }
    }

    func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
        var bytes = try disk.bytes(of: path)
        body(&bytes)
        try disk.setBytes(bytes, of: path)
    }

    /// What is wrong with a salvage, in a few words; `nil` if it finds exactly the records of the frames that are as they were, and
    /// its report and the copy agree with that.
    func failure(archives: [String] = []) throws -> String? {
        let reader = LogReader(directory: "log", archives: archives, fileSystem: disk)
        let before = try disk.files.map { ($0, try disk.bytes(of: $0)) }
        var found: [LogRecord] = []
        let target = InMemoryFileSystem()
        var copy = try SalvageCopy(
            to: "copy", options: testOptions(segmentBytes: 16 * 1024), fileSystem: target)
        let report = try LogSalvage(reader).run { frame in
            found += frame.records
            try copy.append(frame)
        }
        let expected = undamagedFrames().flatMap(\.records)
        guard found == expected else {
            let index = zip(found, expected).prefix { $0 == $1 }.count
            return "\(found.count) records, not \(expected.count), first difference at \(index)"
        }
        let mapped = report.runs.flatMap { Array($0.sequences) }
        guard mapped == expected.map(\.sequence), report.recordCount == UInt64(expected.count) else {
            return "the runs are \(report.runs)"
        }
        let starts = report.runs.map { run in expected.firstIndex { $0.sequence == run.sequences.lowerBound } ?? -1 }
        guard report.runs.map(\.newFirst) == starts.map({ UInt64($0 + 1) }) else { return "the new sequences" }
        let last = frames.last.map { $0.firstSequence + UInt64($0.recordCount) - 1 } ?? 0
        let missing = Set(1...last).subtracting(mapped)
        let told = Set(report.damages.compactMap(\.missing).flatMap { Array($0) })
        // Behind the last frame nothing may tell how many there were.
        let end = mapped.last ?? 0
        let inside = missing.filter { $0 < end }
        guard told.isSubset(of: missing), inside.isSubset(of: told), inside.isEmpty || !report.isComplete else {
            return "missing are \(missing.sorted()), not \(told.sorted()): \(report.damages)"
        }
        guard try copy.finish().verdict == .clean else { return "the copy is not clean" }
        guard try disk.files.map({ ($0, try disk.bytes(of: $0)) }).elementsEqual(before, by: ==) else {
            return "the log was changed"
        }
        return try Self.difference(between: target, and: undamagedFrames())
    }

    private static func difference(between target: InMemoryFileSystem, and frames: [Frame]) throws -> String? {
        var commits: [[UInt8]] = []
        _ = try LogReader(directory: "copy", fileSystem: target).verify { frame in
            if frame.kind.holdsRecords { commits.append(frame.body) }
        }
        var expected: [[UInt8]] = []
        for frame in frames { frame.forEachCommit { records, _ in expected.append(Array(records)) } }
        return firstDifference(commits, expected).map { "the copy's commits: \($0)" }
    }

    func report() throws -> SalvageReport {
        try LogSalvage(LogReader(directory: "log", fileSystem: disk)).run { _ in }
    }
}
