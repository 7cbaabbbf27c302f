internal import Sayiir
internal import SayiirTesting
internal import TestSupport

/// Runs a program through define, run, crash and resume to its end.
package struct ProgramRunner: Sendable {
    let program: Program
    let trial: ProgramTrial
    let id: InstanceID
    let expectation: PlanExpectation
    let choices: SubmissionChoices
    let clock = VirtualClock()
    /// The numbers of the plan's requests that were made.
    let requested = Atomically<Set<Int>>([])

    /// How long nothing may be stored though the program is not at its end. Not for how long it may run: some programs have values of
    /// many megabytes, and the machine may have other things to do.
    private static let patience = Duration.seconds(30)

    package init(_ program: Program, _ trial: ProgramTrial) {
        self.program = program
        self.trial = trial
        id = program.dress.instanceID(isUnique: program.hasUniqueID)
        expectation = PlanInterpreter.expectation(of: program.plan)
        choices = program.dress.submission(hangs: program.plan.hangs)
    }

    /// Runs the program, in as many processes as it takes.
    package func run() async throws -> ProgramOutcome {
        for crash in trial.crashes {
            if let outcome = try await runProcess(appends: crash) { return outcome }
        }
        guard let outcome = try await runProcess(appends: .max) else {
            throw TestError("the last process has ended before the program did")
        }
        return outcome
    }

    /// Runs the program in a process that ends after so many appends; `nil` if it has ended before the program did.
    private func runProcess(appends: Int) async throws -> ProgramOutcome? {
        let inner = try await trial.store.open()
        let result: Result<ProgramOutcome?, any Error>
        let backend = MortalBackend(inner: inner, appends: appends)
        do { result = .success(try await run(on: backend)) } catch { result = .failure(error) }
        try await trial.store.close(inner, isCrash: backend.isDead)
        return try result.get()
    }

    private func run(on backend: MortalBackend) async throws -> ProgramOutcome? {
        let hanging = Atomically<[String: HangingAttempt]>([:])
        let world = PlanWorld(dress: program.dress, clock: PlanClock(time: clock)) { step, attempt, limit in
            hanging.change { $0[step] = HangingAttempt(number: attempt, limit: limit) }
        }
        let left: InstanceState?
        do {
            left = try await takeOver(backend.inner)
        } catch let error as WorkflowError {
            return ProgramOutcome(refusal: "\(error)")
        }
        let workflow: Workflow<Int, Int>
        do throws(FlowError) {
            workflow = try PlanBuilder.build(program.plan, in: world)
        } catch {
            return refusal(by: error)
        }
        // Only now the plain names of steps are known.
        world.begin(at: left)
        try await setStoreTime(clock.now)
        var options = program.dress.engineOptions()
        options.clock = ProgramClock(time: clock, pollInterval: trial.store.pollInterval)
        options.codec = ProgramCodec(for: world, outerSize: choices.inputSize)
        // Asks without being told of its own requests.
        let quiet = Engine(backend: backend, options: options)
        var loud = backend
        loud.onAppend = { [requests = program.plan.requests] events in
            for case .taskCheckpointed(let body) in events.map(\.body)
            where requests.contains(where: { $0.step == world.plainName(of: body.step) }) {
                // If the process ends here, the next one asks.
                try? await ask(quiet, world)
            }
        }
        let process = ProgramProcess(
            runner: self, world: world, workflow: workflow, engine: Engine(backend: loud.asShared, options: options),
            quiet: quiet, backend: backend, hanging: hanging)
        return try await withLimit(backend.inner) { try await process.run() }
    }

    /// What the process before left. Its lease is taken from it, as it would end with it.
    private func takeOver(_ backend: any Backend) async throws -> InstanceState? {
        // An id that no store can hold is refused by the engine.
        guard (1...256).contains(id.rawValue.utf8.count) else { return nil }
        let lease = try await backend.acquireLease(on: id, by: "later", takingOver: true)
        await backend.release(lease)
        return try await backend.state(of: id)
    }

    private func refusal(by error: FlowError) -> ProgramOutcome {
        let text = error.description
        var outcome = ProgramOutcome(refusal: text)
        if text.isEmpty || text.utf8.count > 100_000 { outcome.problems.append("an error of \(text.utf8.count) bytes") }
        if !program.dress.isBold && !program.dress.parts.contains(.names) {
            outcome.problems.append("a flow without options out of bounds was refused: \(text.shortened)")
        }
        return outcome
    }

    private func withLimit(_ store: any Backend, _ body: @escaping @Sendable () async throws -> ProgramOutcome?)
        async throws
        -> ProgramOutcome?
    {
        try await withThrowingTaskGroup(of: ProgramOutcome?.self) { group in
            group.addTask(operation: body)
            group.addTask {
                var revision: UInt64?
                while true {
                    try await Task.sleep(for: Self.patience)
                    let state = try await store.state(of: id)
                    if state?.revision == revision { throw stall(in: state) }
                    revision = state?.revision
                }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    private func stall(in state: InstanceState?) -> TestError {
        let steps = state?.steps.open.map { "'\($0.step)' \($0.status)" } ?? []
        let signals = state?.mailbox.entries.map(\.signal) ?? []
        return TestError(
            """
            nothing was stored for \(Self.patience): \(state?.phase as Any) at \(clock.now), \(steps), \
            signals \(signals), pause \(state?.pauseRequest as Any), cancel \(state?.cancelRequest as Any)
            """)
    }

    /// Moves the clock, and the store's before it: what is due is due there, too, when the engine looks.
    func advance(to moment: Timestamp) async throws {
        try await setStoreTime(moment)
        clock.advance(to: moment)
    }

    /// Only a service is handed what is due.
    private func setStoreTime(_ moment: Timestamp) async throws {
        if trial.mode == .service { try await trial.store.setTime(moment) }
    }

    // MARK: Requests

    /// Makes the plan's requests whose steps are stored.
    func ask(_ engine: Engine, _ world: PlanWorld) async throws {
        for (number, request) in program.plan.requests.enumerated() where !requested.value.contains(number) {
            guard let state = try await engine.backend.state(of: id), !state.phase.isEnded else { return }
            let isStored = state.steps.contains {
                $0.isCompleted && $0.kind == .task && world.plainName(of: $0.step) == request.step
            }
            guard isStored else { continue }
            let (actor, reason) = (program.dress.remark("actor"), program.dress.remark("reason"))
            do throws(WorkflowError) {
                switch request.kind {
                case .cancel: try await engine.client.cancel(id, by: actor, reason: reason)
                case .pause: try await engine.client.pause(id, by: actor, reason: reason)
                case .pauseAndUnpause:
                    try await engine.client.pause(id, by: actor, reason: reason)
                    try await engine.client.unpause(id, by: actor, reason: reason)
                }
            } catch {
                // It has come to its end, or is unpaused already, in the meantime.
                guard case .notPossible = error else { throw error }
            }
            requested.change { _ = $0.insert(number) }
        }
    }
}
