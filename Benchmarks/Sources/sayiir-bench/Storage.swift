import Foundation
import Sayiir
import SayiirEvents
import SayiirLog

/// What a log costs to keep: its size, opening it, finding one instance in it, verifying it, and the memory for that.
///
/// Each log is written with buffered durability, which makes no difference to what is stored.
struct Storage {
    let directory: String
    let liveInstances: Int
    private let events = StoredEvents()
    private let clock = ContinuousClock()

    init(directory: String, liveInstances: Int) {
        self.directory = directory
        self.liveInstances = liveInstances
    }

    /// Measures a log of about so many events: one that is made for it, or the one at `kept`, which is made if it is not there and
    /// stays. In a process that did not make the log, the peak memory tells what reading it takes.
    func run(eventCount: Int, keptAt kept: String?) async throws {
        try await withLog(eventCount: eventCount, keptAt: kept) { path, _ in
            try await measureOpening(path)
            try await measureVerifying(path)
            try await measureLookUps(path, ended: endedCount(for: eventCount))
            try measureSize(path, ended: endedCount(for: eventCount))
        }
    }

    private func endedCount(for eventCount: Int) -> Int {
        max(0, eventCount - 6 * liveInstances) / StoredEvents.eventsOfEnded
    }

    /// Calls `body` with the log and the number of its events.
    func withLog(eventCount: Int, keptAt kept: String?, _ body: (String, Int) async throws -> Void) async throws {
        let path = kept ?? "\(directory)/storage-\(eventCount)"
        defer { if kept == nil { try? FileManager.default.removeItem(atPath: path) } }
        let endedCount = endedCount(for: eventCount)
        let total = endedCount * StoredEvents.eventsOfEnded + 6 * liveInstances
        print("\n\(total) events, \(liveInstances) live instances, \(endedCount) ended ones")
        if !FileManager.default.fileExists(atPath: path) {
            let start = clock.now
            try await write(ended: endedCount, to: path)
            let time = clock.now - start
            print("  written in \(seconds(time)) s (buffered): \(Int(Double(total) / (time / .seconds(1)))) events/s")
        }
        try await body(path, total)
    }

    private func open(_ path: String) async throws -> LogBackend {
        var options = LogOptions()
        options.durability = .buffered
        return try await LogBackend.open(directory: path, options: options)
    }

    private func write(ended: Int, to path: String) async throws {
        let backend = try await open(path)
        let writers = 16
        try await withThrowingTaskGroup { group in
            for writer in 0..<writers {
                group.addTask(executorPreference: backend.executor) { [events, liveInstances] in
                    // Live ones stand among all the others, as they would after a long time.
                    let every = max(1, ended / max(1, liveInstances))
                    for number in stride(from: writer, to: ended, by: writers) {
                        try await backend.append(events.history(of: number, isLive: false), lease: nil)
                        if number % every == 0, number / every < liveInstances {
                            try await backend.append(
                                events.history(of: ended + number / every, isLive: true), lease: nil)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        try await backend.takeSnapshot()
        try await backend.close()
        // Sealing what was full at the end is left to the next opening; here it belongs to the writing.
        let again = try await open(path)
        while try FileManager.default.contentsOfDirectory(atPath: path).count(where: { $0.hasSuffix(".seg") }) > 1 {
            try await Task.sleep(for: .milliseconds(20))
        }
        try await again.close()
    }

    private func measureOpening(_ path: String) async throws {
        var times: [Double] = []
        Memory.resetPeak()
        for _ in 0..<5 {
            let start = clock.now
            let backend = try await open(path)
            times.append((clock.now - start) / .milliseconds(1))
            let live = try await backend.liveInstances().count
            guard live > 0 else { throw StorageError(text: "no live instance was found") }
            try await backend.close()
        }
        print(
            "  clean open: \(Table.decimal(times.median, 1)) ms (median of 5); peak resident memory \(Memory.peakBytes >> 20) MiB"
        )
    }

    private func measureLookUps(_ path: String, ended: Int) async throws {
        let backend = try await open(path)
        // What opening left to do in the background is done when the first look-up returns.
        _ = try await backend.history(of: StoredEvents.id(0))
        var measurement = Measurement()
        var state: UInt64 = 42
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let id = StoredEvents.id(Int(state >> 33) % max(1, ended))
            let start = clock.now
            let history = try await backend.history(of: id)
            measurement.latencies.append((clock.now - start).nanoseconds)
            guard history.count == StoredEvents.eventsOfEnded else {
                throw StorageError(text: "\(id) has \(history.count) events")
            }
        }
        try await backend.close()
        print(
            "  history of one instance: p50 \(Table.decimal(measurement.percentile(0.5) / 1000, 2)) ms, "
                + "p99 \(Table.decimal(measurement.percentile(0.99) / 1000, 2)) ms")
    }

    private func measureVerifying(_ path: String) async throws {
        Memory.resetPeak()
        let start = clock.now
        let assessment = try LogReader(directory: path).verify()
        let time = clock.now - start
        guard assessment.verdict == .clean else { throw StorageError(text: "\(assessment.verdict)") }
        let rate = Double(assessment.recordBytes) / (time / .seconds(1)) / 1_000_000
        print(
            "  verify: \(assessment.recordBytes / 1_000_000) MB of records in \(seconds(time)) s: \(Int(rate)) MB/s on one core, "
                + "chain included; peak resident memory \(Memory.peakBytes >> 20) MiB")
    }

    private func measureSize(_ path: String, ended: Int) throws {
        let segments = try LogReader(directory: path).segments()
        // The newest segment's file is longer than what is in it.
        let sealed = segments.filter(\.name.isSealed)
        let stored = sealed.reduce(0) { $0 + $1.byteCount }
        var records: UInt64 = 0
        _ = try LogReader(directory: path).verify { if $0.segment.isSealed { records += UInt64($0.recordCount) } }
        var jsonBytes = 0
        var count = 0
        for number in stride(from: 0, to: ended, by: max(1, ended / 1000)) {
            for event in events.history(of: number, isLive: false) {
                count += 1
                jsonBytes += RecordedEvent(sequence: UInt64(number * 10), event: event).json().utf8.count + 1
            }
        }
        let json = Double(jsonBytes) / Double(max(1, count)) * Double(records)
        print(
            "  stored: \(stored / 1_000_000) MB in \(sealed.count) sealed segments; as NDJSON \(Int(json / 1_000_000)) MB; "
                + "ratio \(Table.decimal(Double(stored) / max(1, json), 3))")
    }

    private func seconds(_ duration: Duration) -> String { Table.decimal(duration / .seconds(1), 2) }
}

/// A log that does not hold what was put into it.
struct StorageError: Error {
    var text: String
}

/// The memory of this process.
enum Memory {
    /// Forgets the peak so far.
    static func resetPeak() {
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    /// The most memory that was resident since the peak was last forgotten, in bytes; 0 where the system does not tell.
    static var peakBytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first).flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    }
}
