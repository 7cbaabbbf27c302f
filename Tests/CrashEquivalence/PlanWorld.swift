internal import Sayiir
internal import SayiirTesting
internal import TestSupport

/// What is around a run of a plan: the time, the calls of its tasks, and how often each has failed.
final class PlanWorld: Sendable {
    let clock = PlanClock()
    private let state = Atomically<(calls: [String: Int], failures: [String: Int])>(([:], [:]))

    /// How often each step's code was called since ``begin(at:offset:)``.
    var calls: [String: Int] { state.value.calls }

    /// Begins anew, after a crash that left the given state: what was not stored did not happen.
    func begin(at left: InstanceState?, offset: Duration = .zero) {
        let failures = Dictionary(
            uniqueKeysWithValues: left?.steps.map { ("\($0.step)", Int($0.failureCount)) } ?? [])
        state.change { $0 = ([:], failures) }
        if let time = left?.updatedAt { clock.time.advance(to: time + offset) }
    }

    /// What the code of each task does first.
    func perform(_ task: TaskPlan = TaskPlan()) async throws {
        let step = TaskContext.current.map { "\($0.step)" } ?? "?"
        let fails = state.change { state in
            state.calls[step, default: 0] += 1
            guard state.failures[step, default: 0] < task.failures else { return false }
            state.failures[step, default: 0] += 1
            return true
        }
        guard fails else { return }
        if task.hangs {
            await clock.passLongestSleep()
            while true { try await Task.sleep(for: .seconds(3600)) }
        }
        throw TestError("'\(step)' fails")
    }
}

/// A clock that moves as soon as somebody sleeps, but for the time limits of tasks: those end when a task hangs.
struct PlanClock: EngineClock {
    let time = VirtualClock()

    var now: Timestamp { time.now }

    func sleep(for duration: Duration) async throws {
        if duration >= TaskPlan.limit { return try await time.sleep(for: duration) }
        try Task.checkCancellation()
        time.advance(by: duration)
    }

    /// Lets the time limit of the one task that runs pass.
    func passLongestSleep() async {
        await time.waitForSleepers()
        if let deadline = time.nextDeadline { time.advance(to: max(deadline, now)) }
    }
}
