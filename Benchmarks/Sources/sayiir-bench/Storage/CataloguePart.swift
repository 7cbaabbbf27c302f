import Foundation
import SayiirCatalogue

/// What a catalogue costs: to build from a log, and beside an engine while it follows.
struct CataloguePart {
    let context: RunContext
    /// About how many events the logs have that it is built from.
    let events: [Int]
    /// A log that is kept between runs.
    let keptLog: String?
    private static let stepsOfFlow = 50

    /// Measures both.
    func run() async throws {
        for count in events {
            try await StoredLog.with(events: count, in: context.scratch, keptAt: keptLog, building)
        }
        for flows in context.byMode(quick: [1, 64], full: [1, 4, 16, 64]) { try await following(flows) }
    }

    private func building(_ log: StoredLog) async throws {
        let catalogue = Catalogue(ofLog: log.path)
        let peak = PeakMemory()
        let clock = ContinuousClock()
        let start = clock.now
        let sequence = try catalogue.rebuild()
        let time = clock.now - start
        guard sequence == log.eventCount else { throw BenchError("the catalogue ends at sequence \(sequence)") }
        let size = try FileManager.default.attributesOfItem(atPath: catalogue.path)[.size] as? Int ?? 0
        await context.report(
            Row(
                part: "catalogue", name: "rebuild", parameters: ["events": Double(log.eventCount)],
                value: Double(log.eventCount) / (time / .seconds(1)), unit: "events/s", durability: .memory,
                note: "\(Format.time(microseconds: time / .microseconds(1))); \(size >> 20) MiB; \(peak.words)"))
    }

    /// An engine without and with a catalogue that follows in the same process, in turns.
    private func following(_ count: Int) async throws {
        let directory = "\(context.scratch)/catalogue-\(count)"
        let flows = try await LinearFlows(
            directory: directory, steps: Self.stepsOfFlow, flows: count, values: .orders)
        let follower = CatalogueFollower(log: directory)
        let turns = try await Turns.take(context.rounds) {
            try await flows.observe(for: context.round * 2, warmUp: context.round / 4).steps
        } subject: {
            try await follower.catchUp()
            return try await follower.following {
                try await flows.observe(for: context.round * 2, warmUp: context.round / 4).steps
            }
        }
        try await flows.close()
        let with = turns.subject
        await context.report(
            Row(
                part: "catalogue", name: "engine beside a catalogue that follows", parameters: ["flows": Double(count)],
                value: turns.rate, unit: "steps/s", latency: Percentiles(of: with, subject: "step"),
                floor: turns.rateRatio("the same without a catalogue", unit: "steps/s"), durability: .synced,
                processorMicroseconds: with.processorMicroseconds,
                note: "behind by \(Format.decimal(follower.lags.median, 2)) s (median), "
                    + "\(Format.decimal(follower.lags.max() ?? 0, 2)) s at most; without it a step takes "
                    + "\(Format.number(turns.floor.processorMicroseconds)) µs of processors"))
    }
}
