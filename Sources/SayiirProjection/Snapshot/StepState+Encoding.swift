import SayiirEvents

extension StepState: StateValue {
    /// The step 2, kind, status and four numbers 1 each, two moments 8 each, three values that are absent and a flag
    /// 1 each.
    static var smallestSize: Int { 28 }

    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(
            step: try reader.read(), kind: try reader.read(), status: try reader.read(), attempt: try reader.read(),
            startedAt: try reader.read())
        failureCount = try reader.read()
        timeoutCount = try reader.read()
        crashCount = try reader.read()
        attemptStartedAt = try reader.read()
        finishedAt = try reader.read()
        output = try reader.read()
        failure = try reader.read()
        isAbandoned = try reader.read()
    }

    func write(to writer: inout StateWriter) {
        writer.write(step)
        writer.write(kind)
        writer.write(status)
        writer.write(attempt)
        writer.write(startedAt)
        writer.write(failureCount)
        writer.write(timeoutCount)
        writer.write(crashCount)
        writer.write(attemptStartedAt)
        writer.write(finishedAt)
        writer.write(output)
        writer.write(failure)
        writer.write(isAbandoned)
    }
}

extension StepState.Status: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let start = reader.position
        switch try reader.readByte() {
        case 0: self = .ready
        case 1: self = .running
        case 2: self = .waitingToRetry(at: try reader.read())
        case 3: self = .inDoubt
        case 4: self = .delaying(until: try reader.read())
        case 5: self = .awaitingSignal(name: try reader.read(), deadline: try reader.read())
        case 6: self = .entered
        case 7: self = .failed
        case 8: self = .completed
        default: throw StateDecodingError(.unknownCase, at: start)
        }
    }

    func write(to writer: inout StateWriter) {
        switch self {
        case .ready: writer.write(byte: 0)
        case .running: writer.write(byte: 1)
        case .waitingToRetry(let time):
            writer.write(byte: 2)
            writer.write(time)
        case .inDoubt: writer.write(byte: 3)
        case .delaying(let until):
            writer.write(byte: 4)
            writer.write(until)
        case .awaitingSignal(let name, let deadline):
            writer.write(byte: 5)
            writer.write(name)
            writer.write(deadline)
        case .entered: writer.write(byte: 6)
        case .failed: writer.write(byte: 7)
        case .completed: writer.write(byte: 8)
        }
    }
}

extension StepState.Kind: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let start = reader.position
        switch try reader.readByte() {
        case 0: self = .task
        case 1: self = .delay
        case 2: self = .signal
        case 3: self = .fork(branches: try reader.read(), finished: try reader.read())
        case 4: self = .map(count: try reader.read(), finished: try reader.read())
        case 5: self = .route(key: try reader.read(), isDefault: try reader.read())
        case 6:
            self = .loop(
                iterations: try reader.read(), lastDecision: try reader.read(), reachedLimit: try reader.read())
        case 7: self = .child(workflow: try reader.read())
        default: throw StateDecodingError(.unknownCase, at: start)
        }
    }

    func write(to writer: inout StateWriter) {
        switch self {
        case .task: writer.write(byte: 0)
        case .delay: writer.write(byte: 1)
        case .signal: writer.write(byte: 2)
        case .fork(let branches, let finished):
            writer.write(byte: 3)
            writer.write(branches)
            writer.write(finished)
        case .map(let count, let finished):
            writer.write(byte: 4)
            writer.write(count)
            writer.write(finished)
        case .route(let key, let isDefault):
            writer.write(byte: 5)
            writer.write(key)
            writer.write(isDefault)
        case .loop(let iterations, let lastDecision, let reachedLimit):
            writer.write(byte: 6)
            writer.write(iterations)
            writer.write(lastDecision)
            writer.write(reachedLimit)
        case .child(let workflow):
            writer.write(byte: 7)
            writer.write(workflow)
        }
    }
}

extension Event.LoopDecision: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let start = reader.position
        switch try reader.readByte() {
        case 0: self = .again
        case 1: self = .done
        case 2: self = .unknown(try reader.read())
        default: throw StateDecodingError(.unknownCase, at: start)
        }
    }

    func write(to writer: inout StateWriter) {
        switch self {
        case .again: writer.write(byte: 0)
        case .done: writer.write(byte: 1)
        case .unknown(let number):
            writer.write(byte: 2)
            writer.write(number)
        }
    }
}
