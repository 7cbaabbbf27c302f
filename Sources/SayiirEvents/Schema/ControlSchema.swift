extension Event.PauseRequested: Message {
    static var blank: Self { Self() }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {}
}

extension Event.Paused: Message {
    static var blank: Self { Self() }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {}
}

extension Event.Unpaused: Message {
    static var blank: Self { Self() }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {}
}

extension Event.CancelRequested: Message {
    static var blank: Self { Self() }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {}
}

extension Event.Cancelled: Message {
    static var blank: Self { Self() }

    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "interrupted", &interrupted)
    }
}
