import Foundation
import SayiirEvents
import SayiirLog
import SayiirTesting

@testable import SayiirInspection

/// Writes events into a log, a commit for each, or for so many at a time.
func writeLog(
    _ events: [Event], to directory: String, on fileSystem: any FileSystem, perCommit: Int = 2, bytes: Int = 64 * 1024
) async throws {
    var options = LogOptions()
    options.firstSegmentBytes = bytes
    options.segmentBytes = bytes
    options.idleDelay = .seconds(3600)
    options.now = { History.origin.nanosecondsSinceEpoch }
    options.makeLogID = {
        var generator = SplitMix64(seed: 7)
        return LogID(using: &generator)
    }
    let log = try await LogWriter.open(directory: directory, options: options, fileSystem: fileSystem)
    for start in stride(from: 0, to: events.count, by: perCommit) {
        var batch = RecordBatch()
        for event in events[start..<min(start + perCommit, events.count)] { try batch.append(event) }
        try await log.append(batch)
    }
    try await log.close()
}

extension RecordBatch {
    mutating func append(_ event: Event) throws {
        try append(
            kind: .event, key: event.instance.rawValue, timestamp: event.time.nanosecondsSinceEpoch
        ) { event.encode(into: &$0) }
    }
}
