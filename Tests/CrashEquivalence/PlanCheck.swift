internal import Sayiir

/// Compares a run with what its plan must come to.
struct PlanCheck {
    let expectation: PlanExpectation
    private(set) var problems: [String] = []

    /// What is wrong with a run that began with `left` and ended with `record`.
    static func problems(
        of record: PlanRunner.Record, from left: InstanceState?, against expectation: PlanExpectation
    ) -> [String] {
        var check = PlanCheck(expectation: expectation)
        check.checkEnd(record)
        check.checkSteps(record.state)
        check.checkCalls(record.calls, left)
        check.checkHistory(record)
        return check.problems
    }

    private mutating func checkEnd(_ record: PlanRunner.Record) {
        let end: PlanExpectation.End
        switch record.status.status {
        case .completed: end = .completed(record.status.output ?? -1)
        case .failed: end = .failed(record.state.failedStep.map { "\($0)" } ?? "?")
        case .cancelled: end = .cancelled
        default: return problems.append("it is \(record.status)")
        }
        if end != expectation.end { problems.append("it ended as \(end), not as \(expectation.end)") }
    }

    private mutating func checkSteps(_ state: InstanceState) {
        var missing = expectation.steps
        for known in state.steps {
            // What holds others, and delays, have no output of their own; waits that a cancellation ended neither.
            switch known.kind {
            case .task: break
            case .signal where known.isCompleted: break
            default: continue
            }
            let step = "\(known.step)"
            guard let expected = missing.removeValue(forKey: step) else {
                problems.append("'\(step)' should not have begun")
                continue
            }
            if step == expectation.undetermined && !known.isCompleted { continue }
            let output = known.output.map { String(decoding: $0.bytes, as: UTF8.self) }
            if output != expected.output || known.isCompleted != (expected.output != nil) {
                problems.append("'\(step)' gave \(output ?? "nothing"), not \(expected.output ?? "nothing")")
            }
            if step != expectation.undetermined, known.failureCount != expected.failures, known.kind == .task {
                problems.append("'\(step)' failed \(known.failureCount) times, not \(expected.failures)")
            }
        }
        for (step, expected) in missing where step != expectation.undetermined {
            // A wait that timed out without a fallback is where the workflow failed.
            if expected.calls > 0 || expected.output != nil { problems.append("'\(step)' did not begin") }
        }
    }

    /// What was stored before the crash is not called again; what was not, is.
    private mutating func checkCalls(_ calls: [String: Int], _ left: InstanceState?) {
        var stored: [String: StepState] = [:]
        for known in left.map({ Array($0.steps) }) ?? [] { stored["\(known.step)"] = known }
        for step in Set(calls.keys).union(expectation.steps.keys).sorted() {
            let count = calls[step, default: 0]
            var expected = expectation.steps[step]?.calls ?? 0
            if let known = stored[step] {
                expected = known.isCompleted ? 0 : max(0, expected - Int(known.failureCount))
            }
            if left?.phase.isEnded == true { expected = 0 }
            if step == expectation.undetermined ? count > max(expected, 0) : count != expected {
                problems.append("'\(step)' was called \(count) times, not \(expected)")
            }
        }
    }

    private mutating func checkHistory(_ record: PlanRunner.Record) {
        if InstanceState(folding: record.history) != record.state {
            problems.append("the state is not what the history folds to")
        }
        for anomaly in record.state.anomalies { problems.append("anomaly: \(anomaly)") }
        var once: Set<Event.Body> = []
        var allowedStarts: [Step: Int] = [:]
        for event in record.history {
            if let body = event.body.onlyOnce, !once.insert(body).inserted { problems.append("twice: \(event.body)") }
            switch event.body {
            case .doubtResolved(let body): allowedStarts[body.step, default: 1] += 1
            case .taskStarted(let body) where expectation.steps["\(body.step)"]?.isAtMostOnce == true:
                allowedStarts[body.step, default: 1] -= 1
                if allowedStarts[body.step, default: 0] < 0 { problems.append("'\(body.step)' began more than once") }
            default: break
            }
        }
    }

    private init(expectation: PlanExpectation) { self.expectation = expectation }
}

extension Event.Body {
    /// The event, without times, if no history has it twice.
    fileprivate var onlyOnce: Event.Body? {
        switch self {
        case .delayStarted(let body): .delayStarted(.init(step: body.step, wakeAt: Timestamp(nanosecondsSinceEpoch: 0)))
        case .signalAwaited(let body): .signalAwaited(.init(step: body.step, signal: body.signal))
        case .taskCheckpointed(let body): .taskCheckpointed(.init(step: body.step, attempt: 0, output: body.output))
        case .delayElapsed, .signalTimedOut, .forked, .branchFinished, .joined, .routed, .loopIterated,
            .loopFinished, .mapStarted, .mapElementFinished, .mapFinished, .childStarted, .childFinished, .completed,
            .failed, .cancelled:
            self
        default: nil
        }
    }
}
