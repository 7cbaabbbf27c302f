internal import SayiirEvents
internal import SayiirProjection

/// Why an instance stands where it does: all that it waits for, or what ended it.
struct Reasons {
    var state: InstanceState
    /// Who could run the instance.
    var attendance: Attendance
    /// By which time what is due is told from what is to come.
    var now: Timestamp
    /// What the definition says of the steps; `nil` if the log does not hold it.
    let outline: Outline?
    private(set) var all: [Reason] = []

    /// - Parameters:
    ///   - story: What happened in the current run.
    ///   - attendance: Who could run the instance.
    ///   - now: The time that it is.
    ///   - served: What the services serve.
    init(_ story: Story, _ attendance: Attendance, served: ServedWorkflows = ServedWorkflows(), now: Timestamp) {
        state = story.state
        outline = story.outline
        self.attendance = attendance
        self.now = now
        switch state.phase {
        case .active, .paused:
            if served.isUnserved(state) { add(.unserved(workflow: state.workflow)) }
            addRequests()
            addOpenSteps(of: story)
            addUnclaimedSignals()
        case .unsubmitted:
            add(.unsubmitted)
            addUnclaimedSignals()
        default:
            addEnd()
        }
        if state.hasUnknownEvents { add(.newerEvents) }
    }

    /// Whether an engine has something to do.
    var isLive: Bool { !state.phase.isEnded && state.phase != .unsubmitted }

    private mutating func add(_ cause: Reason.Cause, step: Step? = nil, since: Timestamp? = nil) {
        all.append(Reason(step: step, since: since, cause: cause))
    }

    // MARK: Live instances

    private mutating func addRequests() {
        if let request = state.cancelRequest { add(.cancelRequested(request), since: request.time) }
        guard let request = state.pauseRequest else { return }
        add(state.phase == .paused ? .paused(request) : .pauseRequested(request), since: request.time)
    }

    /// What can move comes first, then what holds it.
    private mutating func addOpenSteps(of story: Story) {
        let executors = story.latestExecutors
        var holders: [Reason] = []
        let before = all.count
        for stuck in state.stuckSteps { add(.stuck(stuck.value), step: stuck.step, since: stuck.since) }
        for known in state.steps.open where !state.isStuck(known.step) {
            let reason = reason(for: known, executor: executors[known.step] ?? "")
            if known.status == .entered { holders.append(reason) } else { all.append(reason) }
        }
        if all.count == before {
            let last = state.steps.max { ($0.finishedAt ?? $0.startedAt) < ($1.finishedAt ?? $1.startedAt) }
            if state.steps.isEmpty {
                add(.notBegun(tags: state.tags), since: state.submittedAt)
            } else {
                add(.betweenSteps(last: last?.step), since: state.updatedAt)
            }
        }
        all += holders
    }

    private func reason(for known: StepState, executor: String) -> Reason {
        var reason = Reason(step: known.step, since: known.startedAt, cause: holding(known))
        switch known.status {
        case .delaying(let until): reason.cause = .delay(until: until)
        case .awaitingSignal(let name, let deadline):
            let arrived = state.mailbox.first(named: name)?.receivedAt
            reason.cause = .signal(name: name, deadline: deadline, arrivedAt: arrived)
        case .running:
            reason.since = known.attemptStartedAt
            reason.cause = .running(attempt: known.attempt, executor: executor)
        case .waitingToRetry(let time):
            reason.since = known.finishedAt
            reason.cause = .retry(
                at: time, attempt: known.attempt.addingReportingOverflow(1).partialValue, failures: known.failureCount,
                failure: known.failure)
        case .ready:
            reason.since = state.updatedAt
            reason.cause = .ready(attempt: known.attempt.addingReportingOverflow(1).partialValue)
        case .inDoubt:
            reason.since = known.attemptStartedAt
            reason.cause = .inDoubt(attempt: known.attempt, executor: executor)
        case .failed:
            reason.since = known.finishedAt
            reason.cause = .stepFailed(known.failure ?? Failure(type: "", message: "unknown error"))
        case .entered, .completed: break
        }
        return reason
    }

    /// What a node that holds others waits for.
    private func holding(_ known: StepState) -> Reason.Cause {
        switch known.kind {
        case .fork(let branches, let finished):
            .fork(open: branches.filter { !finished.contains(ExactText($0)) }, of: branches.count)
        case .map(let count, let finished): .map(open: Reason.Elements(of: count, without: finished), of: count)
        case .route(let key, let isDefault): .route(key: key, isDefault: isDefault)
        case .loop(let iterations, _, _): .loop(iterations: iterations)
        case .child(let workflow):
            .child(workflow: workflow, open: openSteps(within: known.step))
        case .task, .delay, .signal: .running(attempt: known.attempt, executor: "")
        }
    }

    /// The steps of a child that are under way: their ids begin with the child's.
    private func openSteps(within child: Step) -> [Step] {
        let prefix = (child.node.rawValue + "/").utf8
        return state.steps.open.map(\.step).filter {
            $0.node.rawValue.utf8.starts(with: prefix) && $0.indices.starts(with: child.indices)
        }
    }

    private mutating func addUnclaimedSignals() {
        var awaited: Set<ExactText> = []
        for known in state.steps.open {
            if case .awaitingSignal(let name, _) = known.status { awaited.insert(ExactText(name)) }
        }
        for entry in state.mailbox.entries where awaited.contains(ExactText(entry.signal)) {
            guard let rejection = entry.rejection else { continue }
            add(.signalRejected(name: entry.signal, rejection), since: entry.receivedAt)
        }
        let entries = state.mailbox.entries.filter { !awaited.contains(ExactText($0.signal)) }
        guard let first = entries.first else { return }
        add(.unclaimedSignals(entries.map(\.signal)), since: first.receivedAt)
    }

    // MARK: Ended instances

    private mutating func addEnd() {
        let end = state.endedAt
        switch state.phase {
        case .completed: add(.completed(result: state.resultStep), step: state.resultStep, since: end)
        case .failed:
            let attempts = state.failedStep.flatMap { state.steps[$0]?.attempt } ?? 0
            add(
                .failed(state.failure ?? Failure(type: "", message: "unknown error"), attempts: attempts),
                step: state.failedStep, since: end)
        case .cancelled:
            let request = state.cancelRequest ?? ControlRequest(time: end ?? now)
            add(.cancelled(request, interrupted: state.interruptedStep), step: state.interruptedStep, since: end)
        case .superseded: add(.superseded, since: end)
        case .deleted: add(.deleted, since: end)
        case .active, .paused, .unsubmitted: break
        }
    }
}

extension Story {
    /// Who began the latest attempt at each step.
    fileprivate var latestExecutors: [Step: String] {
        var executors: [Step: String] = [:]
        for case .step(let step) in chapters where !step.attempts.isEmpty {
            executors[step.step] = step.attempts.last?.executor
        }
        return executors
    }
}
