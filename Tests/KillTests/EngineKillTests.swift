import Foundation
import Sayiir
import SayiirTesting
import TestPrograms
import Testing

@Suite("An engine whose process is killed with SIGKILL, again and again")
struct EngineKillTests {
    @Test("completes every workflow, loses nothing that it acknowledged, and repeats no task that was checkpointed")
    func nothingIsLostOrRepeated() async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("kill test of the engine: seed \(seed)")
        var generator = SplitMix64(seed: seed)
        let directory = try TemporaryDirectory()
        let (log, effects) = ("\(directory.path)/jobs", "\(directory.path)/effects")
        var acknowledged: [String: Int] = [:]
        for round in 0..<25 {
            let worker = try startWorker(["engine", log, effects, "r\(round)"])
            let lineCount = Int.random(in: 1..<60, using: &generator)
            let moment = Int.random(in: 0..<10_000, using: &generator)
            try note(await worker.kill(afterLines: lineCount, andMicroseconds: moment), in: &acknowledged)
        }
        let last = try startWorker(["finish", log, effects])
        let lines = await last.end()
        #expect(last.succeeded && lines.last == "finished", "seed \(seed): \(lines.suffix(3))")
        try note(lines, in: &acknowledged)
        #expect(acknowledged.count > 200)
        try check(log, effects, acknowledged, seed: seed)
    }

    /// What a worker said: `done INSTANCE OUTPUT` for each instance that completed.
    private func note(_ lines: [String], in acknowledged: inout [String: Int]) throws {
        for line in lines where line.hasPrefix("done ") {
            let words = line.split(separator: " ")
            try #require(words.count == 3)
            #expect(acknowledged.updateValue(try #require(Int(words[2])), forKey: String(words[1])) == nil)
        }
    }

    private func check(_ log: String, _ effects: String, _ acknowledged: [String: Int], seed: UInt64) throws {
        let states = try readStates(log)
        var calls: [String: [UInt32]] = [:]
        for line in try String(contentsOfFile: effects, encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            calls["\(words[0]) \(words[1])", default: []].append(try #require(UInt32(words[2])))
        }
        for (id, output) in acknowledged where states[InstanceID(id)]?.output?.bytes != Array("\(output)".utf8) {
            Issue.record(
                "seed \(seed): \(id) was acknowledged with \(output), and is \(String(describing: states[InstanceID(id)]))"
            )
        }
        for state in states.values {
            let number = try #require(Int(state.id.rawValue.split(separator: "-").last ?? ""))
            #expect(state.phase == .completed && state.anomalies.isEmpty, "seed \(seed): \(state)")
            #expect(state.output?.bytes == Array("\(number + 1111)".utf8), "seed \(seed): \(state)")
            for step in state.steps {
                let attempts = calls["\(state.id) \(step.step)"] ?? []
                let isRight =
                    Set(attempts).count == attempts.count && attempts.contains(step.attempt)
                    && attempts.allSatisfy { $0 <= step.attempt }
                if !isRight {
                    Issue.record("seed \(seed): \(state.id) \(step.step) was called as \(attempts): \(step)")
                }
            }
        }
    }

    private func readStates(_ log: String) throws -> [InstanceID: InstanceState] {
        var states: [InstanceID: InstanceState] = [:]
        let assessment = try LogReader(directory: log).verify { frame in
            for record in frame.records where record.kind == .event {
                let event = try Event(
                    decoding: record.payload, instance: InstanceID(record.key),
                    time: Timestamp(nanosecondsSinceEpoch: record.timestamp))
                states[event.instance, default: InstanceState(event.instance)].apply(event)
            }
        }
        #expect(assessment.verdict == .clean)
        return states
    }
}
