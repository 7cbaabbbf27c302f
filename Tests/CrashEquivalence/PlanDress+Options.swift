internal import Sayiir
internal import SayiirTesting

/// A choice, and whether it changes what a program comes to.
struct Dressed<Value> {
    var value: Value
    var isHarmful = false
}

// What is below a fork or map must not fail: which branch fails first is left to chance.
extension PlanDress {
    /// The options of a task.
    ///
    /// - Parameters:
    ///   - task: The plan of the task.
    ///   - node: Its plain name.
    ///   - isParallel: Whether it is below a fork or map.
    func options(_ task: TaskPlan, of node: String, isParallel: Bool) -> Dressed<TaskOptions> {
        var dressed = Dressed(value: task.plainOptions)
        var dice = dice(.tasks, "options", of: node)
        setTimeouts(&dressed, task, isParallel, &dice)
        let bounds = 1...5
        dressed.value.priority = dice.pick(
            nil, or: bounds.map(Optional.some), refused: WorstValues.integers.filter { !bounds.contains($0) })
        dressed.value.isBlocking = dice.chance(1, of: 8)
        dressed.value.isSensitive = dice.chance(1, of: 4)
        dressed.value.displayName = dice.pick(nil, or: WorstValues.texts)
        dressed.value.description = dice.pick(nil, or: WorstValues.texts)
        dressed.value.version = dice.pick(
            nil, or: WorstValues.texts + [""], refused: [WorstValues.longVersion])
        if dice.chance(1, of: 4) {
            let tags = Array(WorstValues.texts.shuffled(using: &dice.random).prefix(20))
            dressed.value.tags = dice.pick(
                tags, or: [[WorstValues.longTag], []],
                refused: [[""], [WorstValues.longTag + "t"], Array(repeating: "t", count: 21)])
        }
        if let retries = task.retries {
            dressed.value.retries = policy(retries, task, of: node)
            // Without a limit it would be tried for ever.
            if dressed.isHarmful { dressed.value.retries?.maxRetries = retries }
        }
        return dressed
    }

    private func setTimeouts(
        _ dressed: inout Dressed<TaskOptions>, _ task: TaskPlan, _ isParallel: Bool, _ dice: inout PlanDice
    ) {
        let short: [Duration?] = [.nanoseconds(1), .milliseconds(1), .seconds(1), WorstValues.longest]
        let endless: [Duration?] = WorstValues.tooLong.map(Optional.some)
        let negative: [Duration?] = WorstValues.negative.map(Optional.some)
        if task.hangs {
            // Only one of them, so that it is known which ends the attempt.
            dressed.value.timeout = dice.pick(TaskPlan.limit, or: short.dropLast(), refused: negative)
            return
        }
        dressed.value.timeout = dice.pick(dressed.value.timeout, or: short + endless + [nil], refused: negative)
        dressed.value.heartbeatTimeout = dice.pick(nil, or: short + endless, refused: negative)
        if !isParallel, dice.chance(1, of: 40) {
            if dice.chance(1, of: 2) { dressed.value.timeout = .zero } else { dressed.value.heartbeatTimeout = .zero }
            dressed.isHarmful = true
        }
    }

    private func policy(_ retries: Int, _ task: TaskPlan, of node: String) -> RetryPolicy {
        var dice = dice(.counts, "retries", of: node)
        var policy = RetryPolicy(maxRetries: retries, initialDelay: .seconds(20))
        // A task that fails for good has as many retries as the plan says, or it would never do so.
        let unlimited = task.isFatal ? [] : [Int.max, Int.max - 1, Int(UInt32.max) + 1]
        let negative: [Duration?] = WorstValues.negative.map(Optional.some)
        policy.maxRetries = dice.pick(retries, or: unlimited, refused: [-1, .min])
        policy.initialDelay = dice.pick(policy.initialDelay, or: WorstValues.waits, refused: WorstValues.negative)
        policy.multiplier = dice.pick(
            2, or: [0, 1, 1e300, .greatestFiniteMagnitude, .leastNonzeroMagnitude, -0.0],
            refused: [.nan, .infinity, -.infinity, -1, -.leastNonzeroMagnitude])
        policy.maxDelay = dice.pick(
            .seconds(60), or: [.zero, .nanoseconds(1), .seconds(1)], refused: negative)
        policy.jitter = dice.pick(
            0, or: [1, 0.5, .leastNonzeroMagnitude],
            refused: [.nan, .infinity, -.leastNonzeroMagnitude, 1.0.nextUp, -1])
        return policy
    }

    /// The length of a delay.
    func delay(_ seconds: Int, of node: String) -> Duration {
        var dice = dice(.waits, "delay", of: node)
        if dice.chance(1, of: 40) { return WorstValues.longest }
        return dice.pick(
            .seconds(seconds), or: WorstValues.waits, refused: WorstValues.negative + WorstValues.tooLong)
    }

    /// The time-out of a wait for a signal; `nil` for none. A signal that comes while the instance waits is not to come too late.
    func timeout(_ signal: SignalPlan, of node: String) -> Duration? {
        guard let timeout = signal.timeout else { return nil }
        var dice = dice(.waits, "timeout", of: node)
        let others = signal.delivery == .never ? WorstValues.waits : [.seconds(1), .seconds(86_400)]
        if dice.chance(1, of: 40) { return WorstValues.longest }
        return dice.pick(.seconds(timeout), or: others, refused: WorstValues.negative + WorstValues.tooLong)
    }

    /// The limit of a loop that its body ends before, if it is not the plan's.
    func iterations(_ max: Int, of node: String) -> Int {
        var dice = dice(.counts, "iterations", of: node)
        return dice.pick(
            max, or: [Int.max, Int.max - 1, Int(UInt32.max), Int(UInt32.max) + 1], refused: [0, -1, .min, .min + 1])
    }

    /// The number of elements that a map may have under way.
    func concurrency(_ number: Int, of node: String) -> Int {
        var dice = dice(.counts, "concurrency", of: node)
        return dice.pick(
            number, or: [1, Int.max, Int.max - 1, Int(UInt32.max), Int(UInt32.max) + 1], refused: [0, -1, .min])
    }

    /// The bytes of a stored value; `nil` for as many as it needs.
    func size(of node: String, isParallel: Bool) -> Dressed<Int?> {
        var dice = dice(.sizes, "size", of: node)
        let roll = Int.random(in: 0..<400, using: &dice.random)
        guard dice.isOn else { return Dressed(value: nil) }
        switch roll {
        case 0: return Dressed(value: 1 << 20)
        case 1 where !isParallel: return Dressed(value: (15 << 20) + 1, isHarmful: true)
        case 2..<40: return Dressed(value: 4000)
        default: return Dressed(value: nil)
        }
    }

    /// What a task throws that is to fail.
    func error(of step: String, _ task: TaskPlan) -> any Error {
        var dice = dice(.errors, "error", of: step)
        guard dice.chance(1, of: 2) else { return PlanFailure(description: "'\(step)' fails") }
        let text = WorstValues.texts.randomElement(using: &dice.random) ?? ""
        switch Int.random(in: 0..<40, using: &dice.random) {
        case 0:
            // A flag of two scalars each, so that the end is in the middle of a character.
            return PlanFailure(description: String(repeating: "🇩🇪", count: 10 * 1024 * 1024 / 8))
        case 1..<4: return PlanFailure(description: String(repeating: "\u{301}", count: 16 * 1024))
        case 4..<6: return PlanFailure(description: "")
        case 6..<9: return CancellationError()
        case 9..<12 where task.isFatal && task.failures == 1: return NonRetryable(PlanFailure(description: text))
        default: return PlanFailure(description: text)
        }
    }
}

/// What a task of a plan throws.
struct PlanFailure: Error, CustomStringConvertible {
    let description: String
}
