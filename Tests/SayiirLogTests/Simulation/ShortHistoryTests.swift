import Foundation
import Testing

/// All short histories of a small log, stopped at every call of their last operation: what no random choice may happen to miss.
///
/// With `SAYIIR_EXHAUSTIVE` set at every call; else the second operation at one call in three and the third at one in nineteen,
/// others for each history.
@Suite struct ShortHistoryTests {
    private static let isExhaustive = ProcessInfo.processInfo.environment["SAYIIR_EXHAUSTIVE"] != nil

    @Test("a log survives a crash at any call of the last of one, two or three operations", arguments: [false, true])
    func everyCall(isBuffered: Bool) async throws {
        var counters = SimulationCounters()
        for (length, step) in [(1, 1), (2, 3), (3, 19)] {
            let histories = try ShortHistories(isBuffered: isBuffered, hasArchive: isBuffered == (length < 3))
            let step = Self.isExhaustive ? 1 : step
            for (number, history) in ShortHistories.all(ofLength: length).enumerated() {
                counters.add(try histories.check(history, firstCall: 1 + number % step, step: step))
                // Other tests wait for this thread.
                await Task.yield()
            }
        }
        for operation in ShortHistories.Operation.allCases {
            #expect(counters["halts during \(operation.rawValue)"] > 0, "\(counters.table)")
        }
        #expect(counters["torn ends"] > 0 && counters["roll-overs cut short"] > 0)
        #expect(counters["leftovers of a removal"] > 0 && counters["segments in both forms"] > 0)
    }
}
