import ArgumentParser
import Foundation
import Sayiir
import SayiirEvents
import SayiirLog

/// The field's *sleeping giants*: instances that wait, in great numbers. What they cost in memory and at opening, how soon they go on when
/// all may at once, and how late a timer is.
struct GiantsPart {
    let context: RunContext
    /// How many instances wait in each of the logs that are opened.
    let counts: [Int]
    /// How many instances may go on at once.
    let stormCount: Int

    /// Measures all.
    func run() async throws {
        for count in counts { try await parked(count) }
        for wait in context.byMode(quick: [.delay], full: ParkedOrders.Wait.allCases) { try await storm(wait) }
        try await lateness()
    }

    // MARK: Parked

    /// Makes a log with so many parked instances, and measures it in processes of its own.
    private func parked(_ count: Int) async throws {
        let log = "\(context.scratch)/parked-\(count)"
        defer { try? FileManager.default.removeItem(atPath: log) }
        try await Self.makeLog(log, count)
        // The first service looks at each once, and its snapshot has what it learnt.
        _ = try measureElsewhere(log)
        let rounds = try (0..<context.rounds).map { _ in try measureElsewhere(log) }
        let open = rounds.map(\.openSeconds).median
        let bytes = rounds.map { Double($0.servedBytes) / Double(max(1, count)) }.median
        let opened = rounds.map { Double($0.openBytes) / Double(max(1, count)) }.median
        let floors = try (0..<context.rounds).map { _ in try timeOfReadingSnapshot(log) }
        let isMillion = count >= 1_000_000
        await context.report(
            Row(
                part: "giants", name: "open", parameters: ["instances": Double(count)], value: open * 1000, unit: "ms",
                floor: FloorRatio(
                    name: "reading the newest snapshot and SHA-256 of it", value: floors.median * 1000, unit: "ms",
                    perRound: zip(rounds, floors).map { $0.openSeconds / max(1e-6, $1) }),
                bars: isMillion ? [FiguresToHold.openParked(seconds: open, instances: count)] : [], durability: .synced,
                note: "until new work is served: \(Format.time(microseconds: rounds.map(\.servedSeconds).median * 1e6))"
            ))
        await context.report(
            Row(
                part: "giants", name: "memory of each", variant: "with the service",
                parameters: ["instances": Double(count)],
                value: bytes, unit: "bytes/instance",
                bars: isMillion ? [FiguresToHold.memoryOfParked(bytes: bytes, instances: count)] : [],
                durability: .synced,
                note:
                    "anonymous memory beyond that of an engine on an empty log; \(Int(opened)) bytes before the service runs; peak of "
                    + "the process \((rounds.map(\.peakBytes).max() ?? 0) >> 20) MiB"))
    }

    private static func makeLog(_ path: String, _ count: Int) async throws {
        var options = LogOptions()
        options.durability = .buffered
        let orders = try ParkedOrders()
        let backend = try await LogBackend.open(directory: path, options: options)
        let start = SystemClock().now + .seconds(86_400)
        try await backend.store(0..<count, of: orders, waitingFor: .delay) { number in
            // In no order.
            start + .microseconds(number &* 7_919 % 1_000_003)
        }
        try await backend.takeSnapshot()
        try await backend.close()
    }

    private func timeOfReadingSnapshot(_ log: String) throws -> Double {
        let names = try FileManager.default.contentsOfDirectory(atPath: log).filter { $0.hasSuffix(".snapshot") }
        guard let newest = names.max() else { throw BenchError("no snapshot in \(log)") }
        let clock = ContinuousClock()
        let start = clock.now
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(log)/\(newest)")))
        ProcessorFloorsPart.digest(bytes, bytes.count)
        return (clock.now - start) / .seconds(1)
    }

    /// Lets another process of this program measure a log.
    private func measureElsewhere(_ log: String) throws -> ParkedMeasurement {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["parked-log", log, "--scratch", "\(context.scratch)/empty"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(ParkedMeasurement.self, from: output)
    }

    // MARK: Waking

    private func storm(_ wait: ParkedOrders.Wait) async throws {
        let floor = try DiskFloor(path: "\(context.scratch)/floor-storm", writing: 256)
        var times: [Double] = []
        var floors: [Double] = []
        var processorTimes: [Double] = []
        for round in 0..<context.byMode(quick: 1, full: 3) {
            floors.append(try floor.measure(for: context.round).rate)
            let storm = WakeStorm(count: stormCount, wait: wait)
            let result = try await storm.measure(in: "\(context.scratch)/storm-\(wait)-\(round)")
            times.append(result.elapsed / .seconds(1))
            processorTimes.append(result.processorTime)
        }
        let isBar = wait == .delay && stormCount == 100_000
        await context.report(
            Row(
                part: "giants", name: "wake storm", variant: wait == .delay ? "by their delays" : "by signals",
                parameters: ["instances": Double(stormCount)], value: times.median, unit: "s",
                floor: FloorRatio(
                    name: "\(floor.name), beside instances/s", value: floors.median, unit: "writes/s",
                    perRound: zip(times, floors).map { Double(stormCount) / $0 / $1 }),
                bars: isBar ? [FiguresToHold.wakeStorm(seconds: times.median)] : [], durability: .synced,
                processorMicroseconds: processorTimes.median, note: "until all have done their last step and ended"))
    }

    /// Beside how late a sleeping task of Swift's is.
    private func lateness() async throws {
        let delays = try await TimerLateness(count: 1_000, span: .seconds(context.byMode(quick: 5, full: 20)))
            .measure(in: "\(context.scratch)/timers")
        var sleeps: [Int64] = []
        let clock = ContinuousClock()
        for _ in 0..<200 {
            let due = clock.now + .milliseconds(10)
            try await clock.sleep(until: due)
            sleeps.append((clock.now - due).nanoseconds)
        }
        guard let late = Percentiles(nanoseconds: delays.latencies, subject: "lateness"),
            let floor = Percentiles(nanoseconds: sleeps, subject: "lateness")
        else { throw BenchError("no timer ended") }
        await context.report(
            Row(
                part: "giants", name: "timer lateness, p99", variant: "idle service", value: late.p99 / 1000,
                unit: "ms",
                latency: late,
                floor: FloorRatio(
                    name: "p99 of a sleeping task of Swift's", value: floor.p99 / 1000, unit: "ms",
                    perRound: [late.p99 / max(0.001, floor.p99)]),
                bars: [FiguresToHold.lateness(milliseconds: late.p99 / 1000)], durability: .synced))
    }
}

/// Measures a log with parked instances in this process: memory that another measurement used and gave back would count otherwise.
struct ParkedLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "parked-log", shouldDisplay: false)

    @Argument(help: "The log.")
    var log: String

    @Option(help: "Where an empty log can be made.")
    var scratch: String

    func run() async throws {
        let measurement = try await ParkedMeasurement.take(of: log, scratch: scratch)
        print(String(decoding: try JSONEncoder().encode(measurement), as: UTF8.self))
    }
}
