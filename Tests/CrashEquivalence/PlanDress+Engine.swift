internal import Sayiir
internal import SayiirTesting

/// What a program gives a run beside the flow.
struct SubmissionChoices: Sendable {
    var priority = 3
    var deadline: Duration?
    /// The deadline that is a part of the flow.
    var flowDeadline: Duration?
    var formerNames: [String] = []
    /// The bytes of the flow's metadata; `nil` for none.
    var metadataSize: Int?
    /// The bytes of the input; `nil` for as many as it needs.
    var inputSize: Int?
    /// Whether the choices change what the program comes to.
    var isHarmful = false
}

extension PlanDress {
    /// What a run is submitted with.
    ///
    /// - Parameter hangs: Whether a task of the plan hangs: then a deadline could come at the same moment as its time-out.
    func submission(hangs: Bool) -> SubmissionChoices {
        var choices = SubmissionChoices()
        var dice = dice(.workflow, "submission", of: "")
        let outOfBounds = WorstValues.integers.filter { !(1...5).contains($0) }
        choices.priority = dice.pick(3, or: [1, 2, 4, 5], refused: outOfBounds)
        let refused: [Duration?] = WorstValues.negative.map(Optional.some)
        let tooLong: [Duration?] = WorstValues.tooLong.map(Optional.some)
        if !hangs, dice.chance(1, of: 4) {
            let short: [Duration?] = [.zero, .nanoseconds(1), .seconds(1), .seconds(100), .seconds(100 * 86_400)]
            // Above 200 years a deadline at submission counts as 200 years, and one of a flow is refused.
            choices.deadline = dice.pick(nil, or: short + tooLong, refused: refused)
            choices.flowDeadline = dice.pick(nil, or: short, refused: refused + tooLong)
            choices.isHarmful = choices.deadline != nil || choices.flowDeadline != nil
        }
        if dice.chance(1, of: 4) {
            choices.formerNames = Array(WorstValues.texts.shuffled(using: &dice.random).prefix(5)) + [""]
        }
        let metadata: [Int?] = [0, 1, 4000, 512 * 1024 - 2]
        choices.metadataSize = dice.chance(1, of: 4) ? dice.pick(1, or: metadata, refused: [512 * 1024 - 1]) : nil
        var sizes = self.dice(.sizes, "input", of: "")
        if sizes.chance(1, of: 100) {
            choices.inputSize =
                sizes.chance(1, of: 10) ? 15 << 20 : sizes.pick(4000, or: [1 << 20], refused: [(15 << 20) + 1])
        }
        return choices
    }

    /// The options of an engine.
    func engineOptions() -> EngineOptions {
        var options = EngineOptions()
        var dice = dice(.engine, "options", of: "")
        options.concurrency = dice.pick(256, or: WorstValues.integers)
        options.blockingThreads = dice.pick(64, or: WorstValues.integers)
        options.crashLimit = dice.pick(20, or: WorstValues.integers.map(Optional.some) + [nil, 2, 3])
        options.executor = dice.pick("tester", or: WorstValues.texts + ["", WorstValues.longExecutor])
        options.cancellationGracePeriod = dice.pick(
            .seconds(5), or: WorstValues.tooLong + WorstValues.negative + [.zero])
        options.heldThreadWarning = dice.pick(
            .seconds(1), or: (WorstValues.tooLong + WorstValues.negative + [.seconds(60)]).map(Optional.some) + [nil])
        options.decodesEveryValue = dice.chance(1, of: 2)
        options.commitBytes = dice.pick(options.commitBytes, or: [.min, 0, 1, 300, 4096, .max])
        return options
    }

    /// The id of the codec that values are stored with.
    var codecID: String {
        var dice = dice(.sizes, "codec", of: "")
        return dice.pick("json", or: WorstValues.texts + ["", WorstValues.longCodec])
    }
}
