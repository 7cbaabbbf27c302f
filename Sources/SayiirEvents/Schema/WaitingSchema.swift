extension Event.DelayStarted: Message {
    static var blank: Self { Self(step: .blank, wakeAt: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "wake_at", &wakeAt)
    }
}

extension Event.DelayElapsed: Message {
    static var blank: Self { Self(step: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
    }
}

extension Event.SignalAwaited: Message {
    static var blank: Self { Self(step: .blank, signal: "") }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "signal", &signal)
        try visitor.visit(3, "deadline", &deadline)
    }
}

extension Event.SignalReceived: Message {
    static var blank: Self { Self(signal: "", payload: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "signal", &signal)
        try visitor.visit(2, "payload", &payload)
        try visitor.visit(3, "deduplication_id", &deduplicationID)
        try visitor.visit(4, "trace_context", &traceContext)
    }
}

extension Event.SignalConsumed: Message {
    static var blank: Self { Self(step: .blank, signal: "", receivedRevision: 0) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "signal", &signal)
        try visitor.visit(3, "received_revision", &receivedRevision)
    }
}

extension Event.SignalTimedOut: Message {
    static var blank: Self { Self(step: .blank, signal: "") }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "signal", &signal)
        try visitor.visit(3, "fallback", &fallback)
    }
}

extension Event.SignalRejected: Message {
    static var blank: Self { Self(step: .blank, signal: "", receivedRevision: 0, value: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "signal", &signal)
        try visitor.visit(3, "received_revision", &receivedRevision)
        try visitor.visit(4, "value", &value)
    }
}
