internal import SayiirEvents
internal import SayiirProjection

/// Decides what happens next to an instance: definition, state, command and time in, events out.
///
/// A value without clock, randomness, input or output. Every backend and every executor goes by it, and what it decided is
/// in the events alone: the same command on the same state at the same time gives the same events.
///
/// It goes through the graph by an agenda of places: where a node begins, where one has ended, where a sequence has. Each turn
/// records events and puts the places that follow on the agenda.
///
/// Never copied: it is large, and a call of one of its methods must not copy it by mistake.
struct Decider: ~Copyable, Sendable {
    /// Who executes: named in the events.
    let executor: String
    /// Whether the executor is about to stop: what runs is ended, and nothing begins.
    var isDraining = false
    /// After how many interrupted attempts in a row a step is in doubt; `nil` for never.
    var crashLimit: Int?
    /// What the executor offers; tasks that need other tags do not begin here. `nil` for everything.
    var offeredTags: Set<ExactText>?
    /// The values that go from node to node.
    var values: ValueTable
    /// The state with all that was decided.
    private(set) var state: InstanceState
    /// What was decided and is not stored yet.
    private(set) var events: [Event] = []
    /// The traces that the signals belong to which ``events`` consume.
    private var consumedTraces: [TraceContext] = []

    private(set) var now = Timestamp(nanosecondsSinceEpoch: 0)
    var agenda: [Place] = []
    /// Whether an executor is just taking the instance up: what is recorded as running was interrupted.
    private(set) var isTakingUp = false
    /// Steps whose attempts the executor itself has begun, though it is only taking the instance up.
    var ownAttempts: Set<Step> = []
    /// The first task that did not begin because an executor must offer more for it than this one does.
    var unoffered: TaskOptions?
    /// The revision of the last rejected signal that such a step of this program has seen.
    var seenRejections: [SignalWait: UInt64] = [:]
    /// The first step that would have begun, had nobody asked to stop.
    private var heldBack: Step?
    /// A Boolean value that indicates whether a step was held back by a request to stop. It has no record yet, so that no wait of the
    /// instance leads to it: once the request is withdrawn, the whole graph has to be gone through.
    private(set) var hasHeldBack = false

    /// Somewhere in the graph where the way goes on.
    enum Place {
        /// A sequence, of which some nodes may have ended and one may be under way.
        case sequence(Int, [UInt32])
        /// A step that has not begun, or is under way.
        case step(Step)
        /// A step that has just ended.
        case end(Step)
        /// The end of a sequence.
        case sequenceEnd(Int, [UInt32])
    }

    init(_ state: InstanceState, graph: Graph, codecs: Codecs, executor: String) {
        self.state = state
        self.executor = executor
        values = ValueTable(graph: graph, codecs: codecs)
        self.state.reserveCapacity(forSteps: min(graph.nodes.count, Self.roomForSteps))
    }

    /// For so many steps of a workflow there is room at once: more than most have.
    private static let roomForSteps = 64

    var graph: Graph { values.graph }

    /// What a step takes.
    func input(of step: Step) throws(ValueError) -> NodeValue { try values.input(of: step, in: state) }

    /// Adds what follows from the command to ``events``: nothing if it speaks of an attempt that is no longer the current
    /// one, or if the instance has ended or is paused.
    mutating func decide(_ command: Command, at now: Timestamp) {
        guard state.phase == .active else { return }
        self.now = now
        heldBack = nil
        unoffered = nil
        isTakingUp = false
        switch command {
        case .takeUp:
            isTakingUp = true
            doubtInterruptedAttempts()
            agenda = [.sequence(Graph.root, [])]
        case .proceed:
            agenda = [.sequence(Graph.root, [])]
        case .look:
            // Of a run that is asked to stop every step is looked at: which one would have moved is said with its end.
            let steps =
                isAskedToStop
                ? state.steps.open.filter { $0.status != .entered }.map(\.step)
                : state.steps.movable(at: now, with: state.mailbox)
            // In reverse, since the last one of the agenda comes first.
            agenda = steps.reversed().map { .step($0) }
        case .attemptEnded(let step, let attempt, let result):
            guard let place = state.steps.index(of: step), case .running = state.steps[place].status,
                state.steps[place].attempt == attempt
            else { return }
            end(step, attempt, result)
        }
        if hasHeldBack, !isAskedToStop { goOnWithHeldBack(after: command) }
        endIfLate()
        while state.phase == .active, let place = agenda.popLast() { goOn(at: place) }
        agenda.removeAll(keepingCapacity: true)
        stopIfAsked()
    }

    /// Adds the whole graph to the agenda, unless the command has: a request to stop that held steps back was withdrawn.
    private mutating func goOnWithHeldBack(after command: Command) {
        hasHeldBack = false
        switch command {
        case .takeUp, .proceed: break
        // The last one of the agenda, so that what the command is about comes first.
        case .look, .attemptEnded: agenda.insert(.sequence(Graph.root, []), at: 0)
        }
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

    /// Goes on from a state that others have changed; what was decided on the one before is dropped.
    mutating func rebase(on state: InstanceState) {
        self.state = state
        events.removeAll(keepingCapacity: true)
        consumedTraces = []
    }

    /// Gives up ``events``, to be stored.
    mutating func takeEvents() -> [Event] {
        var taken: [Event] = []
        swap(&taken, &events)
        return taken
    }

    /// Gives up the traces that the signals belong to which the events consume that were taken last.
    mutating func takeConsumedTraces() -> [TraceContext] {
        if consumedTraces.isEmpty { return [] }
        defer { consumedTraces = [] }
        return consumedTraces
    }

    /// Records that a step consumes a signal.
    mutating func consume(_ received: SignalMailbox.Entry, at step: Step) {
        record(
            .signalConsumed(.init(step: step, signal: received.signal, receivedRevision: received.revision)))
        if let trace = received.traceContext { consumedTraces.append(trace) }
    }

    mutating func record(_ body: Event.Body, actor: String? = nil, reason: String? = nil) {
        let event = Event(
            instance: state.id, revision: state.revision + 1, time: now, actor: actor, reason: reason, body: body)
        state.apply(event)
        // The end of a task, and the beginning of the next.
        if events.isEmpty { events.reserveCapacity(2) }
        events.append(event)
    }

    // MARK: The way through the graph

    private mutating func goOn(at place: Place) {
        switch place {
        case .sequence(let sequence, let indices): goOn(in: sequence, indices)
        case .step(let step):
            guard let node = graph.place(of: step.node) else { return }
            goOn(with: step, at: node)
        case .end(let step):
            guard let node = graph.place(of: step.node) else { return }
            if let next = graph.nodes[node].successor {
                goOn(with: Step(graph.nodes[next].id, indices: step.indices), at: next)
            } else {
                agenda.append(.sequenceEnd(graph.nodes[node].sequence, step.indices))
            }
        case .sequenceEnd(let sequence, let indices): end(sequence, indices)
        }
    }

    /// Finds where a sequence stands, and goes on there.
    private mutating func goOn(in sequence: Int, _ indices: [UInt32]) {
        let places = graph.places(in: sequence)
        let completed = completedCount(of: places, indices)
        guard completed < places.count else { return agenda.append(.sequenceEnd(sequence, indices)) }
        goOn(with: Step(graph.nodes[places[completed]].id, indices: indices), at: places[completed])
    }

    /// How many nodes of a sequence have completed: its first ones, since none begins before the one before has.
    private func completedCount(of places: [Int], _ indices: [UInt32]) -> Int {
        func isCompleted(_ number: Int) -> Bool {
            let step = Step(graph.nodes[places[number]].id, indices: indices)
            return state.steps.index(of: step).map { state.steps[$0].isCompleted } ?? false
        }
        // Most sequences have just begun. All before `low` have completed, and the one at `high` has not.
        var (low, high) = (0, 0)
        while high < places.count, isCompleted(high) { (low, high) = (high + 1, 2 * high + 1) }
        high = min(high, places.count)
        while low < high {
            let middle = (low + high) / 2
            if isCompleted(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Begins a step, or moves it if it can move without help from outside. One that has completed stays as it is.
    private mutating func goOn(with step: Step, at node: Int) {
        let known = state.steps.index(of: step)
        if let known, state.steps[known].isCompleted { return }
        switch graph.nodes[node].kind {
        case .task(let task): goOnWithTask(step, task, known)
        case .delay(let duration): goOnWithDelay(step, duration)
        case .signal(let signal): goOnWithSignal(step, signal)
        case .fork(let branches): goOnWithFork(step, branches)
        case .route(let route): goOnWithRoute(step, route)
        case .loop(let loop): goOnWithLoop(step, loop)
        case .map(let map): goOnWithMap(step, map)
        case .child(let body, let workflow):
            guard begins(step, .childStarted(.init(step: step, workflow: workflow))) else { return }
            agenda.append(.sequence(body, step.indices))
        }
    }

    /// Begins a node that holds others, unless it has begun or must not begin; false if it must not.
    mutating func begins(_ step: Step, _ event: @autoclosure () -> Event.Body) -> Bool {
        if state.steps.index(of: step) != nil { return true }
        guard mayBegin(step) else { return false }
        record(event())
        return true
    }

    /// Whether something may begin now.
    mutating func mayBegin(_ step: Step) -> Bool {
        if isDraining { return false }
        guard isAskedToStop else { return true }
        heldBack = heldBack ?? step
        hasHeldBack = true
        return false
    }

    /// The end of a sequence is the end of the workflow, or concerns the node that it belongs to.
    private mutating func end(_ sequence: Int, _ indices: [UInt32]) {
        guard let owner = graph.sequences[sequence].owner.map({ graph.nodes[$0] }) else { return complete() }
        let step = Step(owner.id, indices: indices)
        switch owner.kind {
        case .fork(let branches): endBranch(sequence, of: step, branches)
        case .route(let route) where sequence == route.key: choose(step, route)
        case .route:
            record(.branchFinished(.init(step: step, branch: graph.sequences[sequence].name)))
            agenda.append(.end(step))
        case .loop(let loop): endIteration(owner, loop, indices)
        case .map(let map): endElement(owner, map, indices)
        case .child:
            record(.childFinished(.init(step: step)))
            agenda.append(.end(step))
        case .task, .delay, .signal: break
        }
    }

    private mutating func complete() {
        guard !isDraining, !isAskedToStop else { return }
        record(.completed(.init(result: resultStep)))
    }

    /// The step whose stored output is the workflow's, through delays and child workflows; `nil` if that is its input.
    private var resultStep: Step? {
        var node = graph.last
        while true {
            switch node.kind {
            case .child(let body, _): node = graph.nodes[graph.sequences[body].last]
            case .delay:
                guard let source = node.predecessor.map({ graph.nodes[$0] }) ?? outerSource(of: node) else {
                    return nil
                }
                node = source
            default: return Step(node.id)
            }
        }
    }

    /// Where the first node of a child workflow has its input from.
    private func outerSource(of node: Graph.Node) -> Graph.Node? {
        var owner = graph.sequences[node.sequence].owner.map { graph.nodes[$0] }
        while let current = owner {
            if let predecessor = current.predecessor { return graph.nodes[predecessor] }
            owner = graph.sequences[current.sequence].owner.map { graph.nodes[$0] }
        }
        return nil
    }

    mutating func fail(_ step: Step, _ failure: Failure) {
        record(.failed(.init(step: step, failure: failure.bounded)))
    }

    /// Whether a step that is recorded as running was interrupted.
    func wasInterrupted(_ step: Step) -> Bool { isTakingUp && (ownAttempts.isEmpty || !ownAttempts.contains(step)) }

    // MARK: Deadline

    /// Ends the run if its deadline has come. What had ended by then is recorded; nothing begins any more.
    ///
    /// It fails; or it is cancelled, if somebody had asked for that and what runs has not come to its end since.
    private mutating func endIfLate() {
        guard let deadline = state.deadline, deadline <= now, state.phase == .active else { return }
        guard let request = state.cancelRequest else {
            return record(.failed(.init(failure: .deadlineExceeded(deadline))))
        }
        let interrupted = state.steps.open.first { $0.status != .entered }?.step
        record(.cancelled(.init(interrupted: interrupted)), actor: request.actor, reason: request.reason)
    }

    // MARK: Requests to stop

    /// Whether somebody asked to cancel or pause. From then on nothing begins, and what runs comes to its end.
    private var isAskedToStop: Bool { state.cancelRequest != nil || state.pauseRequest != nil }

    /// Cancels or pauses once nothing runs any more.
    private mutating func stopIfAsked() {
        guard state.phase == .active, isAskedToStop else { return }
        var waiting: Step?
        for known in state.steps.open {
            if known.status == .running && !wasInterrupted(known.step) { return }
            if known.status != .entered { waiting = waiting ?? known.step }
        }
        if let request = state.cancelRequest {
            let interrupted = heldBack ?? waiting
            record(.cancelled(.init(interrupted: interrupted)), actor: request.actor, reason: request.reason)
        } else if let request = state.pauseRequest {
            record(.paused(.init()), actor: request.actor, reason: request.reason)
        }
    }
}
