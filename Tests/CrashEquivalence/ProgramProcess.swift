internal import Sayiir
internal import SayiirTesting
internal import TestSupport

/// An attempt at a task that hangs until its time is over.
struct HangingAttempt: Sendable {
    var number: UInt32
    var limit: Duration
}

/// A process that runs a program: an engine, and what happens to the instance from outside.
///
/// Time passes only when nothing can happen without it. So what a program comes to does not depend on how quick the machine is.
struct ProgramProcess: Sendable {
    let runner: ProgramRunner
    let world: PlanWorld
    let workflow: Workflow<Int, Int>
    let engine: Engine
    /// The same without requests that follow from appends.
    let quiet: Engine
    let backend: MortalBackend
    /// The latest attempt that hangs of each step.
    let hanging: Atomically<[String: HangingAttempt]>

    private var id: InstanceID { runner.id }
    private var clock: VirtualClock { runner.clock }
    private var dress: PlanDress { runner.program.dress }

    /// Runs to the end; `nil` if the process has ended before.
    func run() async throws -> ProgramOutcome? {
        do {
            try await begin()
            let service = runner.trial.mode == .service ? try serve() : nil
            let result: Result<Void, any Error>
            do { result = .success(try await drive(service)) } catch { result = .failure(error) }
            try await end(service)
            try result.get()
        } catch let error as WorkflowError {
            if backend.isDead { return nil }
            switch error {
            case .invalidInstanceID, .invalidPriority, .invalidDeadline, .textTooLong, .notEncodable:
                return ProgramOutcome(refusal: "\(error)")
            default: throw error
            }
        } catch {
            if backend.isDead { return nil }
            throw error
        }
        return backend.isDead ? nil : try await outcome()
    }

    // MARK: Beginning and ending

    /// Sends what comes before the submission, and submits.
    private func begin() async throws {
        let state = try await backend.state(of: id)
        if let state, state.phase != .unsubmitted { return try await runner.ask(quiet, world) }
        var sent: [ExactText: Int] = [:]
        for entry in state?.mailbox.entries ?? [] { sent[ExactText(entry.signal), default: 0] += 1 }
        for (name, signal) in world.signals.sorted(by: { $0.key < $1.key }) where signal.plan.delivery == .early {
            let count = runner.expectation.signals[signal.plainName]?.count ?? 0
            for number in sent[name, default: 0]..<max(count, sent[name, default: 0]) {
                try await engine.client.signal(name.rawValue, to: id, payload: signal.plan.payload(number))
            }
        }
        let (choices, input) = (runner.choices, runner.program.plan.input)
        // By hand it is begun by `run` where that can do all that is asked for.
        if runner.trial.mode == .byHand, choices.priority == 3 { return }
        try await engine.client.submit(
            workflow, id: id, input: input, priority: choices.priority, deadline: choices.deadline)
    }

    private func serve() throws -> Task<Void, any Error> {
        try engine.register(workflow)
        return Task { try await engine.run() }
    }

    private func end(_ service: Task<Void, any Error>?) async throws {
        guard let service else { return }
        service.cancel()
        do {
            try await service.value
        } catch {
            if !backend.isDead { throw TestError("the service has ended: \(error)") }
        }
    }

    private func startByHand() -> Task<Void, any Error> {
        Task {
            let state = try await backend.state(of: id)
            if let state, state.phase != .unsubmitted {
                _ = try await engine.resume(workflow, id: id)
            } else if let deadline = runner.choices.deadline {
                _ = try await engine.run(workflow, id: id, input: runner.program.plan.input, deadline: deadline)
            } else {
                _ = try await engine.run(workflow, id: id, input: runner.program.plan.input)
            }
        }
    }

    // MARK: Driving

    private func drive(_ service: Task<Void, any Error>?) async throws {
        let running = Atomically<Task<Void, any Error>?>(nil)
        let result: Result<Void, any Error>
        do { result = .success(try await drive(service, running)) } catch { result = .failure(error) }
        // What is left of the run must not go on beside the next process.
        running.value?.cancel()
        _ = await running.value?.result
        try result.get()
    }

    private func drive(
        _ service: Task<Void, any Error>?, _ running: Atomically<Task<Void, any Error>?>
    ) async throws {
        var (run, isDone): (Task<Void, any Error>?, Atomically<Bool>) = (nil, Atomically(false))
        var idleRounds = 0
        var round = 0
        while true {
            round += 1
            try Task.checkCancellation()
            if service == nil, run == nil {
                let done = Atomically(false)
                let started = startByHand()
                (run, isDone) = (started, done)
                running.change { $0 = started }
                Task {
                    _ = await started.result
                    done.change { $0 = true }
                }
            }
            if isDone.value {
                try await run?.value
                run = nil
                isDone = Atomically(false)
            }
            if backend.isDead { return }
            let state = try await backend.inner.state(of: id)
            if let state, state.phase.isEnded {
                if let run { try await run.value }
                return
            }
            guard let state, isAtRest(state) || (service == nil && run == nil) else {
                idleRounds = 0
                try await pause(round)
                continue
            }
            if try await act(on: state) {
                idleRounds = 0
            } else {
                idleRounds += 1
                if idleRounds > 2000 { throw TestError("nothing happens any more: \(state.status)") }
                try await pause(round)
            }
        }
    }

    /// Lets others have the thread, and after many rounds the processor.
    private func pause(_ round: Int) async throws {
        if round % 8 < 6 { await Task.yield() } else { try await Task.sleep(for: runner.trial.store.lookInterval) }
    }

    /// Whether nothing happens without something from outside, or without time.
    private func isAtRest(_ state: InstanceState) -> Bool {
        if state.phase == .paused { return true }
        guard state.phase == .active, state.cancelRequest == nil else { return false }
        // A pause waits for what runs, and what hangs waits for its time to pass.
        if state.pauseRequest != nil, !isHanging(state) { return false }
        if let deadline = state.deadline, deadline <= clock.now { return false }
        var waits = false
        for known in state.steps.open {
            switch known.status {
            case .entered, .completed: continue
            case .running: if hangingAttempt(at: known) == nil { return false }
            case .ready: if !state.isStuck(known.step) { return false }
            case .failed: return false
            case .waitingToRetry(let due), .delaying(let due): if due <= clock.now { return false }
            case .awaitingSignal(let name, let deadline):
                if state.mailbox.first(named: name) != nil { return false }
                if let deadline, deadline <= clock.now { return false }
            case .inDoubt: break
            }
            waits = true
        }
        return waits
    }

    private func isHanging(_ state: InstanceState) -> Bool {
        state.steps.open.contains { hangingAttempt(at: $0) != nil }
    }

    /// The attempt that a step is at, if it hangs. The next one of the same step need not.
    private func hangingAttempt(at known: StepState) -> HangingAttempt? {
        guard known.status == .running, let attempt = hanging.value[world.plainName(of: known.step)],
            attempt.number == known.attempt
        else { return nil }
        return attempt
    }

    /// Does the next thing from outside; false if there is none.
    private func act(on state: InstanceState) async throws -> Bool {
        try await runner.ask(quiet, world)
        if state.phase == .paused {
            try await tolerating { () throws(WorkflowError) in
                try await quiet.client.unpause(id, by: dress.remark("actor"))
            }
            return true
        }
        guard state.phase == .active else { return false }
        for known in state.steps.open where known.status == .inDoubt {
            try await tolerating { () throws(WorkflowError) in
                try await quiet.client.resolveDoubt(of: known.step, in: id, as: .rerun)
            }
            return true
        }
        if try await sendMissingSignals(state) { return true }
        // Somebody has to run it first.
        guard isAtRest(state) else { return false }
        if let attempt = state.steps.open.lazy.compactMap({ hangingAttempt(at: $0) }).first {
            try await passTimeout(attempt.limit, of: state)
            return true
        }
        guard let alarm = state.nextAlarm, alarm > clock.now else { return false }
        try await runner.advance(to: alarm)
        return true
    }

    /// Lets the time of a task pass that hangs, and waits for what follows.
    private func passTimeout(_ limit: Duration, of state: InstanceState) async throws {
        // The task may be a moment ahead of its timer.
        let end = clock.now + limit
        try await waitBriefly { clock.nextDeadline.map { $0 <= end } ?? false }
        guard try await backend.inner.state(of: id)?.revision == state.revision else { return }
        try await runner.advance(to: end)
        // If time passed again before the attempt's end is stored, the next attempt would be late from its beginning.
        try await waitBriefly { try await backend.inner.state(of: id)?.revision != state.revision }
    }

    /// Waits until something has become true, but no longer than a busy machine may take for it.
    private func waitBriefly(_ condition: () async throws -> Bool) async throws {
        let start = ContinuousClock.now
        while !(try await condition()), .now - start < .seconds(5) { try await pause(7) }
    }

    /// Makes a request that comes too late if the instance has gone on in the meantime.
    private func tolerating(_ body: () async throws(WorkflowError) -> some Sendable) async throws {
        do throws(WorkflowError) {
            _ = try await body()
        } catch {
            switch error {
            case .notPossible, .notInDoubt: return
            default: throw error
            }
        }
    }

    /// Sends each signal that is waited for and that is to be sent then; false if there is none.
    private func sendMissingSignals(_ state: InstanceState) async throws -> Bool {
        var missing: [ExactText] = []
        for known in state.steps.open {
            guard case .awaitingSignal(let name, let deadline) = known.status else { continue }
            let plan = world.signals[ExactText(name)]?.plan
            // Without a deadline it would wait for ever.
            if plan?.delivery == .onDemand || deadline == nil { missing.append(ExactText(name)) }
        }
        guard !missing.isEmpty else { return false }
        var received: [ExactText: Int] = [:]
        for case .signalReceived(let body) in try await backend.inner.history(of: id).map(\.event.body) {
            received[ExactText(body.signal), default: 0] += 1
        }
        for name in missing {
            guard let plan = world.signals[name]?.plan else { throw TestError("no node waits for '\(name)'") }
            let payload = plan.payload(received[name, default: 0])
            try await tolerating { () throws(WorkflowError) in
                try await quiet.client.signal(name.rawValue, to: id, payload: payload, mustExist: true)
            }
            received[name, default: 0] += 1
        }
        return true
    }

    // MARK: The end

    private func outcome() async throws -> ProgramOutcome {
        let status = try await engine.client.status(of: id, as: workflow)
        let state = try await engine.client.state(of: id)
        var outcome = ProgramOutcome(
            status: status.status.name, output: status.output, failure: state.failure, failedStep: state.failedStep,
            steps: Set(state.steps.map(ProgramOutcome.StepSummary.init)))
        let history = try await engine.client.history(of: id).map(\.event)
        if let folded = InstanceState(folding: history), folded != state {
            outcome.problems.append(
                "the state is not what the history folds to: \(difference("\(state)", from: "\(folded)"))")
        }
        outcome.problems += state.anomalies.map { "anomaly: \($0)" }
        checkEnd(&outcome)
        return outcome
    }

    /// Where two long texts begin to differ.
    private func difference(_ left: String, from right: String) -> String {
        let same = zip(left.utf8, right.utf8).prefix { $0 == $1 }.count
        let (begin, length) = (max(0, same - 80), 200)
        func part(_ text: String) -> String {
            String(decoding: text.utf8.dropFirst(begin).prefix(length), as: UTF8.self).debugDescription
        }
        return "\(part(left)) and \(part(right))"
    }

    /// Without a choice that does harm, it is known what the program comes to.
    private func checkEnd(_ outcome: inout ProgramOutcome) {
        let isLate = clock.now > Timestamp(nanosecondsSinceEpoch: .max - Self.lastYear)
        var harms = world.harms + (isLate ? ["the end of time"] : [])
        let hasCancel = runner.program.plan.requests.contains { $0.kind == .cancel }
        // What one decision adds is in several commits then. A request to cancel, or a deadline, may come between them.
        let hasSmallCommits = dress.engineOptions().commitBytes != EngineOptions().commitBytes
        if hasCancel, hasSmallCommits { harms.append("small commits") }
        guard harms.isEmpty else {
            let isImprecise = world.isAmbiguous || hasSmallCommits
            outcome.precision = hasCancel || isLate ? .end : isImprecise ? .status : .everything
            return
        }
        let end: PlanExpectation.End =
            switch outcome.status {
            case "completed": .completed(outcome.output ?? -1)
            case "failed": .failed(outcome.failedStep.map { world.plainName(of: $0) } ?? "?")
            default: .cancelled
            }
        if end != runner.expectation.end || outcome.status == "superseded" {
            outcome.problems.append("it ended as \(outcome), and not as \(runner.expectation.end)")
        }
    }

    /// The year before the last moment that there is. What waits until then ends at the same moment as everything else.
    private static let lastYear: Int64 = 365 * 86_400 * 1_000_000_000
}
