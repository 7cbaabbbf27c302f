import Foundation
import Sayiir
import SayiirEvents
import SayiirLog

/// Instances that wait, in great numbers: what they cost in memory and at opening, how soon they go on when all may at once, and how
/// late a timer is.
struct SleepingGiants {
    let directory: String
    /// How many instances wait in each of the logs that are opened.
    let counts: [Int]
    /// How often each log is opened; medians count.
    let rounds: Int
    /// How many instances may go on at once.
    let stormCount: Int

    /// Prints all measurements.
    func run() async throws {
        for count in counts {
            let cost = try await parked(count)
            print("\n\(count) parked instances, medians of \(rounds) processes")
            print("  first service, until it has looked at each: \(Table.decimal(cost.first.settledSeconds, 2)) s")
            print(
                "  open \(Table.decimal(cost.median(\.openSeconds) * 1000, 1)) ms, until new work is served "
                    + "\(Table.decimal(cost.median(\.servedSeconds) * 1000, 1)) ms")
            print(
                "  memory of each: \(Int(cost.median { Double($0.openBytes) }) / max(1, count)) bytes opened, "
                    + "\(Int(cost.median { Double($0.servedBytes) }) / max(1, count)) with the service; peak of the process "
                    + "\(Int(cost.median { Double($0.peakBytes) }) >> 20) MiB; an empty engine \(cost.first.emptyBytes >> 10) KiB"
            )
        }
        for wait in ParkedOrders.Wait.allCases where stormCount > 0 {
            var times: [Double] = []
            var costs: [Double] = []
            for round in 0..<rounds {
                let storm = WakeStorm(count: stormCount, wait: wait)
                let result = try await storm.measure(in: "\(directory)/storm-\(wait)-\(round)")
                times.append(result.elapsed / .seconds(1))
                costs.append(result.processorTime)
            }
            let list = times.map { Table.decimal($0, 2) }.joined(separator: " ")
            print(
                "\(stormCount) at once, \(wait): \(Table.decimal(times.median, 2)) s until all have completed (\(list))"
            )
        }
        let lateness = try await TimerLateness(count: 1_000, span: .seconds(20)).measure(in: "\(directory)/timers")
        Table.printRow("lateness of a timer, idle service", lateness)
    }

    /// What a log with parked instances costs.
    struct ParkedCost: Sendable {
        /// The first time that a service looked at them.
        var first: ParkedMeasurement
        /// Later ones.
        var rounds: [ParkedMeasurement]

        func median(_ value: (ParkedMeasurement) -> Double) -> Double { rounds.map(value).median }
    }

    /// Makes a log with so many parked instances, and measures it in processes of its own.
    func parked(_ count: Int) async throws -> ParkedCost {
        let log = "\(directory)/parked-\(count)"
        defer { try? FileManager.default.removeItem(atPath: log) }
        try await Self.makeLog(log, count)
        let first = try measureElsewhere(log)
        let others = try (0..<rounds).map { _ in try measureElsewhere(log) }
        return ParkedCost(first: first, rounds: others)
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

    /// Lets another process of this program measure a log.
    private func measureElsewhere(_ log: String) throws -> ParkedMeasurement {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--giants-log", log, "--directory", directory]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(ParkedMeasurement.self, from: output)
    }
}
