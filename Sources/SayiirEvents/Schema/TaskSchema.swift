extension Event.TaskStarted: Message {
    static var blank: Self { Self(step: .blank, attempt: 0, executor: "") }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "attempt", &attempt)
        try visitor.visit(3, "executor", &executor)
    }
}

extension Event.TaskCheckpointed: Message {
    static var blank: Self { Self(step: .blank, attempt: 0, output: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "attempt", &attempt)
        try visitor.visit(3, "output", &output)
    }
}

extension Event.TaskFailed: Message {
    static var blank: Self { Self(step: .blank, attempt: 0, failure: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "attempt", &attempt)
        try visitor.visit(3, "failure", &failure)
        try visitor.visit(4, "full_message", &fullMessage)
    }
}

extension Event.TaskTimedOut: Message {
    static var blank: Self { Self(step: .blank, attempt: 0, limit: .zero) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "attempt", &attempt)
        try visitor.visit(3, "limit", &limit)
        try visitor.visit(4, "stalled", &isStalled)
    }
}

extension Event.RetryScheduled: Message {
    static var blank: Self { Self(step: .blank, nextAttempt: 0, wakeAt: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "next_attempt", &nextAttempt)
        try visitor.visit(3, "wake_at", &wakeAt)
    }
}

extension Event.TaskInDoubt: Message {
    static var blank: Self { Self(step: .blank, attempt: 0) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "attempt", &attempt)
    }
}

extension Event.DoubtResolved: Message {
    static var blank: Self { Self(step: .blank, attempt: 0, resolution: .unknown) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "attempt", &attempt)
        try visitor.visit(3, "rerun", &resolution.rerun)
        try visitor.visit(4, "completed", &resolution.completed)
        try visitor.visit(5, "failed", &resolution.failed)
    }
}

extension Event.TaskInterrupted: Message {
    static var blank: Self { Self(step: .blank, attempt: 0) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "attempt", &attempt)
    }
}

extension Event.StepStuck: Message {
    static var blank: Self { Self(step: .blank, value: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "attempt", &attempt)
        try visitor.visit(3, "value", &value)
    }
}

/// The decision is one of three fields, of which the last that occurs counts.
extension Event.DoubtResolved.Resolution {
    fileprivate var rerun: Bool? {
        get { self == .rerun ? true : nil }
        set { if newValue != nil { self = .rerun } }
    }

    fileprivate var completed: Payload? {
        get { if case .completed(let output) = self { output } else { nil } }
        set { if let newValue { self = .completed(output: newValue) } }
    }

    fileprivate var failed: Failure? {
        get { if case .failed(let failure) = self { failure } else { nil } }
        set { if let newValue { self = .failed(newValue) } }
    }
}
