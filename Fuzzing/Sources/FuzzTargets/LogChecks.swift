@testable import SayiirLog
import SayiirTesting

private let directory = "log"

/// Checks that a log with the given segment files is opened or refused, and what must hold after either.
func checkLog(_ files: [String: [UInt8]], truncatesAmbiguousTail: Bool = false) throws {
    let disk = InMemoryFileSystem()
    for (name, bytes) in files { try disk.setBytes(bytes, of: "\(directory)/\(name)") }
    let reader = LogReader(directory: directory, fileSystem: disk)
    guard let found = try logErrorsAllowed({ try reader.verify() }) else {
        let opened = try logErrorsAllowed { try open(disk, truncatesAmbiguousTail: truncatesAmbiguousTail) }
        return try claim(opened == nil, "a log is opened that cannot be verified")
    }
    try claim(!found.refusal.isEmpty, "an assessment without words")
    try checkFollower(of: reader, reads: found)
    let opened = try logErrorsAllowed { try open(disk, truncatesAmbiguousTail: truncatesAmbiguousTail) }
    guard let opened else {
        try claim(found.verdict != .clean && found.verdict != .torn, "refused though \(found.verdict)")
        return try claim(segments(of: disk) == files, "refused and changed")
    }
    try claim(found.verdict != .corrupt, "opened though corrupt: \(found.refusal)")
    try claim(
        found.verdict != .ambiguous || truncatesAmbiguousTail, "opened though ambiguous: \(found.refusal)")
    try claim(opened.report.assessment == found, "opening found \(opened.report.assessment), verifying \(found)")
    let repaired = try reader.verify()
    try claim(
        repaired.verdict == .clean && repaired.lastSequence == found.lastSequence && repaired.head == found.head,
        "after opening the log is not clean, or another: \(repaired.refusal)")
    try checkIndex(opened.index, of: reader)
    try checkWriting(to: opened, on: disk)
}

/// What a call returns, or `nil` if it fails in the way that damaged logs are refused. Errors of the file system go
/// through: none of them is the log's fault here.
private func logErrorsAllowed<Result>(_ body: () throws -> Result) throws -> Result? {
    do {
        return try body()
    } catch let error as LogError {
        if case .fileSystem(let error) = error { throw error }
        try claim(!error.description.isEmpty, "an error without words")
        return nil
    }
}

/// A follower reads the frames that the verification read, unless it stops at what does not join.
private func checkFollower(of reader: LogReader, reads found: Assessment) throws {
    var follower = reader.follow()
    var count = 0
    _ = try logErrorsAllowed {
        while let frame = try follower.next() {
            count += 1
            _ = follower.isDurable(frame)
        }
    }
    guard found.verdict == .clean else { return }
    try claim(count == found.frameCount, "followed \(count) frames of \(found.frameCount)")
}

private func checkIndex(_ index: KeyIndex, of reader: LogReader) throws {
    var records: [LogRecord] = []
    _ = try reader.verify { records += $0.records }
    let keys = Set(records.map(\.key))
    for key in keys.sorted().prefix(4) {
        var found: [LogRecord] = []
        try JournalFrames(directory: directory, fileSystem: reader.fileSystem).read(index.frames(withKey: key)) {
            frame in
            frame.forEachRecord { if $0.key == key { found.append($0) } }
        }
        try claim(found == records.filter { $0.key == key }, "the index gives other records for a key")
    }
}

/// The log that was opened goes on: it takes records up to the segment's end and beyond, and all are read back.
private func checkWriting(to opened: LogRecovery.Opened, on disk: InMemoryFileSystem) throws {
    var journal = Journal(from: opened.start, directory: directory, fileSystem: disk, options: options())
    let reader = LogReader(directory: directory, fileSystem: disk)
    let first = journal.header.number
    let start = journal.nextSequence
    try journal.promise()
    repeat {
        var batch = RecordBatch()
        // Large enough to reach the end of any segment of the fuzzer's making in a few commits.
        try batch.append(kind: .event, key: "order-1", timestamp: 1, payload: (0..<900).map { UInt8($0 & 0xFF | 1) })
        _ = try journal.commit([batch])
        try journal.promise()
    } while journal.header.number == first
    let written = try reader.verify()
    try claim(
        written.verdict == .clean && written.head == journal.digest && written.lastSequence >= start
            && written.lastSequence == journal.nextSequence - 1,
        "after writing the log is not clean: \(written.refusal)")
}

private func open(_ disk: InMemoryFileSystem, truncatesAmbiguousTail: Bool) throws -> LogRecovery.Opened {
    let options = options(truncatesAmbiguousTail: truncatesAmbiguousTail)
    return try LogRecovery(directory: directory, fileSystem: disk, options: options).open { _ in }
}

private func options(truncatesAmbiguousTail: Bool = false) -> LogOptions {
    var options = LogOptions()
    options.firstSegmentBytes = 8192
    options.segmentBytes = 8192
    options.holder = "the fuzzer"
    options.now = { 1_700_000_000_000_000_000 }
    options.truncatesAmbiguousTail = truncatesAmbiguousTail
    return options
}

private func segments(of disk: InMemoryFileSystem) throws -> [String: [UInt8]] {
    var segments: [String: [UInt8]] = [:]
    for path in disk.files {
        let name = String(path.dropFirst(directory.count + 1))
        if SegmentName(fileName: name) != nil { segments[name] = try disk.bytes(of: path) }
    }
    return segments
}
