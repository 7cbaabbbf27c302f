internal import SayiirEvents
internal import SayiirProjection

// How delays and waits for signals begin and end.
extension Decider {
    mutating func goOnWithDelay(_ step: Step, _ duration: Duration) {
        guard let known = state.steps[step] else {
            // Even a delay without length ends only when somebody looks again.
            if mayBegin(step) { record(.delayStarted(.init(step: step, wakeAt: now + duration))) }
            return
        }
        guard case .delaying(let due) = known.status, due <= now, mayBegin(step) else { return }
        record(.delayElapsed(.init(step: step)))
        agenda.append(.end(step))
    }

    mutating func goOnWithSignal(_ step: Step, _ signal: SignalNode) {
        let known = state.steps[step]
        guard mayBegin(step) else { return }
        if known?.status == .failed { return fail(step, .signalTimedOut(signal.signal, at: step.node)) }
        if let received = takeableSignal(step, signal) {
            consume(received, at: step)
            agenda.append(.end(step))
        } else if known == nil {
            let deadline = signal.timeout.map { now + $0 }
            record(.signalAwaited(.init(step: step, signal: signal.signal, deadline: deadline)))
        } else if case .awaitingSignal(_, let deadline?) = known?.status, deadline <= now {
            timeOut(step, signal)
        }
    }

    /// The signal that the step consumes; `nil` if there is none. Records those that it cannot decode as rejected.
    private mutating func takeableSignal(_ step: Step, _ signal: SignalNode) -> SignalMailbox.Entry? {
        // This program may be able to decode what another one has rejected.
        let reconsiders = isTakingUp && state.mailbox.hasRejected(named: signal.signal)
        var received = reconsiders ? state.mailbox.entries(named: signal.signal)[...] : []
        while let next = reconsiders ? received.popFirst() : state.mailbox.first(named: signal.signal) {
            do throws(ValueError) {
                try signal.check(next.payload, values.codecs)
                return next
            } catch {
                guard next.rejection == nil else { continue }
                record(
                    .signalRejected(
                        .init(
                            step: step, signal: signal.signal, receivedRevision: next.revision,
                            value: error.undecodable(as: signal.type))))
            }
        }
        return nil
    }

    mutating func timeOut(_ step: Step, _ signal: SignalNode) {
        do throws(ValueError) {
            let fallback = try signal.fallback.map { fallback throws(ValueError) in try fallback(values.codecs) }
            record(.signalTimedOut(.init(step: step, signal: signal.signal, fallback: fallback)))
            if fallback != nil { return agenda.append(.end(step)) }
            fail(step, .signalTimedOut(signal.signal, at: step.node))
        } catch {
            fail(step, TaskValueError.output(error).failure(of: step.node))
        }
    }
}
