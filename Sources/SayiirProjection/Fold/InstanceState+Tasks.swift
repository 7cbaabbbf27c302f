import SayiirEvents

extension InstanceState {
    mutating func start(_ body: Event.TaskStarted, at time: Timestamp) {
        guard let place = steps.index(of: body.step) else {
            return steps.insert(
                StepState(
                    step: body.step, kind: .task, status: .running, attempt: body.attempt, startedAt: time))
        }
        let status = steps[place].status
        switch status {
        case .ready, .running, .waitingToRetry: break
        case .completed: return note(.unexpectedStatus(body.step, status))
        default: note(.unexpectedStatus(body.step, status))
        }
        let (expected, _) = steps[place].attempt.addingReportingOverflow(1)
        if body.attempt != expected {
            note(.unexpectedAttempt(body.step, expected: expected, found: body.attempt))
        }
        steps.update(at: place) { state in
            state.countCrash()
            state.status = .running
            state.attempt = body.attempt
            state.attemptStartedAt = time
            state.finishedAt = nil
        }
    }

    mutating func checkpoint(_ body: Event.TaskCheckpointed, at time: Timestamp) {
        change(body.step, attempt: body.attempt, from: \.isRunning, at: time) { state in
            state.complete(with: body.output, at: time)
        }
    }

    mutating func fail(_ body: Event.TaskFailed, at time: Timestamp) {
        change(body.step, attempt: body.attempt, from: \.isRunning, at: time) { state in
            state.fail(with: body.failure, at: time)
        }
    }

    mutating func timeOut(_ body: Event.TaskTimedOut, at time: Timestamp) {
        change(body.step, attempt: body.attempt, from: \.isRunning, at: time) { state in
            state.fail(with: Failure(body), at: time)
            state.timeoutCount &+= 1
        }
    }

    mutating func scheduleRetry(_ body: Event.RetryScheduled, at time: Timestamp) {
        change(body.step, from: { $0 == .failed }, at: time) { state in
            state.status = .waitingToRetry(at: body.wakeAt)
        }
    }

    mutating func doubt(_ body: Event.TaskInDoubt, at time: Timestamp) {
        change(body.step, attempt: body.attempt, from: \.isRunning, at: time) { $0.status = .inDoubt }
    }

    mutating func resolve(_ body: Event.DoubtResolved, at time: Timestamp) {
        if body.resolution == .unknown { hasUnknownEvents = true }
        change(body.step, attempt: body.attempt, from: { $0 == .inDoubt }, at: time) { state in
            switch body.resolution {
            case .rerun:
                state.forgetCrashes()
                state.status = .ready
            case .completed(let output): state.complete(with: output, at: time)
            case .failed(let failure): state.fail(with: failure, at: time)
            case .unknown: break
            }
        }
    }

    mutating func interrupt(_ body: Event.TaskInterrupted, at time: Timestamp) {
        change(body.step, attempt: body.attempt, from: \.isRunning, at: time) { $0.status = .ready }
    }

    /// A node that is not a task has not begun, or waits for what is in it.
    mutating func stick(_ body: Event.StepStuck, at time: Timestamp) {
        stuckSteps.append(StuckStep(step: body.step, value: body.value, since: time))
        guard body.attempt > 0 else { return }
        change(body.step, attempt: body.attempt, from: \.isRunning, at: time) { $0.status = .ready }
    }

    /// Changes a step that has begun and not completed; one that has not begun is added first. Notes what differs
    /// from the expected status and attempt.
    mutating func change(
        _ step: Step, kind: StepState.Kind = .task, attempt: UInt32? = nil,
        from isExpected: (StepState.Status) -> Bool, at time: Timestamp, _ change: (inout StepState) -> Void
    ) {
        guard let place = steps.index(of: step) else {
            note(.stepNotBegun(step))
            steps.insert(
                StepState(step: step, kind: kind, status: .running, attempt: attempt ?? 0, startedAt: time))
            return steps.update(step, change)
        }
        let status = steps[place].status
        if !isExpected(status) { note(.unexpectedStatus(step, status)) }
        if steps[place].isCompleted { return }
        if let attempt, steps[place].attempt != attempt {
            note(.unexpectedAttempt(step, expected: steps[place].attempt, found: attempt))
        }
        steps.update(at: place, change)
    }
}

extension StepState {
    /// Another attempt begins: the one before it, if its end is not recorded, ended with its process.
    fileprivate mutating func countCrash() {
        guard status == .running else { return }
        crashCount = crashCount.addingReportingOverflow(1).overflow ? .max : crashCount + 1
    }

    /// An attempt has ended in a way that is recorded, or a person decided about it.
    fileprivate mutating func forgetCrashes() { crashCount = 0 }

    mutating func complete(with output: Payload?, at time: Timestamp) {
        forgetCrashes()
        status = .completed
        self.output = output
        finishedAt = time
    }

    mutating func fail(with failure: Failure, at time: Timestamp) {
        forgetCrashes()
        status = .failed
        self.failure = failure
        failureCount &+= 1
        finishedAt = time
    }
}

extension StepState.Status {
    /// Whether an attempt is under way.
    var isRunning: Bool { self == .running }
}
