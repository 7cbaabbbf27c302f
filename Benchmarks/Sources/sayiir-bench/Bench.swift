import ArgumentParser
import Foundation
import SayiirLog

/// Measures the engine and the floor under it in one run, because only ratios taken together mean something.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sayiir-bench",
        abstract: "Measures this machine's disk, and Sayiir on it, in one run.")

    @Option(help: "Where to write; a temporary directory in here is used and removed.")
    var directory = "."

    @Option(help: "Seconds for each round of each measurement.")
    var seconds = 1.0

    @Option(help: "How many rounds; the disk and Sayiir take turns, and ratios are medians over the rounds.")
    var rounds = 5

    @Option(help: "Bytes of a write to the bare disk, and about the bytes of an append.")
    var bytes = 256

    @Option(help: "Only these parts: log, engine, memory, scaling, storage, giants, catalogue, postgres (repeatable).")
    var only: [Part] = []

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case log, engine, memory, scaling, storage, giants, catalogue, postgres
    }

    @Option(help: "Events in the logs of the parts 'storage' and 'catalogue' (repeatable).")
    var events: [Int] = [500_000, 5_000_000]

    @Option(
        help:
            "The log that the parts 'storage' and 'catalogue' measure; made if it is not there, and kept. Takes one --events."
    )
    var keptLog: String?

    @Option(help: "The server that the part 'postgres' measures, as a URL; without it that part is left out.")
    var postgres: String?

    @Option(help: "Parked instances in the logs of the part 'giants' (repeatable).")
    var parked: [Int] = [10_000, 100_000, 1_000_000]

    @Option(help: "How many instances wake at once in the part 'giants'.")
    var storm = 100_000

    @Option(help: .hidden)
    var giantsLog: String?

    @Flag(help: "Run the tasks that append on the log's own thread.")
    var onThread = false

    func run() async throws {
        let scratch = "\(directory)/sayiir-bench-\(ProcessInfo.processInfo.processIdentifier)"
        try LocalFileSystem().createDirectory(at: scratch)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        if let giantsLog {
            let measurement = try await ParkedMeasurement.take(of: giantsLog, scratch: "\(scratch)/empty")
            print(String(decoding: try JSONEncoder().encode(measurement), as: UTF8.self))
            return
        }
        print("machine      \(Machine.processor)")
        print("kernel       \(Machine.kernel)")
        print("file system  \(Machine.fileSystem(of: scratch))")
        print("durability   synced: every operation below is on stable storage when it counts")
        print("bytes        \(bytes) an operation; rounds \(rounds) of \(seconds) s\n")
        Table.printHead()
        let parts = only.isEmpty ? Part.allCases : only
        if parts.contains(.log) {
            try await sequential(in: scratch)
            try await concurrent(in: scratch)
        }
        if parts.contains(.engine) { try await engineSteps(in: scratch) }
        if parts.contains(.memory) { try await stepsInMemory() }
        if parts.contains(.scaling) { try await Scaling().run() }
        if parts.contains(.storage) {
            for count in events {
                let storage = Storage(directory: scratch, liveInstances: 10_000)
                try await storage.run(eventCount: count, keptAt: keptLog)
            }
        }
        if parts.contains(.giants) {
            try await SleepingGiants(directory: scratch, counts: parked, rounds: rounds, stormCount: storm).run()
        }
        if parts.contains(.postgres), let postgres { try await PostgresBench(url: postgres).run(seconds: seconds) }
        if parts.contains(.catalogue) {
            // First, while the process has no memory of an engine yet.
            for count in events {
                let storage = Storage(directory: scratch, liveInstances: 10_000)
                try await storage.withLog(eventCount: count, keptAt: keptLog) { path, events in
                    try CatalogueBench(log: path, eventCount: events).run()
                }
            }
            try await engineWithCatalogue(in: scratch)
        }
    }

    /// Durable steps of flows: one flow in turns with the disk, then many at once.
    private func engineSteps(in scratch: String) async throws {
        let floor = try Floor(path: "\(scratch)/floor-engine", writing: bytes)
        let steps = try await EngineSteps(directory: "\(scratch)/engine-1", onThread: onThread)
        var floors: [Measurement] = []
        var flows: [Measurement] = []
        for _ in 0..<rounds {
            floors.append(try measure(for: .seconds(seconds)) { try floor.write() })
            flows.append(try await steps.measure(for: .seconds(seconds), tasks: 1))
        }
        try await steps.close()
        Table.printRow("bare write and sync, pre-zeroed file", .joined(floors))
        Table.printRow("engine step, 1 flow", .joined(flows))
        let ratios = zip(flows, floors).map { $0.operationsPerSecond / $1.operationsPerSecond }
        print("  ratio to the bare disk: \(Table.decimal(ratios.median, 2)) of its rate (median of rounds)")
        for tasks in [16, 64, 256, 1024] {
            let steps = try await EngineSteps(directory: "\(scratch)/engine-\(tasks)", onThread: onThread)
            let flows = try await steps.measure(for: .seconds(max(2, seconds)), tasks: tasks)
            try await steps.close()
            Table.printRow("engine step, \(tasks) flows", flows)
        }
    }

    /// What a catalogue that follows costs an engine in the same process, in turns, and how far it is behind.
    private func engineWithCatalogue(in scratch: String) async throws {
        for tasks in [1, 4, 16, 64] where rounds > 0 {
            let directory = "\(scratch)/catalogue-\(tasks)"
            let steps = try await EngineSteps(directory: directory, onThread: onThread)
            let follower = CatalogueFollower(log: directory)
            var (without, with): ([Measurement], [Measurement]) = ([], [])
            var (timeWithout, timeWith) = (0.0, 0.0)
            for _ in 0..<rounds {
                let start = Machine.processorTime
                without.append(try await steps.measure(for: .seconds(seconds), tasks: tasks))
                timeWithout += Machine.processorTime - start
                try await follower.catchUp()
                let second = Machine.processorTime
                with.append(
                    try await follower.following { try await steps.measure(for: .seconds(seconds), tasks: tasks) })
                timeWith += Machine.processorTime - second
            }
            try await steps.close()
            Table.printRow("engine step, \(tasks) flows, alone", .joined(without))
            Table.printRow("engine step, \(tasks) flows, with a catalogue", .joined(with))
            let ratios = zip(with, without).map { $0.operationsPerSecond / $1.operationsPerSecond }
            print(
                "  with the catalogue \(Table.decimal(ratios.median, 2)) of the rate without (median of rounds); it was behind by "
                    + "\(Table.decimal(follower.lags.median, 2)) s (median) and \(Table.decimal(follower.lags.max() ?? 0, 2)) s at most"
            )
            // A rate depends on what else the machine does; this hardly.
            let costs = [(timeWithout, without), (timeWith, with)].map { time, measurements in
                Table.decimal(time * 1e6 / Double(max(1, measurements.reduce(0) { $0 + $1.latencies.count })), 1)
            }
            print("  processor time of a step: \(costs[0]) µs alone, \(costs[1]) µs with the catalogue's")
        }
    }

    /// What the engine costs without a disk.
    private func stepsInMemory() async throws {
        let inMemory = try EngineSteps(inMemory: ())
        Table.printRow("engine step in memory, 1 flow", try await inMemory.measure(for: .seconds(seconds), tasks: 1))
        Table.printRow(
            "engine step in memory, 64 flows", try await inMemory.measure(for: .seconds(seconds), tasks: 64))
    }

    /// One after the other: the disk and Sayiir in turns.
    private func sequential(in scratch: String) async throws {
        let floor = try Floor(path: "\(scratch)/floor", writing: bytes)
        // The record's own header and key, and the frame's header, make an append as long as the floor's write.
        let log = try await LogAppend(directory: "\(scratch)/log-1", payloadBytes: max(16, bytes - 104))
        var floors: [Measurement] = []
        var appends: [Measurement] = []
        for _ in 0..<rounds {
            floors.append(try measure(for: .seconds(seconds)) { try floor.write() })
            appends.append(
                try await measure(for: .seconds(seconds), tasks: 1, on: onThread ? log.executor : nil) {
                    try await log.append(from: $0)
                })
        }
        try await log.close()
        Table.printRow("bare write and sync, pre-zeroed file", .joined(floors))
        Table.printRow("log append, 1 writer", .joined(appends))
        let ratios = zip(appends, floors).map { $0.operationsPerSecond / $1.operationsPerSecond }
        print("  ratio to the bare disk: \(Table.decimal(ratios.median, 2)) of its rate (median of rounds)")
    }

    private func concurrent(in scratch: String) async throws {
        for writers in [16, 64, 256, 1024] {
            let log = try await LogAppend(
                directory: "\(scratch)/log-\(writers)", payloadBytes: max(16, bytes - 104))
            let measurement = try await measure(
                for: .seconds(max(2, seconds)), tasks: writers, on: onThread ? log.executor : nil
            ) {
                try await log.append(from: $0)
            }
            try await log.close()
            Table.printRow("log append, \(writers) writers", measurement)
        }
    }
}
