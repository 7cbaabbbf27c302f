extension Event.Submitted: Message {
    static var blank: Self {
        Self(workflow: "", definition: DefinitionHash(bytes: []), input: .blank, priority: 0, tags: [])
    }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "workflow", &workflow)
        try visitor.visit(2, "definition", bytes: &definition.bytes)
        try visitor.visit(3, "input", &input)
        try visitor.visit(4, "metadata", &metadata)
        try visitor.visit(5, "priority", &priority)
        try visitor.visit(6, "tags", &tags)
        try visitor.visit(7, "trace_context", &traceContext)
        try visitor.visit(8, "deadline", &deadline)
    }
}

extension Event.Completed: Message {
    static var blank: Self { Self() }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "result", &result)
    }
}

extension Event.Failed: Message {
    static var blank: Self { Self(failure: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
        try visitor.visit(2, "failure", &failure)
    }
}

extension Event.Superseded: Message {
    static var blank: Self { Self() }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {}
}

extension Event.Reopened: Message {
    static var blank: Self { Self(step: .blank) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "step", &step)
    }
}

extension Event.Deleted: Message {
    static var blank: Self { Self() }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {}
}

extension Event.LeaseAcquired: Message {
    static var blank: Self { Self(executor: "", epoch: 0) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "executor", &executor)
        try visitor.visit(2, "epoch", &epoch)
    }
}

extension Event.LeaseLost: Message {
    static var blank: Self { Self(executor: "", epoch: 0) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "executor", &executor)
        try visitor.visit(2, "epoch", &epoch)
    }
}

extension Event.DefinitionChanged: Message {
    static var blank: Self { Self(from: DefinitionHash(bytes: []), to: DefinitionHash(bytes: [])) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "from", bytes: &from.bytes)
        try visitor.visit(2, "to", bytes: &to.bytes)
    }
}

extension Event.Derived: Message {
    static var blank: Self { Self(source: "", sourceRevision: 0) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "source", &source.rawValue)
        try visitor.visit(2, "source_revision", &sourceRevision)
        try visitor.visit(3, "change", &change)
    }
}

extension Event.Imported: Message {
    static var blank: Self { Self(source: "", head: []) }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "source", &source)
        try visitor.visit(2, "head", bytes: &head)
    }
}

extension Event.Annotated: Message {
    static var blank: Self { Self(text: "") }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "text", &text)
    }
}
