import Foundation
import Testing

private let environment = ProcessInfo.processInfo.environment

/// What crashes leave of a log, against a model of it. `SAYIIR_CRASHES` says how many are tried, `SAYIIR_SEED` where the seeds begin.
/// `make torture` does the same in release mode.
@Suite struct LogSimulationTests {
    private static let crashes = environment["SAYIIR_CRASHES"].flatMap { Int($0) } ?? 10_000
    private static let firstSeed = environment["SAYIIR_SEED"].flatMap { UInt64($0) } ?? 1

    @Test("no crash takes what was acknowledged or shows what was not written, whatever else goes wrong")
    func crashes() async throws {
        var counters = SimulationCounters()
        var seed = Self.firstSeed
        while counters.crashes < Self.crashes {
            counters.add(try LogSimulation.run(seed: seed))
            seed += 1
            // Other tests wait for this thread.
            await Task.yield()
        }
        guard Self.crashes >= 10_000 else { return }
        // It has met what it is there for.
        for name in Self.mustBeMet {
            #expect(counters[name] > 0, "\(name) in\n\(counters.table)")
        }
    }

    private static let mustBeMet = [
        "clean ends", "torn ends", "roll-overs", "roll-overs cut short", "segments sealed", "segments in both forms",
        "journals before sealed segments",
        "snapshots written", "openings from a snapshot", "removals", "leftovers of a removal", "unfinished files",
        "crashes before there was a log", "crashes while opening", "openings without a crash", "writers that gave up",
        "frames taken back from a follower", "polls that showed undurable frames", "sealing given up",
        "halts during commit", "halts during sealing", "halts during snapshot", "halts during retention",
        "halts during promise", "halts during opening", "halts during creation", "generations with failing call",
        "generations with full disk", "generations with short transfers", "sealing that failed", "commit that failed",
        "snapshot that failed", "retention that failed",
    ]
}
