import Foundation
import Sayiir
import SayiirEvents
import SayiirLog

/// What a log costs to keep: its size, opening it, finding one instance in it, verifying it, and the memory for that.
struct StoragePart {
    let context: RunContext
    /// About how many events the logs have.
    let events: [Int]
    /// A log that is kept between runs.
    let keptLog: String?
    private let clock = ContinuousClock()

    init(context: RunContext, events: [Int], keptLog: String?) {
        self.context = context
        self.events = events
        self.keptLog = keptLog
    }

    /// Measures a log of each size.
    func run() async throws {
        for count in events {
            try await StoredLog.with(events: count, in: context.scratch, keptAt: keptLog) { log in
                try await opening(log)
                try await verifying(log)
                try await lookingUp(log)
                try await size(log)
            }
        }
    }

    private func parameters(_ log: StoredLog) -> [String: Double] {
        ["events": Double(log.eventCount), "live": Double(StoredLog.liveCount)]
    }

    // MARK: Opening

    /// In turns with reading and hashing the snapshot's file, which opening cannot do without.
    private func opening(_ log: StoredLog) async throws {
        var (times, floors): ([Double], [Double]) = ([], [])
        let peak = PeakMemory()
        for _ in 0..<max(5, context.rounds) {
            floors.append(try await timeOfReadingSnapshot(log))
            let start = clock.now
            let backend = try await log.open()
            times.append((clock.now - start) / .milliseconds(1))
            let live = try await backend.liveInstances().count
            guard live == StoredLog.liveCount else { throw BenchError("\(live) live instances were found") }
            try await backend.close()
        }
        let ratios = zip(times, floors).map { $0 / max(0.001, $1) }
        await context.report(
            Row(
                part: "storage", name: "clean open", parameters: parameters(log), value: times.median, unit: "ms",
                floor: FloorRatio(
                    name: "reading the newest snapshot and SHA-256 of it", value: floors.median, unit: "ms",
                    perRound: ratios),
                bars: [FiguresToHold.open(milliseconds: times.median)], durability: .buffered,
                note: "files in the page cache; \(peak.words)"))
    }

    private func timeOfReadingSnapshot(_ log: StoredLog) async throws -> Double {
        let names = try FileManager.default.contentsOfDirectory(atPath: log.path).filter { $0.hasSuffix(".snapshot") }
        guard let newest = names.max() else { throw BenchError("no snapshot in \(log.path)") }
        let start = clock.now
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(log.path)/\(newest)")))
        ProcessorFloorsPart.digest(bytes, bytes.count)
        return (clock.now - start) / .milliseconds(1)
    }

    // MARK: Verifying

    /// In turns with SHA-256 of bytes in memory, which the chain cannot do without.
    private func verifying(_ log: StoredLog) async throws {
        let bulk = [UInt8](repeating: 7, count: 1024 * 1024)
        let peak = PeakMemory()
        let turns = try await Turns.take(context.rounds) {
            await measure(for: context.round / 2, batchesOf: 64 * bulk.count) {
                for _ in 0..<64 { ProcessorFloorsPart.digest(bulk, bulk.count) }
            }
        } subject: {
            // A small log again and again, so that a round is long enough to mean something.
            let start = clock.now
            var round = Measurement()
            repeat {
                let assessment = try LogReader(directory: log.path).verify()
                guard assessment.verdict == .clean else { throw BenchError("\(assessment.verdict)") }
                round.count += Int(assessment.recordBytes)
                round.elapsed = clock.now - start
            } while round.elapsed < context.round
            return round
        }
        let rate = turns.rate / 1e6
        var floor = turns.rateRatio("SHA-256 in bulk", unit: "MB/s")
        floor.value /= 1e6
        await context.report(
            Row(
                part: "storage", name: "verify", parameters: parameters(log), value: rate, unit: "MB/s", floor: floor,
                bars: [FiguresToHold.verify(megabytes: rate)], durability: .buffered,
                note: "uncompressed bytes of records, chain included, one core; \(peak.words)"))
    }

    // MARK: Looking up

    /// In turns with reading a block's worth of bytes from a random place of the log.
    private func lookingUp(_ log: StoredLog) async throws {
        let backend = try await log.open()
        // What opening left to do in the background is done when the first look-up returns.
        _ = try await backend.history(of: StoredEvents.id(0))
        var random = Steps(state: 42)
        let file = try largestFile(of: log)
        let turns = try await Turns.take(context.rounds) {
            try readBlocks(of: file, 500, &random)
        } subject: {
            var measurement = Measurement()
            for _ in 0..<1000 {
                let id = StoredEvents.id(random.next(below: log.endedCount))
                let start = clock.now
                let history = try await backend.history(of: id)
                measurement.latencies.append((clock.now - start).nanoseconds)
                guard history.count == StoredEvents.eventsOfEnded else {
                    throw BenchError("\(id) has \(history.count) events")
                }
            }
            return measurement
        }
        try await backend.close()
        guard let latency = Percentiles(of: turns.subject, subject: "look-up") else { return }
        await context.report(
            Row(
                part: "storage", name: "history of one instance, p99", parameters: parameters(log),
                value: latency.p99 / 1000, unit: "ms", latency: latency,
                floor: turns.tailRatio("p99 of reading 64 KiB at a random place"),
                bars: [FiguresToHold.lookUp(milliseconds: latency.p99 / 1000)],
                durability: .buffered, note: "files in the page cache"))
    }

    private func largestFile(of log: StoredLog) throws -> any File {
        let segments = try LogReader(directory: log.path).segments()
        guard let largest = segments.max(by: { $0.byteCount < $1.byteCount }) else {
            throw BenchError("\(log.path) has no segment")
        }
        return try LocalFileSystem().open("\(log.path)/\(largest.name)", as: .read)
    }

    private func readBlocks(of file: any File, _ count: Int, _ random: inout Steps) throws -> Measurement {
        var measurement = Measurement()
        var block = [UInt8](repeating: 0, count: 64 * 1024)
        let places = max(1, Int(try file.size()) - block.count)
        for _ in 0..<count {
            let offset = Int64(random.next(below: places))
            let start = clock.now
            _ = try block.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
            measurement.latencies.append((clock.now - start).nanoseconds)
        }
        return measurement
    }

    // MARK: Size

    /// Beside the same events as NDJSON, and beside that in LZ4 blocks of 64 KiB.
    private func size(_ log: StoredLog) async throws {
        let sealed = try LogReader(directory: log.path).segments().filter(\.name.isSealed)
        guard !sealed.isEmpty else {
            return await context.leaveOut(
                "storage", "a log of \(log.eventCount) events has no sealed segment to look at")
        }
        let stored = Double(sealed.reduce(0) { $0 + $1.byteCount })
        var records = 0
        _ = try LogReader(directory: log.path).verify { if $0.segment.isSealed { records += $0.recordCount } }
        let text = Self.ndjson(of: log)
        let perEvent = stored / Double(max(1, records))
        let ratio = perEvent / text.bytesPerEvent
        await context.report(
            Row(
                part: "storage", name: "stored bytes", parameters: parameters(log), value: perEvent,
                unit: "bytes/event",
                floor: FloorRatio(
                    name: "NDJSON in LZ4 blocks of 64 KiB", value: text.packedPerEvent, unit: "bytes/event",
                    perRound: [perEvent / text.packedPerEvent]),
                bars: [FiguresToHold.stored(ratio: ratio)], durability: .buffered,
                note: "\(sealed.count) sealed segments, \(Format.number(stored / 1e6)) MB; as NDJSON "
                    + "\(Format.number(text.bytesPerEvent)) bytes an event"))
    }

    /// The size of about 10,000 of the log's events as NDJSON, and of that packed.
    private static func ndjson(of log: StoredLog) -> (bytesPerEvent: Double, packedPerEvent: Double) {
        let events = StoredEvents()
        var text: [UInt8] = []
        var count = 0
        for number in stride(from: 0, to: log.endedCount, by: max(1, log.endedCount / 1000)) {
            for event in events.history(of: number, isLive: false) {
                count += 1
                text += RecordedEvent(sequence: UInt64(number * 10), event: event).json().utf8
                text.append(UInt8(ascii: "\n"))
            }
        }
        var room = [UInt8](repeating: 0, count: 128 * 1024)
        var packed = 0
        for start in stride(from: 0, to: text.count, by: 64 * 1024) {
            let block = Array(text[start..<min(text.count, start + 64 * 1024)])
            packed += ProcessorFloorsPart.pack(block, block.count, into: &room)
        }
        let divisor = Double(max(1, count))
        return (Double(text.count) / divisor, Double(packed) / divisor)
    }
}

/// Numbers that look random, the same in each run.
private struct Steps {
    var state: UInt64

    mutating func next(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % max(1, limit)
    }
}
