package import Sayiir
internal import SayiirTesting
internal import TestSupport

/// Runs a plan from whatever a backend holds to its end, and brings what the plan says happens from outside.
///
/// All that it does follows from the history: so a run that was crashed anywhere is continued as the uncrashed one would have been.
package struct PlanRunner {
    /// The instance that it runs.
    package let id: InstanceID
    /// What the plan must come to.
    package let expectation: PlanExpectation
    let plan: FlowPlan
    let workflow: Workflow<Int, Int>
    let world: PlanWorld
    /// How many bytes of events a run stores in one commit, if not as many as usual.
    private let commitBytes: Int?

    /// What a run left behind.
    package struct Record {
        /// How it ended.
        package var status: WorkflowStatus<Int>
        /// The state that the backend gives.
        package var state: InstanceState
        /// All events of the instance.
        package var history: [Event]
        /// What each append of this run made durable.
        package var appends: [[Event]]
        /// How often each step's code was called in this run.
        package var calls: [String: Int]
    }

    /// Prepares to run a plan, in a world of its own.
    package init(_ plan: FlowPlan, id: InstanceID = "plan", commitBytes: Int? = nil) throws {
        self.id = id
        self.commitBytes = commitBytes
        self.plan = plan
        expectation = PlanInterpreter.expectation(of: plan)
        world = PlanWorld()
        workflow = try PlanBuilder.build(plan, in: world)
    }

    /// Runs to the end.
    ///
    /// - Parameters:
    ///   - left: The state that the backend holds.
    ///   - offset: How long nobody ran the instance.
    ///   - onAppend: Called with each append that was acknowledged.
    package func run(
        on storage: any Backend, from left: InstanceState? = nil, after offset: Duration = .zero,
        onAppend: @escaping @Sendable ([Event]) async -> Void = { _ in }
    ) async throws -> Record {
        world.begin(at: left, offset: offset)
        var options = EngineOptions()
        options.clock = world.clock
        options.executor = "tester"
        if let commitBytes { options.commitBytes = commitBytes }
        var backend = RecordingBackend(inner: storage)
        let quiet = Engine(backend: backend, options: options)
        backend.onAppend = { [requests = plan.requests] events in
            await onAppend(events)
            for case .taskCheckpointed(let body) in events.map(\.body)
            where requests.contains(where: { $0.step == "\(body.step)" }) {
                try? await ask(quiet)
            }
        }
        let engine = Engine(backend: backend, options: options)
        let status = try await drive(engine)
        return Record(
            status: status, state: try await engine.client.state(of: id),
            history: try await engine.client.history(of: id).map(\.event), appends: backend.appends.value,
            calls: world.calls)
    }

    private func drive(_ engine: Engine) async throws -> WorkflowStatus<Int> {
        for _ in 0..<1000 {
            try await prepare(engine)
            let isThere = try await engine.backend.state(of: id).map { $0.phase != .unsubmitted } ?? false
            let status =
                isThere
                ? try await engine.resume(workflow, id: id)
                : try await engine.run(workflow, id: id, input: plan.input)
            if status.isEnded { return status }
            if case .inDoubt(let step) = status.status {
                try await engine.client.resolveDoubt(of: step, in: id, as: .rerun)
            }
            let state = try await engine.client.state(of: id)
            if state.phase == .active, missingSignals(state).isEmpty, let next = state.nextEnd {
                world.clock.time.advance(to: max(next, world.clock.now))
            }
        }
        throw TestError("the run comes to no end: \(try await engine.client.state(of: id).status)")
    }

    /// Brings what is due before somebody runs the instance.
    private func prepare(_ engine: Engine) async throws {
        guard let state = try await engine.backend.state(of: id), state.phase != .unsubmitted else {
            let received = Self.received(try await history(engine))
            for (name, signals) in expectation.signals.sorted(by: { $0.key < $1.key })
            where signals.plan.delivery == .early {
                for number in received[name, default: 0]..<max(signals.count, received[name, default: 0]) {
                    try await engine.client.signal(name, to: id, payload: signals.plan.payload(number))
                }
            }
            return
        }
        try await ask(engine)
        let missing = missingSignals(state)
        var received = missing.isEmpty ? [:] : Self.received(try await history(engine))
        for name in missing {
            guard let signals = expectation.signals[name] else { continue }
            try await engine.client.signal(name, to: id, payload: signals.plan.payload(received[name, default: 0]))
            received[name, default: 0] += 1
        }
        if try await engine.client.state(of: id).phase == .paused { try await engine.client.unpause(id) }
    }

    /// Makes the plan's requests whose steps are stored, unless the history has them.
    private func ask(_ engine: Engine) async throws {
        if plan.requests.isEmpty { return }
        let events = try await history(engine)
        var state = try await engine.client.state(of: id)
        let made = events.count { if case .pauseRequested = $0.body { true } else { false } }
        var pauses = 0
        for request in plan.requests where state.hasStoredTask(request.step) && !state.phase.isEnded {
            switch request.kind {
            case .cancel: try await engine.client.cancel(id)
            case .pause, .pauseAndUnpause:
                pauses += 1
                if pauses <= made || state.pauseRequest != nil { continue }
                try await engine.client.pause(id)
                if request.kind == .pauseAndUnpause { try await engine.client.unpause(id) }
            }
            state = try await engine.client.state(of: id)
        }
    }

    /// The names of signals that somebody waits for and that are to be sent then, once for each that is missing.
    private func missingSignals(_ state: InstanceState) -> [String] {
        var pending: [String: Int] = [:]
        for entry in state.mailbox.entries { pending[entry.signal, default: 0] += 1 }
        var missing: [String] = []
        for step in state.steps.open {
            guard case .awaitingSignal(let name, _) = step.status,
                expectation.signals[name]?.plan.delivery == .onDemand
            else { continue }
            pending[name, default: 0] -= 1
            if pending[name, default: 0] < 0 { missing.append(name) }
        }
        return missing
    }

    private func history(_ engine: Engine) async throws -> [Event] {
        try await engine.backend.history(of: id).map(\.event)
    }

    private static func received(_ events: [Event]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for case .signalReceived(let body) in events.map(\.body) { counts[body.signal, default: 0] += 1 }
        return counts
    }
}

extension InstanceState {
    /// Whether a task is stored. Requests go by tasks alone, as in the ``PlanInterpreter``.
    fileprivate func hasStoredTask(_ step: String) -> Bool {
        steps.contains { $0.isCompleted && $0.kind == .task && "\($0.step)" == step }
    }

    /// When the first wait ends by itself.
    fileprivate var nextEnd: Timestamp? {
        steps.open.compactMap { known in
            switch known.status {
            case .delaying(let due): due
            case .awaitingSignal(_, let deadline): deadline
            default: nil
            }
        }.min()
    }
}
