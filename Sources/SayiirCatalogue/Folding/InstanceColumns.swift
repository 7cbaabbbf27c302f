internal import SayiirEvents
internal import SayiirProjection

/// What an instance's row has beside what its state has in so many words: what it waits for, since when, and what stopped it.
struct InstanceColumns {
    /// The tags, as JSON; `nil` if it has none.
    var tags: String?
    /// What it was copied from, if it is a fork.
    var origin: Event.Derived?
    /// The step that the status is about.
    var step: Step?
    /// The signal that it waits for.
    var signal: String?
    /// Since when it is as it is.
    var since: Timestamp?
    /// When it should go on by itself; `nil` if something is under way or nothing is planned.
    var due: Timestamp?
    /// What ended it.
    var failure: Failure?
    /// Who stopped it, and why.
    var request: ControlRequest?

    init(_ state: InstanceState) {
        tags = state.tags.isEmpty ? nil : Self.json(state.tags)
        if case .derived(let body)? = state.lineage { origin = body }
        since = state.updatedAt
        switch state.status {
        case .waiting(let step, let until): (self.step, since, due) = (step, state.steps[step]?.startedAt, until)
        case .awaitingSignal(let step, let signal, let deadline):
            (self.step, self.signal, since, due) = (step, signal, state.steps[step]?.startedAt, deadline)
        case .inDoubt(let step): self.step = step
        case .stuck(let step, _): (self.step, since) = (step, state.stuckSteps.first?.since)
        case .inProgress: due = Self.nextRetry(state)
        case .paused(let request): (self.request, since) = (request, request.time)
        case .cancelled(let request): self.request = request
        case .failed(let failure): (self.failure, step) = (failure, state.failedStep)
        case .unsubmitted, .completed, .superseded, .deleted: break
        }
    }

    /// The earliest moment of a next attempt, if nothing else is under way.
    private static func nextRetry(_ state: InstanceState) -> Timestamp? {
        var earliest: Timestamp?
        for step in state.steps.open {
            switch step.status {
            case .waitingToRetry(let time): earliest = min(time, earliest ?? time)
            case .ready, .running: return nil
            default: break
            }
        }
        return earliest
    }

    private static func json(_ tags: [String]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for tag in tags { writer.string(tag) }
        writer.endArray()
        return writer.text
    }
}
