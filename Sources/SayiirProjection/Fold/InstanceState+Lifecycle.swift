import SayiirEvents

extension InstanceState {
    /// Begins a new run: what belonged to the one before is forgotten here, and stays in the history.
    mutating func submit(_ body: Event.Submitted, at time: Timestamp) {
        switch phase {
        case .unsubmitted, .superseded, .deleted: break
        case .active, .paused, .completed, .failed, .cancelled: return note(.alreadySubmitted)
        }
        if phase != .unsubmitted { forgetRun() }
        run += 1
        phase = .active
        workflow = body.workflow
        definition = body.definition
        input = body.input
        metadata = body.metadata
        priority = body.priority
        tags = body.tags
        traceContext = body.traceContext
        deadline = body.deadline
        submittedAt = time
        endedAt = nil
    }

    mutating func complete(_ body: Event.Completed, at time: Timestamp) {
        resultStep = body.result
        end(.completed, at: time)
    }

    mutating func fail(_ body: Event.Failed, at time: Timestamp) {
        failure = body.failure
        failedStep = body.step
        end(.failed, at: time)
    }

    /// Signals that were sent to the run are dropped with it; those that arrive from here on wait for the next one.
    mutating func supersede(at time: Timestamp) {
        switch phase {
        case .unsubmitted, .superseded, .deleted: return note(.unexpectedPhase(phase))
        case .active, .paused: end(.superseded, at: time)
        case .completed, .failed, .cancelled: phase = .superseded
        }
        mailbox = SignalMailbox()
    }

    mutating func delete(at time: Timestamp) {
        guard phase != .deleted else { return note(.unexpectedPhase(phase)) }
        forgetRun()
        mailbox = SignalMailbox()
        phase = .deleted
        endedAt = time
    }

    /// Lets an ended run go on from a step.
    ///
    /// If that step had completed, it and all that first appeared after it are forgotten, so that they run again.
    /// Otherwise only its failure is forgotten. Steps that were under way when the run ended are so again.
    mutating func reopen(_ body: Event.Reopened) {
        switch phase {
        case .completed, .failed, .cancelled: break
        case .unsubmitted, .active, .paused, .superseded, .deleted: return note(.unexpectedPhase(phase))
        }
        phase = .active
        resultStep = nil
        failure = nil
        failedStep = nil
        interruptedStep = nil
        cancelRequest = nil
        endedAt = nil
        // Whoever reopens a run that is late wants it to go on all the same.
        deadline = nil
        if steps[body.step]?.isCompleted == true { steps.forget(from: body.step) }
        steps.update(body.step) { state in
            guard state.status == .failed else { return }
            state.status = .ready
            state.failureCount = 0
            state.timeoutCount = 0
            state.crashCount = 0
            state.finishedAt = nil
        }
        steps.updateOpen { $0.isAbandoned = false }
    }

    /// Notes that the past is another instance's. Its deadline was that one's, too, and so was the time of its submission: the copy
    /// exists since this event.
    mutating func derive(_ body: Event.Derived, at time: Timestamp) {
        if submittedAt != nil { submittedAt = time }
        lineage = .derived(body)
        deadline = nil
    }

    mutating func acquireLease(_ body: Event.LeaseAcquired) {
        guard body.epoch > leaseEpoch else {
            return note(.staleEpoch(current: leaseEpoch, found: body.epoch))
        }
        leaseEpoch = body.epoch
        leaseHolder = LeaseHolder(executor: body.executor, epoch: body.epoch)
    }

    mutating func loseLease(_ body: Event.LeaseLost) {
        guard body.epoch == leaseHolder?.epoch else {
            return note(.staleEpoch(current: leaseEpoch, found: body.epoch))
        }
        leaseHolder = nil
    }

    /// Ends the run in `phase`; steps that were under way are marked, and no request is pending any more.
    mutating func end(_ phase: InstancePhase, at time: Timestamp) {
        self.phase = phase
        endedAt = time
        pauseRequest = nil
        stuckSteps = []
        if phase != .cancelled { cancelRequest = nil }
        steps.updateOpen { if $0.status != .failed { $0.isAbandoned = true } }
    }

    /// Back to what an instance without a run has, but for what outlives runs.
    private mutating func forgetRun() {
        var fresh = InstanceState(id)
        fresh.run = run
        fresh.revision = revision
        fresh.updatedAt = updatedAt
        fresh.mailbox = mailbox
        fresh.leaseHolder = leaseHolder
        fresh.leaseEpoch = leaseEpoch
        fresh.hasUnknownEvents = hasUnknownEvents
        fresh.anomalies = anomalies
        self = fresh
    }
}
