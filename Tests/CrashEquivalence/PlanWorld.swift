internal import Sayiir
internal import SayiirTesting
internal import TestSupport

/// What is around a run of a plan: the time, the calls of its tasks, and how often each has failed.
final class PlanWorld: Sendable {
    let clock: PlanClock
    let dress: PlanDress
    /// Called when an attempt hangs, with the time that it takes until it is ended; `nil` to let that time pass.
    private let onHang: (@Sendable (_ step: String, _ attempt: UInt32, _ limit: Duration) -> Void)?
    private let state = Atomically(State())

    private struct State {
        var calls: [String: Int] = [:]
        var failures: [String: Int] = [:]
        /// The plain names of the nodes that are dressed.
        var plainNames: [NodeID: String] = [:]
        /// The bytes of the outputs of tasks that have more than they need.
        var sizes: [NodeID: Int] = [:]
        /// The waits for signals, by the names of the signals.
        var signals: [ExactText: (plan: SignalPlan, plainName: String)] = [:]
        var harms: [String] = []
        var isAmbiguous = false
        var childError: FlowError?
    }

    init(
        dress: PlanDress = .plain, clock: PlanClock = PlanClock(),
        onHang: (@Sendable (_ step: String, _ attempt: UInt32, _ limit: Duration) -> Void)? = nil
    ) {
        self.dress = dress
        self.clock = clock
        self.onHang = onHang
    }

    /// How often each step's code was called since ``begin(at:offset:)``.
    var calls: [String: Int] { state.value.calls }

    /// Begins anew, after a crash that left the given state: what was not stored did not happen.
    func begin(at left: InstanceState?, offset: Duration = .zero) {
        let failures = Dictionary(
            (left?.steps.map { (plainName(of: $0.step), Int($0.failureCount)) } ?? []), uniquingKeysWith: max)
        state.change { ($0.calls, $0.failures) = ([:], failures) }
        if let time = left?.updatedAt { clock.time.advance(to: time + offset) }
    }

    /// What the code of each task does first.
    func perform(_ task: TaskPlan = TaskPlan()) async throws {
        let step = TaskContext.current.map { plainName(of: $0.step) } ?? "?"
        let fails = state.change { state in
            state.calls[step, default: 0] += 1
            guard state.failures[step, default: 0] < task.failures else { return false }
            state.failures[step, default: 0] += 1
            return true
        }
        guard fails else { return }
        if task.hangs {
            let context = TaskContext.current
            if let onHang {
                onHang(step, context?.attempt ?? 0, context?.options.timeout ?? TaskPlan.limit)
            } else {
                await clock.passLongestSleep()
            }
            while true { try await Task.sleep(for: .seconds(3600)) }
        }
        throw dress.error(of: step, task)
    }

    // MARK: What the builder notes

    func note(_ node: NodeID, as plainName: String) {
        if dress.parts.contains(.names) { state.change { $0.plainNames[node] = plainName } }
    }

    func note(size: Int, of node: NodeID) { state.change { $0.sizes[node] = size } }

    func note(_ signal: SignalPlan, as plainName: String, named name: String, isParallel: Bool) {
        state.change { state in
            guard state.signals.updateValue((signal, plainName), forKey: ExactText(name)) != nil else { return }
            state.harms.append("signal of '\(plainName)'")
            // Who of several consumes which is left to chance, if one of them is below a fork.
            state.isAmbiguous = true
        }
    }

    func note(_ error: FlowError) { state.change { $0.childError = $0.childError ?? error } }
    func noteHarm(_ text: String) { state.change { $0.harms.append(text) } }

    /// The first error of a child workflow that could not be built.
    var childError: FlowError? { state.value.childError }
    /// What makes the plan come to another end than its plain form; empty if nothing does.
    var harms: [String] { state.value.harms }
    /// Whether the end depends on chance.
    var isAmbiguous: Bool { state.value.isAmbiguous }

    /// The bytes that a node's output is to have; `nil` for as many as it needs.
    func size(of node: NodeID) -> Int? { state.value.sizes[node] }

    /// The names of all signals, each with its plan and the plain name of the node that waits for it.
    var signals: [ExactText: (plan: SignalPlan, plainName: String)] { state.value.signals }

    /// The step as the plan calls it.
    func plainName(of step: Step) -> String {
        guard let plain = state.value.plainNames[step.node] else { return "\(step)" }
        return "\(Step(NodeID(plain), indices: step.indices))"
    }
}

/// A clock that moves as soon as somebody sleeps, but for the time limits of tasks: those end when a task hangs.
struct PlanClock: EngineClock {
    var time = VirtualClock()

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
