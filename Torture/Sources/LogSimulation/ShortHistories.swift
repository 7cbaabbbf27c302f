import SayiirTesting

@testable import SayiirLog

/// A few operations on a small log that is always the same, cut short at each call of the last of them.
package struct ShortHistories {
    /// What a history is made of.
    package enum Operation: String, CaseIterable, Sendable {
        case commit, promise, rollOver, seal, snapshot, retention, reopen

        fileprivate var step: SimulationStep {
            switch self {
            case .commit: .commit
            case .promise: .promise
            case .rollOver: .rollOver
            case .seal: .seal
            case .snapshot: .snapshot
            case .retention: .retention
            case .reopen: .close
            }
        }
    }

    /// All histories of so many operations.
    package static func all(ofLength length: Int) -> [[Operation]] {
        guard length > 0 else { return [[]] }
        return all(ofLength: length - 1).flatMap { history in Operation.allCases.map { history + [$0] } }
    }

    private let setting: LogSimulation.Setting
    private let disk: InMemoryFileSystem
    private let model: LogModel

    /// Prepares the log: of its segments one is sealed and may go, one is full and not sealed yet, and one is in use.
    package init(isBuffered: Bool, hasArchive: Bool) throws {
        var generator = SplitMix64(seed: 5)
        var setting = LogSimulation.Setting(using: &generator)
        setting.segmentBytes = 8192
        setting.durability = isBuffered ? .buffered : .synced
        setting.archive = hasArchive ? "store/old/segments" : nil
        self.setting = setting
        let simulation = LogSimulation(seed: 5, crashesPerHalt: 0, setting: setting)
        _ = try simulation.reopen()
        let preparation: [SimulationStep] = [
            .commit, .rollOver, .seal, .snapshot, .commit, .snapshot, .rollOver, .commit, .close,
        ]
        for step in preparation { try simulation.take(step) }
        disk = simulation.disk
        model = simulation.model
    }

    /// Runs a history again and again. Each time the machine stops at another call of the last operation that may change
    /// something, and of what it leaves are tried: nothing that was not synced, all of it, a killed process, and so many random
    /// choices.
    ///
    /// - Parameters:
    ///   - firstCall: The call at which the first run stops, from 1.
    ///   - step: How many calls further each next one does.
    package func check(
        _ history: [Operation], randomChoices: Int = 2, firstCall: Int = 1, step: Int = 1
    ) throws -> SimulationCounters {
        var counters = SimulationCounters()
        var call = firstCall
        while let simulation = try halted(history, atCall: call, &counters) {
            var generator = SplitMix64(seed: UInt64(call))
            let halted = simulation.disk
            var survivors = [
                halted.crash(keeping: .nothing), halted.crash(keeping: .everything), halted.snapshot(),
            ]
            for _ in 0..<randomChoices { survivors.append(halted.crash(using: &generator)) }
            for (number, survivor) in survivors.enumerated() {
                var check = SurvivorCheck(
                    of: survivor, model: simulation.model, options: simulation.options,
                    archives: simulation.archives, seed: generator.next())
                do {
                    _ = try check.run()
                } catch {
                    throw SimulationFailure(
                        description: "\(history.map(\.rawValue)), stopped at call \(call), survivor \(number): \(error)"
                    )
                }
                counters.add(check.counters)
            }
            call += step
        }
        return counters
    }

    /// A run that stopped at a call of its last operation; `nil` if that has fewer.
    private func halted(
        _ history: [Operation], atCall call: Int, _ counters: inout SimulationCounters
    ) throws -> LogSimulation? {
        let simulation = LogSimulation(
            seed: 6, crashesPerHalt: 0, setting: setting, beginningWith: (disk.snapshot(), model))
        _ = try simulation.reopen()
        for (number, operation) in history.enumerated() {
            if number == history.count - 1 { simulation.disk.halt(atCall: call) }
            try simulation.take(operation.step)
            if simulation.writer == nil, !simulation.disk.isHalted { _ = try simulation.reopen() }
        }
        guard simulation.disk.isHalted else { return nil }
        simulation.writer = nil
        counters.count("halts during \(history.last?.rawValue ?? "nothing")")
        return simulation
    }
}
