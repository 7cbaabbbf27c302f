internal import SayiirEvents
internal import SayiirProjection

/// Decides what happens next to an instance: definition, state, command and time in, events out.
///
/// A value without clock, randomness, input or output. Every backend and every executor goes by it, and what it decided is
/// in the events alone: the same command on the same state at the same time gives the same events.
struct Decider: Sendable {
    let graph: Graph
    /// Who executes: named in the events.
    let executor: String
    /// Whether the executor is about to stop: what runs is ended, and nothing begins.
    var isDraining = false
    /// The state with all that was decided.
    private(set) var state: InstanceState
    /// What was decided and is not stored yet.
    private(set) var events: [Event] = []

    private var now = Timestamp(nanosecondsSinceEpoch: 0)
    /// Whether an executor is just taking the instance up: what is recorded as running was interrupted.
    private var isTakingUp = false
    /// The first step that would have begun, had nobody asked to stop.
    private var heldBack: Step?

    init(_ state: InstanceState, graph: Graph, executor: String) {
        self.state = state
        self.graph = graph
        self.executor = executor
    }

    /// Adds what follows from the command to ``events``: nothing if it speaks of an attempt that is no longer the current
    /// one, or if the instance has ended or is paused.
    mutating func decide(_ command: Command, at now: Timestamp) {
        guard state.phase == .active else { return }
        self.now = now
        heldBack = nil
        isTakingUp = false
        switch command {
        case .takeUp:
            isTakingUp = true
            doubtInterruptedAttempts()
            goOn(from: graph.first)
        case .look:
            for step in state.steps.open.map(\.step) { goOn(with: step) }
        case .attemptEnded(let step, let attempt, let result):
            guard let current = state.steps[step], current.status == .running, current.attempt == attempt else {
                return
            }
            end(step, attempt, result)
        }
        stopIfAsked()
    }

    /// Begins a run.
    mutating func submit(_ submission: Event.Submitted, at now: Timestamp) {
        self.now = now
        record(.submitted(submission))
    }

    /// Gives up the run, whatever it does, for another one to be submitted.
    mutating func supersede(at now: Timestamp) {
        self.now = now
        record(.superseded(.init()))
    }

    /// Forgets ``events``: they are stored.
    mutating func markStored() { events.removeAll(keepingCapacity: true) }

    private mutating func record(_ body: Event.Body, actor: String? = nil, reason: String? = nil) {
        let event = Event(
            instance: state.id, revision: state.revision + 1, time: now, actor: actor, reason: reason, body: body)
        state.apply(event)
        events.append(event)
    }

    // MARK: The way through the graph

    /// Finds where a sequence stands, starting at a node, and goes on there.
    private mutating func goOn(from first: Graph.Node) {
        var node = first
        while let known = state.steps[Step(node.id)] {
            guard known.isCompleted else { return goOn(with: known.step) }
            guard let next = graph.successor(of: node.id) else { return complete() }
            node = next
        }
        begin(node)
    }

    /// Moves an open step, if it can move without help from outside.
    private mutating func goOn(with step: Step) {
        switch state.steps[step]?.status {
        case .running where isTakingUp: start(step)
        case .ready: start(step)
        case .waitingToRetry(let due) where due <= now: start(step)
        case .failed: retryOrFail(step, isRetryable: true)
        default: break
        }
    }

    /// Goes on behind a step that has completed.
    private mutating func follow(_ step: Step) {
        if let next = graph.successor(of: step.node) { begin(next) } else { complete() }
    }

    private mutating func begin(_ node: Graph.Node) {
        switch node.kind {
        case .task: start(Step(node.id))
        }
    }

    private mutating func complete() {
        guard !isDraining, !isAskedToStop else { return }
        record(.completed(.init(result: Step(graph.last.id))))
    }

    // MARK: Attempts

    private mutating func start(_ step: Step) {
        guard !isDraining else { return }
        guard !isAskedToStop else {
            heldBack = heldBack ?? step
            return
        }
        let attempt = (state.steps[step]?.attempt ?? 0) + 1
        record(.taskStarted(.init(step: step, attempt: attempt, executor: executor)))
    }

    private mutating func end(_ step: Step, _ attempt: UInt32, _ result: AttemptResult) {
        switch result {
        case .succeeded(let output):
            record(.taskCheckpointed(.init(step: step, attempt: attempt, output: output)))
            follow(step)
        case .failed(let failure, let isRetryable):
            record(.taskFailed(.init(step: step, attempt: attempt, failure: failure)))
            retryOrFail(step, isRetryable: isRetryable)
        case .timedOut(let limit):
            record(.taskTimedOut(.init(step: step, attempt: attempt, limit: limit)))
            retryOrFail(step, isRetryable: true)
        }
    }

    /// After a failed attempt: plans another one, or ends the run.
    private mutating func retryOrFail(_ step: Step, isRetryable: Bool) {
        guard let known = state.steps[step] else { return }
        let failures = Int(known.failureCount)
        guard isRetryable, let policy = graph.task(step.node)?.options.retries, failures <= policy.maxRetries else {
            let failure = known.failure ?? Failure(type: "", message: "unknown error")
            return record(.failed(.init(step: step, failure: failure)))
        }
        let wakeAt = now + policy.delay(beforeRetry: failures)
        record(.retryScheduled(.init(step: step, nextAttempt: known.attempt + 1, wakeAt: wakeAt)))
    }

    /// Nobody knows whether an interrupted attempt did its work. If it must not be made twice, a person decides.
    private mutating func doubtInterruptedAttempts() {
        for known in state.steps.open.filter({ $0.status == .running })
        where graph.task(known.step.node)?.options.execution == .atMostOnce {
            record(.taskInDoubt(.init(step: known.step, attempt: known.attempt)))
        }
    }

    // MARK: Requests to stop

    /// Whether somebody asked to cancel or pause. From then on nothing begins, and what runs comes to its end.
    private var isAskedToStop: Bool { state.cancelRequest != nil || state.pauseRequest != nil }

    /// Cancels or pauses once nothing runs any more.
    private mutating func stopIfAsked() {
        guard state.phase == .active, isAskedToStop else { return }
        var waiting: Step?
        for known in state.steps.open {
            if known.status == .running && !isTakingUp { return }
            waiting = waiting ?? known.step
        }
        if let request = state.cancelRequest {
            let interrupted = heldBack ?? waiting
            record(.cancelled(.init(interrupted: interrupted)), actor: request.actor, reason: request.reason)
        } else if let request = state.pauseRequest {
            record(.paused(.init()), actor: request.actor, reason: request.reason)
        }
    }
}
