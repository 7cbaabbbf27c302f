import Foundation
import Sayiir
import SayiirLog

/// A log of many instances' events, as an engine would have left it after a long time: made for a measurement, or kept from one run to
/// the next.
///
/// It is written with buffered durability, which makes no difference to what is stored.
struct StoredLog {
    /// Its directory.
    let path: String
    /// How many events it has.
    let eventCount: Int
    /// How many instances have ended, with ten events each.
    let endedCount: Int

    /// How many instances have not.
    static let liveCount = 10_000
    private static let eventsOfLive = 6

    /// Calls `body` with a log of about so many events.
    ///
    /// - Parameters:
    ///   - events: How many events, about; at least those of the live instances.
    ///   - scratch: Where it is made, and removed, if it is not kept.
    ///   - kept: Where it is, or is made and stays.
    ///   - body: Gets the log.
    static func with(
        events: Int, in scratch: String, keptAt kept: String?, _ body: (StoredLog) async throws -> Void
    ) async throws {
        let path = kept ?? "\(scratch)/storage-\(events)"
        defer { if kept == nil { try? FileManager.default.removeItem(atPath: path) } }
        let ended = max(0, events - eventsOfLive * liveCount) / StoredEvents.eventsOfEnded
        let log = StoredLog(
            path: path, eventCount: ended * StoredEvents.eventsOfEnded + eventsOfLive * liveCount, endedCount: ended)
        if !FileManager.default.fileExists(atPath: path) { try await log.write() }
        try await body(log)
    }

    /// Opens it.
    func open() async throws -> LogBackend {
        var options = LogOptions()
        options.durability = .buffered
        return try await LogBackend.open(directory: path, options: options)
    }

    private func write() async throws {
        let backend = try await open()
        let (writers, ended, events) = (16, endedCount, StoredEvents())
        // Live ones stand among all the others, as they would after a long time.
        let every = max(1, ended / Self.liveCount)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask(executorPreference: backend.executor) {
                    for number in stride(from: writer, to: ended, by: writers) {
                        try await backend.append(events.history(of: number, isLive: false), lease: nil)
                        if number % every == 0, number / every < Self.liveCount {
                            try await backend.append(
                                events.history(of: ended + number / every, isLive: true), lease: nil)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        // Where fewer have ended than are live, the rest of these come last.
        for number in min(Self.liveCount, (ended + every - 1) / every)..<Self.liveCount {
            try await backend.append(events.history(of: ended + number, isLive: true), lease: nil)
        }
        try await backend.takeSnapshot()
        try await backend.close()
        try await waitForSealing()
    }

    /// Sealing what was full at the end is left to the next opening; here it belongs to the writing.
    private func waitForSealing() async throws {
        let backend = try await open()
        while try FileManager.default.contentsOfDirectory(atPath: path).count(where: { $0.hasSuffix(".seg") }) > 1 {
            try await Task.sleep(for: .milliseconds(20))
        }
        try await backend.close()
    }
}
