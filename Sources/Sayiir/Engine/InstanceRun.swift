internal import SayiirEvents
internal import SayiirProjection

/// Runs one instance, under a lease, until it ends or nothing is left to do but to wait for something outside.
///
/// The way of a step: an attempt ends → the ``Decider`` says what follows → the events are appended, in one commit with the
/// start of the next attempt → only when they are durable does that attempt begin.
struct InstanceRun: Sendable {
    private let lease: Lease
    private let environment: RunEnvironment
    private let workflow: String
    private var decider: Decider
    /// The number of the instance's run when this began: another one is not ours.
    private var run: UInt64
    /// Outputs that need not be read back from storage.
    private var outputs: [Step: StoredValue] = [:]
    /// Attempts that are recorded as begun and whose code has not been called yet.
    private var begun: [Event.TaskStarted] = []

    init(_ state: InstanceState, of workflow: String, graph: Graph, under lease: Lease, in environment: RunEnvironment)
    {
        self.lease = lease
        self.environment = environment
        self.workflow = workflow
        decider = Decider(state, graph: graph, executor: lease.executor)
        run = state.run
    }

    private var id: InstanceID { lease.instance }

    /// Submits the instance, in one commit with its first step, and runs it.
    ///
    /// - Parameter superseding: Whether a run that is there is ended first.
    /// - Returns: The state in which the instance was left.
    mutating func submit(
        _ submission: Event.Submitted, superseding: Bool
    ) async throws(WorkflowError) -> InstanceState {
        let now = environment.clock.now
        if superseding { decider.supersede(at: now) }
        decider.submit(submission, at: now)
        decider.decide(.takeUp, at: now)
        run = decider.state.run
        try await append()
        return try await goOn()
    }

    /// Goes on with an instance that is there.
    ///
    /// - Returns: The state in which the instance was left.
    mutating func resume() async throws(WorkflowError) -> InstanceState {
        try await commit(.takeUp)
        return try await goOn()
    }

    private mutating func goOn() async throws(WorkflowError) -> InstanceState {
        while true {
            if let attempt = begun.popLast() {
                guard let result = await perform(attempt) else { throw .interrupted(id) }
                decider.isDraining = Task.isCancelled
                try await commit(.attemptEnded(attempt.step, attempt: attempt.attempt, result))
            } else if let due = decider.state.nextRetry {
                guard !Task.isCancelled else { throw .interrupted(id) }
                await environment.waitForChange(of: id, after: decider.state.revision, until: due)
                try await refresh()
                try await commit(.look)
            } else if decider.isDraining && decider.state.phase == .active {
                throw .interrupted(id)
            } else {
                return decider.state
            }
        }
    }

    // MARK: Storage

    /// Decides, and stores what was decided. If somebody else changed the instance meanwhile, decides again.
    private mutating func commit(_ command: Command) async throws(WorkflowError) {
        while true {
            decider.decide(command, at: environment.clock.now)
            do throws(WorkflowError) {
                return try await append()
            } catch {
                guard case .backend(.conflict) = error else { throw error }
                try await reload()
            }
        }
    }

    /// Stores what was decided, and notes which attempts that lets begin.
    private mutating func append() async throws(WorkflowError) {
        guard !decider.events.isEmpty else { return }
        let (events, lease, backend) = (decider.events, lease, environment.backend)
        try await WorkflowError.translating { () throws(BackendError) in try await backend.append(events, lease: lease)
        }
        for case .taskStarted(let attempt) in decider.events.lazy.map(\.body) { begun.append(attempt) }
        decider.markStored()
    }

    /// Takes in what others did to the instance while nothing ran here.
    private mutating func refresh() async throws(WorkflowError) {
        let state = try await environment.state(of: id)
        if state?.revision != decider.state.revision { try await reload(state) }
    }

    private mutating func reload(_ state: InstanceState? = nil) async throws(WorkflowError) {
        let current = if let state { state } else { try await environment.state(of: id) }
        guard let current, current.run == run else { throw .takenOver(id) }
        let isDraining = decider.isDraining
        decider = Decider(current, graph: decider.graph, executor: decider.executor)
        decider.isDraining = isDraining
    }

    // MARK: Attempts

    /// Runs the code of an attempt; `nil` if the calling task was cancelled, so that nobody knows what it did.
    private mutating func perform(_ attempt: Event.TaskStarted) async -> AttemptResult? {
        let step = attempt.step
        guard let task = decider.graph.task(step.node) else {
            return .failed(Failure(type: "", message: "Task '\(step.node)' not found"), isRetryable: false)
        }
        guard let input = input(of: step) else {
            let text = "The input of task '\(step.node)' is not in the history"
            return .failed(Failure(type: "", message: text), isRetryable: false)
        }
        let context = TaskContext(
            workflow: workflow, instance: id, step: step, attempt: attempt.attempt, options: task.options,
            metadata: decider.state.metadata, codecs: environment.codecs)
        let execution = TaskExecution(task: task, context: context, environment: environment)
        switch await execution.run(input) {
        case .returned(let output):
            keep(output, of: step)
            return .succeeded(output: output.payload)
        case .threw(let failure, let isRetryable): return .failed(failure, isRetryable: isRetryable)
        case .timedOut(let limit): return .timedOut(limit: limit)
        case .interrupted: return nil
        }
    }

    /// The output of the node before, or the workflow's input.
    private func input(of step: Step) -> StoredValue? {
        guard let predecessor = decider.graph.predecessor(of: step.node) else {
            return decider.state.input.map { StoredValue($0) }
        }
        let source = Step(predecessor.id)
        return outputs[source] ?? decider.state.steps[source]?.output.map { StoredValue($0) }
    }

    /// Keeps an output for the step that takes it, and drops the one that this step has taken.
    private mutating func keep(_ output: StoredValue, of step: Step) {
        if let predecessor = decider.graph.predecessor(of: step.node) { outputs[Step(predecessor.id)] = nil }
        outputs[step] = output
    }
}

extension InstanceState {
    /// When the first of the failed attempts is due to be repeated; `nil` if the run does not wait for that.
    fileprivate var nextRetry: Timestamp? {
        guard phase == .active else { return nil }
        return steps.open.compactMap { known in
            if case .waitingToRetry(let due) = known.status { due } else { nil }
        }.min()
    }
}
