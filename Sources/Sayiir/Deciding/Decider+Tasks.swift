internal import SayiirEvents
internal import SayiirProjection

// How a task begins, ends, is tried again, and is in doubt.
extension Decider {
    /// Begins a task, or its next attempt if that is due. `known` is its place among the steps, if it has begun.
    mutating func goOnWithTask(_ step: Step, _ task: TaskNode, _ known: Int?) {
        guard let known else { return start(step, task, attempt: 1) }
        let next = state.steps[known].attempt &+ 1
        switch state.steps[known].status {
        case .ready where state.isStuck(step):
            // Only another program can do better, and that takes the instance up first.
            if isTakingUp, canTakeInput(step, task) { start(step, task, attempt: next) }
        case .ready: start(step, task, attempt: next)
        case .running where wasInterrupted(step): start(step, task, attempt: next)
        case .waitingToRetry(let due) where due <= now: start(step, task, attempt: next)
        case .failed: retryOrFail(step, isRetryable: true)
        default: break
        }
    }

    private mutating func start(_ step: Step, _ task: TaskNode, attempt: UInt32) {
        if let offeredTags, !task.options.tags.allSatisfy({ offeredTags.contains(ExactText($0)) }) {
            unoffered = unoffered ?? task.options
            return
        }
        guard mayBegin(step) else { return }
        record(.taskStarted(.init(step: step, attempt: attempt, executor: executor)))
    }

    mutating func end(_ step: Step, _ attempt: UInt32, _ result: AttemptResult) {
        switch result {
        case .succeeded(let output):
            record(.taskCheckpointed(.init(step: step, attempt: attempt, output: output)))
            agenda.append(.end(step))
        case .failed(let failure, let isRetryable):
            record(
                .taskFailed(
                    .init(
                        step: step, attempt: attempt, failure: failure.bounded, fullMessage: failure.fullMessage)))
            retryOrFail(step, isRetryable: isRetryable)
        case .timedOut(let limit):
            record(.taskTimedOut(.init(step: step, attempt: attempt, limit: limit)))
            retryOrFail(step, isRetryable: true)
        case .stalled(let limit):
            record(.taskTimedOut(.init(step: step, attempt: attempt, limit: limit, isStalled: true)))
            retryOrFail(step, isRetryable: true)
        case .interrupted:
            // The code may have done its work. If it must not do it twice, a person decides.
            if graph.task(step.node)?.options.execution == .atMostOnce {
                return record(.taskInDoubt(.init(step: step, attempt: attempt)))
            }
            record(.taskInterrupted(.init(step: step, attempt: attempt)))
            agenda.append(.step(step))
        case .stuck(let value):
            record(.stepStuck(.init(step: step, attempt: attempt, value: value)))
        }
    }

    private func canTakeInput(_ step: Step, _ task: TaskNode) -> Bool {
        do throws(ValueError) {
            try task.checkInput(try input(of: step), values.codecs)
            return true
        } catch {
            return false
        }
    }

    /// Records that a node which is not a task cannot go on, unless that is recorded already.
    mutating func stick(_ step: Step, expecting expected: String, _ error: ValueError) {
        if !state.isStuck(step) { record(.stepStuck(.init(step: step, value: error.undecodable(as: expected)))) }
    }

    /// After a failed attempt: plans another one, or ends the run.
    mutating func retryOrFail(_ step: Step, isRetryable: Bool) {
        guard let known = state.steps[step] else { return }
        let failures = Int(known.failureCount)
        guard isRetryable, let policy = graph.task(step.node)?.options.retries, failures <= policy.maxRetries else {
            return fail(step, known.failure ?? Failure(type: "", message: "unknown error"))
        }
        let wakeAt = now + wait(beforeRetry: failures, of: step, after: known.attempt, policy)
        record(.retryScheduled(.init(step: step, nextAttempt: known.attempt &+ 1, wakeAt: wakeAt)))
    }

    /// The wait before a retry. Its jitter comes from a hash, since a decision must not depend on anything but the state.
    private func wait(
        beforeRetry retry: Int, of step: Step, after attempt: UInt32, _ policy: RetryPolicy
    ) -> Duration {
        guard policy.jitter > 0 else { return policy.delay(beforeRetry: retry) }
        var hash = StableHash()
        hash.combine(state.id.rawValue)
        hash.combine(state.run)
        hash.combine(step.node.rawValue)
        for index in step.indices { hash.combine(UInt64(index)) }
        hash.combine(UInt64(attempt))
        return policy.delay(beforeRetry: retry, at: hash.fraction)
    }

    /// Leaves interrupted attempts to a person's decision whose task must not run twice, or has been interrupted too often.
    ///
    /// What an interrupted attempt did is not known. One that ends its process ends the next one, too, and with it everything else
    /// that runs there.
    mutating func doubtInterruptedAttempts() {
        for known in state.steps.open where known.status == .running && wasInterrupted(known.step) {
            let isOnce = graph.task(known.step.node)?.options.execution == .atMostOnce
            guard isOnce || hasReachedCrashLimit(known) else { continue }
            record(.taskInDoubt(.init(step: known.step, attempt: known.attempt)))
        }
    }

    /// Whether a step was interrupted so often in a row that it may be what ends the process: half as often as the limit allows.
    var hasSuspects: Bool {
        guard let crashLimit else { return false }
        return state.steps.open.contains { known in
            known.status == .running && Int(known.crashCount) + 1 >= max(crashLimit / 2, 1)
        }
    }

    /// Whether the step's latest attempt, which was interrupted, is one too many in a row.
    private func hasReachedCrashLimit(_ known: StepState) -> Bool {
        guard let crashLimit else { return false }
        return Int(known.crashCount) + 1 >= max(crashLimit, 1)
    }
}
