import SayiirEvents

/// A small generator with a seed, so that a failing run can be repeated.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Events of every kind over a handful of steps, in no sensible order.
struct RandomEvents {
    var random: SplitMix64
    var revision: UInt64 = 0

    init(seed: UInt64) { random = SplitMix64(state: seed) }

    mutating func next() -> Event {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: revision = revision &+ UInt64.random(in: 0...3, using: &random)
        case 1: revision = UInt64.random(in: 0...revision &+ 1, using: &random)
        default: revision = revision &+ 1
        }
        let foreign = Int.random(in: 0..<50, using: &random) == 0
        return Event(
            instance: foreign ? "other" : "i", revision: revision, time: time(), actor: "me", body: body())
    }

    private mutating func number() -> UInt32 {
        Bool.random(using: &random)
            ? UInt32.random(in: 0...3, using: &random)
            : [0, 1, .max, .max - 1].randomElement(using: &random) ?? 0
    }

    private mutating func time() -> Timestamp {
        Timestamp(nanosecondsSinceEpoch: [.min, -1, 0, 5, .max].randomElement(using: &random) ?? 0)
    }

    private mutating func step() -> Step {
        Step(
            NodeID("n\(Int.random(in: 0..<12, using: &random))"),
            indices: Bool.random(using: &random) ? [] : [number()])
    }

    private mutating func trace() -> TraceContext? {
        Bool.random(using: &random) ? nil : TraceContext(recorded: [TraceContext.Field(name: name(), value: name())])
    }

    private mutating func name() -> String { ["s", "t", ""].randomElement(using: &random) ?? "" }

    private mutating func failure() -> Failure { Failure(type: name(), message: name()) }

    private mutating func lifecycleBody() -> Event.Body {
        let hash = DefinitionHash(bytes: [1])
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1:
            return .submitted(
                Event.Submitted(
                    workflow: "w", definition: hash, input: .text("1"), priority: number(), traceContext: trace(),
                    deadline: Bool.random(using: &random) ? nil : time()))
        case 2: return .completed(Event.Completed(result: Bool.random(using: &random) ? nil : step()))
        case 3: return .failed(Event.Failed(step: step(), failure: failure()))
        case 4: return .superseded(Event.Superseded())
        case 5: return .reopened(Event.Reopened(step: step()))
        case 6: return .deleted(Event.Deleted())
        case 7: return .leaseAcquired(Event.LeaseAcquired(executor: "x", epoch: UInt64(number())))
        case 8: return .leaseLost(Event.LeaseLost(executor: "x", epoch: UInt64(number())))
        case 9: return .definitionChanged(Event.DefinitionChanged(from: hash, to: hash))
        case 10: return .derived(Event.Derived(source: "o", sourceRevision: 1))
        default: return .imported(Event.Imported(source: "o", head: []))
        }
    }

    private mutating func taskBody() -> Event.Body {
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1, 2: return .started(step(), number())
        case 3, 4: return .checkpointed(step(), number())
        case 5: return .taskFailed(step(), number())
        case 6:
            return .taskTimedOut(
                Event.TaskTimedOut(step: step(), attempt: number(), limit: .seconds(Int64.max)))
        case 7: return .retryScheduled(Event.RetryScheduled(step: step(), nextAttempt: 1, wakeAt: time()))
        case 8: return .taskInDoubt(Event.TaskInDoubt(step: step(), attempt: number()))
        case 9: return .taskInterrupted(Event.TaskInterrupted(step: step(), attempt: number()))
        case 10:
            return .stepStuck(Event.StepStuck(step: step(), attempt: number(), value: undecodable))
        default:
            let resolution: Event.DoubtResolved.Resolution =
                [.rerun, .completed(output: .text("1")), .failed(failure())].randomElement(using: &random)
                ?? .rerun
            return .doubtResolved(
                Event.DoubtResolved(step: step(), attempt: number(), resolution: resolution))
        }
    }

    private let undecodable = UndecodableValue(codec: "json", expected: "Int", path: "a", reason: "it is a text")

    private mutating func branchingBody() -> Event.Body {
        switch Int.random(in: 0..<11, using: &random) {
        case 0: return .forked(Event.Forked(step: step(), branches: [name(), name()]))
        case 1: return .branchFinished(Event.BranchFinished(step: step(), branch: name()))
        case 2: return .joined(Event.Joined(step: step()))
        case 3: return .mapStarted(Event.MapStarted(step: step(), count: number()))
        case 4: return .mapElementFinished(Event.MapElementFinished(step: step(), index: number()))
        case 5: return .mapFinished(Event.MapFinished(step: step()))
        case 6: return .routed(Event.Routed(step: step(), key: name(), isDefault: true))
        case 7:
            return .loopIterated(Event.LoopIterated(step: step(), iteration: number(), decision: .again))
        case 8:
            return .loopFinished(Event.LoopFinished(step: step(), iterations: number(), reachedLimit: true))
        case 9: return .childStarted(Event.ChildStarted(step: step(), workflow: name()))
        default: return .childFinished(Event.ChildFinished(step: step()))
        }
    }

    private mutating func waitingBody() -> Event.Body {
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return .delayStarted(Event.DelayStarted(step: step(), wakeAt: time()))
        case 1: return .delayElapsed(Event.DelayElapsed(step: step()))
        case 2: return .signalAwaited(Event.SignalAwaited(step: step(), signal: name(), deadline: time()))
        case 3: return .signal(name(), "1", id: Bool.random(using: &random) ? nil : name())
        case 4:
            let received = UInt64.random(in: 0...revision, using: &random)
            return .signalConsumed(
                Event.SignalConsumed(step: step(), signal: name(), receivedRevision: received))
        case 5:
            let received = UInt64.random(in: 0...revision, using: &random)
            return .signalRejected(
                Event.SignalRejected(
                    step: step(), signal: name(), receivedRevision: received, value: undecodable))
        default:
            return .signalTimedOut(
                Event.SignalTimedOut(
                    step: step(), signal: name(), fallback: Bool.random(using: &random) ? nil : .text("1")))
        }
    }

    private mutating func controlBody() -> Event.Body {
        let bodies: [Event.Body] = [
            .pauseRequest, .pause, .unpause, .cancelRequest, .cancelled(Event.Cancelled()),
            .annotated(Event.Annotated(text: "n")), .unknown(Event.Unknown(kind: 77, bytes: [])),
        ]
        return bodies.randomElement(using: &random) ?? .pause
    }

    private mutating func body() -> Event.Body {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: lifecycleBody()
        case 1, 2, 3: taskBody()
        case 4, 5: branchingBody()
        case 6: waitingBody()
        default: controlBody()
        }
    }
}
