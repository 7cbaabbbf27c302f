public import SayiirEvents

extension InstanceState {
    /// Takes one more event into account. Total: nothing throws, nothing traps; see ``anomalies``.
    ///
    /// - An event of another instance, or of a revision that was applied before, changes nothing.
    /// - Once the run ended, only a new run, reopening, deletion and what does not touch the run are applied.
    /// - Everything else is applied as far as it can be, so that nothing that was recorded is lost; a step that
    ///   completed stays completed.
    public mutating func apply(_ event: Event) {
        guard event.instance == id else {
            return note(.foreignInstance(event.instance), at: event.revision)
        }
        guard event.revision > revision else {
            return note(.repeatedRevision(current: revision), at: event.revision)
        }
        let expected = revision + 1
        revision = event.revision
        updatedAt = event.time
        if event.revision != expected { note(.missingRevisions(expected: expected)) }
        guard event.body.concernsRun else { return applyBesideRun(event) }
        guard !phase.isEnded else { return note(.afterEnd(phase)) }
        if phase == .unsubmitted { note(.beforeSubmission) }
        applyToRun(event)
    }

    /// Events that are good in any phase, or check the phase themselves.
    private mutating func applyBesideRun(_ event: Event) {
        switch event.body {
        case .submitted(let body): submit(body, at: event.time)
        case .superseded: supersede(at: event.time)
        case .reopened(let body): reopen(body)
        case .deleted: delete(at: event.time)
        case .leaseAcquired(let body): acquireLease(body)
        case .leaseLost(let body): loseLease(body)
        case .definitionChanged(let body): definition = body.to
        case .derived(let body): derive(body, at: event.time)
        case .imported(let body): lineage = .imported(body)
        case .signalReceived(let body): receive(body, at: event.time)
        case .unknown: hasUnknownEvents = true
        default: break
        }
    }

    /// Events that move the current run.
    private mutating func applyToRun(_ event: Event) {
        let time = event.time
        if !stuckSteps.isEmpty, let step = event.body.step { stuckSteps.removeAll { $0.step == step } }
        switch event.body {
        case .completed(let body): complete(body, at: time)
        case .failed(let body): fail(body, at: time)
        case .cancelRequested: requestCancel(event.request)
        case .cancelled(let body): cancel(body, event.request)
        case .pauseRequested: requestPause(event.request)
        case .paused: pause(event.request)
        case .unpaused: unpause()
        case .taskStarted(let body): start(body, at: time)
        case .taskCheckpointed(let body): checkpoint(body, at: time)
        case .taskFailed(let body): fail(body, at: time)
        case .taskTimedOut(let body): timeOut(body, at: time)
        case .retryScheduled(let body): scheduleRetry(body, at: time)
        case .taskInDoubt(let body): doubt(body, at: time)
        case .doubtResolved(let body): resolve(body, at: time)
        case .taskInterrupted(let body): interrupt(body, at: time)
        case .stepStuck(let body): stick(body, at: time)
        case .forked(let body): enter(body.step, .fork(branches: body.branches, finished: []), at: time)
        case .branchFinished(let body): finishBranch(body, at: time)
        case .joined(let body): leave(body.step, at: time)
        case .mapStarted(let body): enter(body.step, .map(count: body.count, finished: []), at: time)
        case .mapElementFinished(let body): finishElement(body, at: time)
        case .mapFinished(let body): leave(body.step, at: time)
        case .routed(let body): enter(body.step, .route(key: body.key, isDefault: body.isDefault), at: time)
        case .loopIterated(let body): iterate(body, at: time)
        case .loopFinished(let body): finishLoop(body, at: time)
        case .childStarted(let body): enter(body.step, .child(workflow: body.workflow), at: time)
        case .childFinished(let body): leave(body.step, at: time)
        case .delayStarted(let body): startDelay(body, at: time)
        case .delayElapsed(let body): endDelay(body, at: time)
        case .signalAwaited(let body): awaitSignal(body, at: time)
        case .signalConsumed(let body): consume(body, at: time)
        case .signalTimedOut(let body): timeOut(body, at: time)
        case .signalRejected(let body): reject(body)
        default: break
        }
    }

    /// Records that the event applied last, or the one of the given revision, makes no sense.
    mutating func note(_ problem: Anomaly.Problem, at revision: UInt64? = nil) {
        anomalies.append(Anomaly(revision: revision ?? self.revision, problem: problem))
    }
}

extension Event.Body {
    /// Whether the event moves a run, so that it makes no sense before submission and after the end.
    fileprivate var concernsRun: Bool {
        switch self {
        case .submitted, .superseded, .reopened, .deleted, .leaseAcquired, .leaseLost, .definitionChanged,
            .derived, .imported, .annotated, .signalReceived, .unknown:
            false
        default: true
        }
    }
}

extension Event {
    /// Who asked for this, why, and when.
    fileprivate var request: ControlRequest { ControlRequest(actor: actor, reason: reason, time: time) }
}
