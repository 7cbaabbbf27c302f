import SayiirEvents

extension InstanceState {
    /// Begins a node that holds others.
    mutating func enter(_ step: Step, _ kind: StepState.Kind, at time: Timestamp) {
        if let known = steps[step] { return note(.unexpectedStatus(step, known.status)) }
        steps.insert(StepState(step: step, kind: kind, status: .entered, startedAt: time))
    }

    /// Ends a node that holds others. A route has no event for this: it ends with its branch.
    mutating func leave(_ step: Step, at time: Timestamp) {
        change(step, from: { $0 == .entered }, at: time) { $0.complete(with: nil, at: time) }
    }

    mutating func finishBranch(_ body: Event.BranchFinished, at time: Timestamp) {
        change(
            body.step, kind: .fork(branches: [], finished: []), from: { $0 == .entered }, at: time
        ) { state in
            switch state.kind {
            case .fork(let branches, var finished):
                // The set is taken out of the enumeration first, so that it is changed in place.
                state.kind = .task
                finished.insert(ExactText(body.branch))
                state.kind = .fork(branches: branches, finished: finished)
            case .route: state.complete(with: nil, at: time)
            default: break
            }
        }
    }

    mutating func finishElement(_ body: Event.MapElementFinished, at time: Timestamp) {
        change(
            body.step, kind: .map(count: 0, finished: []), from: { $0 == .entered }, at: time
        ) { state in
            guard case .map(let count, var finished) = state.kind else { return }
            state.kind = .task
            finished.insert(body.index)
            state.kind = .map(count: count, finished: finished)
        }
    }

    /// A loop begins with the event of its first iteration.
    mutating func iterate(_ body: Event.LoopIterated, at time: Timestamp) {
        if case .unknown = body.decision { hasUnknownEvents = true }
        if steps[body.step] == nil {
            enter(
                body.step, .loop(iterations: 0, lastDecision: nil, reachedLimit: false), at: time)
        }
        change(body.step, from: { $0 == .entered }, at: time) { state in
            state.kind = .loop(
                iterations: body.iteration.addingReportingOverflow(1).partialValue,
                lastDecision: body.decision, reachedLimit: false)
        }
    }

    mutating func finishLoop(_ body: Event.LoopFinished, at time: Timestamp) {
        change(body.step, from: { $0 == .entered }, at: time) { state in
            var lastDecision: Event.LoopDecision?
            if case .loop(_, let decision, _) = state.kind { lastDecision = decision }
            state.kind = .loop(
                iterations: body.iterations, lastDecision: lastDecision, reachedLimit: body.reachedLimit)
            state.complete(with: nil, at: time)
        }
    }
}
