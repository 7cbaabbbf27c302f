// The process that runs random programs, one after the other, for the tests. If a program ends it, the tests know by the
// last line which one.
import CrashEquivalence

let arguments = CommandLine.arguments
let numbers = arguments.dropFirst().prefix(2).compactMap { UInt64($0) }
if numbers.count == 2, [3, 5].contains(arguments.count), numbers[0] < .max - numbers[1] {
    var campaign = ProgramCampaign()
    if arguments.count == 5 {
        let store = try await PostgresProgramStore(url: arguments[3], schema: arguments[4])
        campaign = ProgramCampaign { _ in store }
    }
    for seed in numbers[0]..<(numbers[0] + numbers[1]) {
        say("begin \(seed)")
        let (problem, hasRun) = await campaign.tryProgram(seed: seed)
        for line in problem?.split(separator: "\n") ?? [] { say("problem \(line)") }
        say(hasRun ? "ran" : "refused")
    }
    say("end")
} else if arguments.count == 3, arguments[1] == "show", let seed = UInt64(arguments[2]) {
    say("\(Program(seed: seed, hasUniqueID: false))")
} else {
    say("usage: program-worker SEED COUNT [URL SCHEMA], or program-worker show SEED")
}
