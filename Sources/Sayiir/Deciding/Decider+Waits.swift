internal import SayiirEvents
internal import SayiirProjection

/// Steps that wait for signals of one name and take payloads of one type.
struct SignalWait: Hashable, Sendable {
    var signal: ExactText
    var type: String
}

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
        if let rejected = decodableRejectedSignal(signal) { return rejected }
        var hasRejected = false
        while let next = state.mailbox.first(named: signal.signal) {
            do throws(ValueError) {
                try signal.check(next.payload, values.codecs)
                if hasRejected { lookAtWaits(for: signal, besides: step) }
                return next
            } catch {
                hasRejected = true
                record(
                    .signalRejected(
                        .init(
                            step: step, signal: signal.signal, receivedRevision: next.revision,
                            value: error.undecodable(as: signal.type))))
            }
        }
        if hasRejected { lookAtWaits(for: signal, besides: step) }
        return nil
    }

    /// The first of the rejected signals that the step can decode after all; `nil` if there is none. They arrived before all others.
    ///
    /// A step of another type may have rejected it, or another program, which is looked into when the instance is taken up.
    private mutating func decodableRejectedSignal(_ signal: SignalNode) -> SignalMailbox.Entry? {
        guard state.mailbox.hasRejected(named: signal.signal) else { return nil }
        let wait = SignalWait(signal: ExactText(signal.signal), type: signal.type)
        let seen = seenRejections[wait] ?? 0
        for entry in state.mailbox.rejected(named: signal.signal) where entry.revision > seen {
            if isTakingUp || entry.rejection?.expected != signal.type {
                do throws(ValueError) {
                    try signal.check(entry.payload, values.codecs)
                    return entry
                } catch {
                    // It was rejected before, and stays so.
                }
            }
            seenRejections[wait] = entry.revision
        }
        return nil
    }

    /// Sees to it that steps look at what was just rejected which wait for a signal of the same name and of another type.
    private mutating func lookAtWaits(for signal: SignalNode, besides step: Step) {
        for known in state.steps.open where known.step != step {
            guard case .awaitingSignal(let name, _) = known.status, name.isExactly(signal.signal),
                case .signal(let other)? = graph[known.step.node]?.kind, other.type != signal.type
            else { continue }
            agenda.append(.step(known.step))
        }
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
