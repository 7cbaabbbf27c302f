import SayiirEvents

extension InstanceState {
    mutating func startDelay(_ body: Event.DelayStarted, at time: Timestamp) {
        if let known = steps[body.step] { return note(.unexpectedStatus(body.step, known.status)) }
        steps.insert(
            StepState(step: body.step, kind: .delay, status: .delaying(until: body.wakeAt), startedAt: time))
    }

    mutating func endDelay(_ body: Event.DelayElapsed, at time: Timestamp) {
        change(body.step, kind: .delay, from: \.isDelaying, at: time) { $0.complete(with: nil, at: time) }
    }

    mutating func awaitSignal(_ body: Event.SignalAwaited, at time: Timestamp) {
        if let known = steps[body.step] { return note(.unexpectedStatus(body.step, known.status)) }
        steps.insert(
            StepState(
                step: body.step, kind: .signal,
                status: .awaitingSignal(name: body.signal, deadline: body.deadline), startedAt: time))
    }

    mutating func receive(_ body: Event.SignalReceived, at time: Timestamp) {
        if let id = body.deduplicationID, mailbox.hasSeen(deduplicationID: id) {
            return note(.repeatedSignal(deduplicationID: id))
        }
        mailbox.append(
            SignalMailbox.Entry(
                revision: revision, signal: body.signal, payload: body.payload, receivedAt: time,
                traceContext: body.traceContext),
            deduplicationID: body.deduplicationID)
    }

    /// A signal that arrived before its wait may be consumed without a `SignalAwaited` of its own.
    mutating func consume(_ body: Event.SignalConsumed, at time: Timestamp) {
        if steps[body.step]?.isCompleted == true {
            return note(.unexpectedStatus(body.step, .completed))
        }
        let entry = mailbox.take(body.signal, revision: body.receivedRevision)
        if entry == nil { note(.signalMissing(body.step, receivedRevision: body.receivedRevision)) }
        if steps[body.step] == nil {
            steps.insert(
                StepState(
                    step: body.step, kind: .signal, status: .awaitingSignal(name: body.signal, deadline: nil),
                    startedAt: time))
        }
        change(body.step, kind: .signal, from: \.isAwaitingSignal, at: time) {
            $0.complete(with: entry?.payload, at: time)
        }
    }

    /// The wait of the step continues.
    mutating func reject(_ body: Event.SignalRejected) {
        if !mailbox.reject(body.signal, revision: body.receivedRevision, because: body.value) {
            note(.signalMissing(body.step, receivedRevision: body.receivedRevision))
        }
    }

    /// A wait that ends without its signal completes with the fallback, or fails.
    mutating func timeOut(_ body: Event.SignalTimedOut, at time: Timestamp) {
        change(body.step, kind: .signal, from: \.isAwaitingSignal, at: time) { state in
            if let fallback = body.fallback {
                state.complete(with: fallback, at: time)
            } else {
                state.fail(with: .signalTimedOut(body.signal, at: body.step.node), at: time)
            }
            state.timeoutCount &+= 1
        }
    }
}

extension StepState.Status {
    fileprivate var isDelaying: Bool {
        if case .delaying = self { true } else { false }
    }

    fileprivate var isAwaitingSignal: Bool {
        if case .awaitingSignal = self { true } else { false }
    }
}
