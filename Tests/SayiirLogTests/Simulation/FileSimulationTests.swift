import Foundation
import Testing

private let environment = ProcessInfo.processInfo.environment

/// Changes the files of logs as people and programs do. `SAYIIR_FILE_CASES` says how many cases are tried, `SAYIIR_SEED` where the seeds begin. `make torture`
/// does the same in release mode.
@Suite struct FileSimulationTests {
    private static let cases = environment["SAYIIR_FILE_CASES"].flatMap { Int($0) } ?? 2000
    private static let firstSeed = environment["SAYIIR_SEED"].flatMap { UInt64($0) } ?? 1

    @Test(
        "whatever is done to a log's files, nothing acknowledged is lost unless opening and verify refuse, leaving every byte"
    )
    func files() async throws {
        var counters = SimulationCounters()
        var seed = Self.firstSeed
        while counters["cases"] < Self.cases {
            counters.add(try FileSimulation.run(seed: seed))
            seed += 1
            // Other tests wait for this thread.
            await Task.yield()
        }
        guard Self.cases >= 2000 else { return }
        for name in Self.mustBeMet { #expect(counters[name] > 0, "\(name) in\n\(counters.table)") }
    }

    private static let mustBeMet = [
        "restored over what is there", "restored in part", "restored in the place of what is there", "removed",
        "renamed", "copied over another", "copied in part", "put back from the archive", "cleaned up", "a failing read",
        "a file that may not be opened", "a full disk", "refusals by rule 1", "refusals by rule 2",
        "refusals by rule 3",
        "refusals by rule 4", "openings of all", "openings of an older state", "segments put back and kept",
        "displaced writers", "removed under a writer",
    ]
}
