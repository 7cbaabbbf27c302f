internal import SayiirTesting

/// Runs random programs on several stores, and compares what they come to.
package struct ProgramCampaign: Sendable {
    /// Makes a store of another kind for a program of a seed, beside memory and the log.
    package typealias StoreMaker = @Sendable (_ seed: UInt64) async throws -> any ProgramStore

    private let other: StoreMaker?
    /// How many programs the shrinker tries.
    private static let shrinkLimit = 200
    /// For how long the shrinker tries.
    private static let shrinkTime = Duration.seconds(20)

    /// A campaign on memory and log, and perhaps another store.
    package init(other: StoreMaker? = nil) { self.other = other }

    /// What is wrong with the program of a seed, and with the smallest like it; `nil` if nothing is.
    ///
    /// - Returns: Also whether the program ran, rather than was refused.
    package func tryProgram(seed: UInt64) async -> (problem: String?, hasRun: Bool) {
        let program = Program(seed: seed, hasUniqueID: other != nil)
        let (found, hasRun) = await problem(with: program)
        guard let found else { return (nil, hasRun) }
        let smallest = await shrink(program)
        var text = "SAYIIR_SEED=\(seed): \(program)\n\(found)"
        if smallest != program {
            text += "\nshrunk: \(smallest)\n\(await problem(with: smallest).0 ?? "it does not always fail")"
        } else if await problem(with: program).0 == nil {
            text += "\nit does not always fail"
        }
        return (text, hasRun)
    }

    /// What is wrong with a program; `nil` if nothing is.
    private func problem(with program: Program) async -> (String?, hasRun: Bool) {
        var first: (trial: ProgramTrial, outcome: ProgramOutcome)?
        do {
            for trial in try await trials(of: program) {
                let outcome: ProgramOutcome
                do {
                    outcome = try await ProgramRunner(program, trial).run()
                } catch is TimeOutOfBounds {
                    continue
                } catch {
                    return ("\(trial): \("\(error)".shortened)", true)
                }
                if let problem = outcome.problems.first { return ("\(trial): \(problem)", outcome.hasRun) }
                guard let known = first else {
                    first = (trial, outcome)
                    continue
                }
                if let difference = known.outcome.difference(to: outcome) {
                    return ("\(known.trial) and \(trial): \(difference)", outcome.hasRun)
                }
            }
        } catch {
            return ("no store: \(error)", false)
        }
        return (nil, first?.outcome.hasRun ?? false)
    }

    /// The ways in which a program is run, each on a store of its own. The first does not crash.
    private func trials(of program: Program) async throws -> [ProgramTrial] {
        var random = SplitMix64(seed: program.seed ^ 0x7472_6961_6c73)
        let mode: ProgramTrial.Mode = Bool.random(using: &random) ? .byHand : .service
        let otherMode: ProgramTrial.Mode = mode == .byHand ? .service : .byHand
        var trials = [ProgramTrial(on: MemoryProgramStore(), mode)]
        let log = LogProgramStore(seed: random.next())
        trials.append(ProgramTrial(on: log, otherMode, crashes: Self.crashes(&random)))
        if Int.random(in: 0..<3, using: &random) == 0 {
            trials.append(ProgramTrial(on: MemoryProgramStore(), otherMode, crashes: Self.crashes(&random)))
        }
        if let other {
            // In the other mode than the log's.
            let store = try await other(program.seed)
            trials.append(ProgramTrial(on: store, mode, crashes: Self.crashes(&random)))
        }
        return trials
    }

    private static func crashes(_ random: inout SplitMix64) -> [Int] {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: []
        case 1: [Int.random(in: 1..<4, using: &random), Int.random(in: 1..<4, using: &random)]
        case 2..<6: [Int.random(in: 1..<6, using: &random)]
        default: [Int.random(in: 1..<40, using: &random)]
        }
    }

    /// The smallest program that fails, by its plan and then by its dress.
    private func shrink(_ program: Program) async -> Program {
        let end = ContinuousClock.now + Self.shrinkTime
        var best = program
        for part in PlanDress.Part.allCases where best.dress.parts.contains(part) && ContinuousClock.now < end {
            var candidate = best
            candidate.dress.parts.remove(part)
            if await problem(with: candidate).0 != nil { best = candidate }
        }
        let fixed = best
        best.plan = await Shrinker { plan in
            var candidate = fixed
            candidate.plan = plan
            guard ContinuousClock.now < end else { return false }
            return await problem(with: candidate).0 != nil
        }.shrink(best.plan, limit: Self.shrinkLimit)
        return best
    }
}
