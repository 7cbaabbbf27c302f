internal import SayiirEvents
internal import SayiirProjection

extension Event {
    /// What is particular to the event, in words on one line; its type, instance and time are not repeated.
    func words(_ style: Style) -> String {
        let (request, rest) = (safe(requestWords), body.words(style))
        let parts = body.endsWithValue ? [request, rest] : [rest, request]
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// Who caused it, and why, as far as that is known. Not yet safe to be shown on a terminal.
    var requestWords: String {
        switch (actor, reason) {
        case (let actor?, let reason?): "by \(actor): \(reason)"
        case (let actor?, nil): "by \(actor)"
        case (nil, let reason?): "because \(reason)"
        case (nil, nil): ""
        }
    }
}

extension Event.Body {
    /// Whether its words end with a value of any length, behind which nobody would see who caused it. Elsewhere who and why come last: in
    /// the middle a reason could not be told from what was done.
    fileprivate var endsWithValue: Bool {
        switch self {
        case .submitted, .signalReceived, .derived, .annotated: true
        default: false
        }
    }

    fileprivate func words(_ style: Style) -> String {
        switch self {
        case .submitted, .completed, .failed, .superseded, .reopened, .deleted, .leaseAcquired, .leaseLost,
            .definitionChanged, .derived, .imported, .annotated:
            lifecycleWords(style)
        case .taskStarted, .taskCheckpointed, .taskFailed, .taskTimedOut, .retryScheduled, .taskInDoubt, .doubtResolved,
            .taskInterrupted, .stepStuck:
            taskWords(style)
        case .forked, .branchFinished, .joined, .mapStarted, .mapElementFinished, .mapFinished, .routed, .loopIterated,
            .loopFinished, .childStarted, .childFinished:
            branchingWords
        case .delayStarted, .delayElapsed, .signalAwaited, .signalReceived, .signalConsumed, .signalTimedOut,
            .signalRejected:
            waitingWords(style)
        case .cancelled(let body): body.interrupted.map { "at \(name($0))" } ?? ""
        case .pauseRequested, .paused, .unpaused, .cancelRequested: ""
        case .unknown(let event): counted(event.bytes.count, "byte") + " of a newer version"
        }
    }

    private func lifecycleWords(_ style: Style) -> String {
        switch self {
        case .submitted(let body): "\(safe(body.workflow))  \(text(of: body.input, style))"
        case .completed(let body): body.result.map { "with the output of \(name($0))" } ?? "with its input"
        case .failed(let body): (body.step.map { name($0) + "  " } ?? "") + safe(body.failure.description)
        case .reopened(let body): "at \(name(body.step))"
        case .leaseAcquired(let body): "\(safe(body.executor))  epoch \(body.epoch)"
        case .leaseLost(let body): "\(safe(body.executor))  epoch \(body.epoch)"
        case .definitionChanged(let body): "\(body.from.short) to \(body.to.short)"
        case .derived(let body):
            "from \(safe(body.source.rawValue)) at revision \(body.sourceRevision)"
                + (body.change.map { ", with \(text(of: $0, style))" } ?? "")
        case .imported(let body): "from \(safe(body.source))"
        case .annotated(let body): safe(body.text)
        default: ""
        }
    }

    private func taskWords(_ style: Style) -> String {
        switch self {
        case .taskStarted(let body): "\(name(body.step, body.attempt))  on \(safe(body.executor))"
        case .taskCheckpointed(let body): "\(name(body.step, body.attempt))  \(text(of: body.output, style))"
        case .taskFailed(let body): "\(name(body.step, body.attempt))  \(safe(body.failure.description))"
        case .taskTimedOut(let body):
            "\(name(body.step, body.attempt))  \(body.isStalled ? "without a heartbeat for" : "after") "
                + body.limit.shortDescription
        case .retryScheduled(let body): "\(name(body.step, body.nextAttempt))  at \(body.wakeAt.dateAndMilliseconds)"
        case .taskInDoubt(let body): name(body.step, body.attempt)
        case .taskInterrupted(let body): name(body.step, body.attempt)
        case .stepStuck(let body): "\(name(body.step, max(body.attempt, 1)))  \(safe(body.value.description))"
        case .doubtResolved(let body): "\(name(body.step, body.attempt))  \(body.resolution.words(style))"
        default: ""
        }
    }

    private var branchingWords: String {
        switch self {
        case .forked(let body): "\(name(body.step))  \(body.branches.map(safe).joined(separator: ", "))"
        case .branchFinished(let body): "\(name(body.step))  \(safe(body.branch))"
        case .joined(let body): name(body.step)
        case .mapStarted(let body): "\(name(body.step))  \(counted(Int(body.count), "element"))"
        case .mapElementFinished(let body): "\(name(body.step))  element \(body.index)"
        case .mapFinished(let body): name(body.step)
        case .routed(let body): "\(name(body.step))  to \(safe(body.key))" + (body.isDefault ? " (default)" : "")
        case .loopIterated(let body): "\(name(body.step))  iteration \(body.iteration): \(body.decision.words)"
        case .loopFinished(let body):
            "\(name(body.step))  after \(counted(Int(body.iterations), "iteration"))"
                + (body.reachedLimit ? ", the most allowed" : "")
        case .childStarted(let body): "\(name(body.step))  \(safe(body.workflow))"
        case .childFinished(let body): name(body.step)
        default: ""
        }
    }

    private func waitingWords(_ style: Style) -> String {
        switch self {
        case .delayStarted(let body): "\(name(body.step))  until \(body.wakeAt.dateAndMilliseconds)"
        case .delayElapsed(let body): name(body.step)
        case .signalAwaited(let body):
            "\(name(body.step))  '\(safe(body.signal))'"
                + (body.deadline.map { " until \($0.dateAndMilliseconds)" } ?? "")
        case .signalReceived(let body): "'\(safe(body.signal))'  \(text(of: body.payload, style))"
        case .signalConsumed(let body):
            "\(name(body.step))  '\(safe(body.signal))' of revision \(body.receivedRevision)"
        case .signalRejected(let body):
            "\(name(body.step))  '\(safe(body.signal))' of revision \(body.receivedRevision)  "
                + safe(body.value.description)
        case .signalTimedOut(let body):
            "\(name(body.step))  '\(safe(body.signal))'"
                + (body.fallback.map { ", instead \(text(of: $0, style))" } ?? "")
        default: ""
        }
    }
}

/// A step's name, with the number of its attempt from the second on.
private func name(_ step: Step, _ attempt: UInt32 = 1) -> String {
    attempt == 1 ? safe(step.description) : "\(safe(step.description)) attempt \(attempt)"
}

extension Event.DoubtResolved.Resolution {
    /// The decision in words.
    func words(_ style: Style) -> String {
        switch self {
        case .rerun: "to run again"
        case .completed(let output): "completed with \(text(of: output, style))"
        case .failed(let failure): "failed with \(safe(failure.description))"
        case .unknown: "in a way that this version does not know"
        }
    }
}

extension Event.LoopDecision {
    fileprivate var words: String {
        switch self {
        case .again: "again"
        case .done: "done"
        case .unknown(let number): "decision \(number)"
        }
    }
}

extension DefinitionHash {
    /// The first twelve digits: enough to tell definitions apart.
    var short: String { String(description.prefix(12)) }
}
