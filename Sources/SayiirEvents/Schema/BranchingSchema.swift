extension Event.Forked: Message {
    static var blank: Self { Self(step: .blank, branches: []) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "branches", &branches)
    }
}

extension Event.BranchFinished: Message {
    static var blank: Self { Self(step: .blank, branch: "") }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "branch", &branch)
    }
}

extension Event.Joined: Message {
    static var blank: Self { Self(step: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
    }
}

extension Event.MapStarted: Message {
    static var blank: Self { Self(step: .blank, count: 0) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "count", &count)
    }
}

extension Event.MapElementFinished: Message {
    static var blank: Self { Self(step: .blank, index: 0) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "index", &index)
    }
}

extension Event.MapFinished: Message {
    static var blank: Self { Self(step: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
    }
}

extension Event.Routed: Message {
    static var blank: Self { Self(step: .blank, key: "", isDefault: false) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "key", &key)
        try visitor.visit(3, "is_default", &isDefault)
    }
}

extension Event.LoopIterated: Message {
    static var blank: Self { Self(step: .blank, iteration: 0, decision: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "iteration", &iteration)
        try visitor.visit(3, "decision", &decision)
    }
}

extension Event.LoopFinished: Message {
    static var blank: Self { Self(step: .blank, iterations: 0, reachedLimit: false) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "iterations", &iterations)
        try visitor.visit(3, "reached_limit", &reachedLimit)
    }
}

extension Event.ChildStarted: Message {
    static var blank: Self { Self(step: .blank, workflow: "") }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "workflow", &workflow)
    }
}

extension Event.ChildFinished: Message {
    static var blank: Self { Self(step: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
    }
}
