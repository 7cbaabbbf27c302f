import SayiirEvents

extension Timestamp: StateValue {
    static var smallestSize: Int { 8 }

    @inline(__always)
    init(from reader: inout StateReader) throws(StateDecodingError) {
        // Moments of our time take nine bytes as varints.
        self.init(nanosecondsSinceEpoch: Int64(bitPattern: try reader.readFixed64()))
    }

    @inline(__always)
    func write(to writer: inout StateWriter) { writer.write(fixed64: UInt64(bitPattern: nanosecondsSinceEpoch)) }
}

extension InstanceID: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) { self.init(try reader.readString()) }

    func write(to writer: inout StateWriter) { writer.write(rawValue) }
}

extension DefinitionHash: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) { self.init(bytes: try reader.readBytes()) }

    func write(to writer: inout StateWriter) { writer.write(bytes: bytes) }
}

extension Step: StateValue {
    static var smallestSize: Int { 2 }

    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(NodeID(try reader.readString()), indices: try reader.read())
    }

    func write(to writer: inout StateWriter) {
        writer.write(node.rawValue)
        writer.write(indices)
    }
}

extension Payload: StateValue {
    static var smallestSize: Int { 3 }

    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(codec: try reader.read(), bytes: try reader.readBytes(), isSensitive: try reader.read())
    }

    func write(to writer: inout StateWriter) {
        writer.write(codec)
        writer.write(bytes: bytes)
        writer.write(isSensitive)
    }
}

extension Failure: StateValue {
    static var smallestSize: Int { 2 }

    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(type: try reader.read(), message: try reader.read())
    }

    func write(to writer: inout StateWriter) {
        writer.write(type)
        writer.write(message)
    }
}

extension TraceContext: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) { self.init(recorded: try reader.read()) }

    func write(to writer: inout StateWriter) { writer.write(fields) }
}

extension TraceContext.Field: StateValue {
    static var smallestSize: Int { 2 }

    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(name: try reader.read(), value: try reader.read())
    }

    func write(to writer: inout StateWriter) {
        writer.write(name)
        writer.write(value)
    }
}

extension ControlRequest: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(actor: try reader.read(), reason: try reader.read(), time: try reader.read())
    }

    func write(to writer: inout StateWriter) {
        writer.write(actor)
        writer.write(reason)
        writer.write(time)
    }
}

extension LeaseHolder: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(executor: try reader.read(), epoch: try reader.read())
    }

    func write(to writer: inout StateWriter) {
        writer.write(executor)
        writer.write(epoch)
    }
}

extension InstancePhase: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let start = reader.position
        guard let phase = InstancePhase(rawValue: try reader.readByte()) else {
            throw StateDecodingError(.unknownCase, at: start)
        }
        self = phase
    }

    func write(to writer: inout StateWriter) { writer.write(byte: rawValue) }
}

extension Lineage: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let start = reader.position
        switch try reader.readByte() {
        case 0:
            self = .derived(
                Event.Derived(
                    source: try reader.read(), sourceRevision: try reader.read(), change: try reader.read()))
        case 1: self = .imported(Event.Imported(source: try reader.read(), head: try reader.readBytes()))
        default: throw StateDecodingError(.unknownCase, at: start)
        }
    }

    func write(to writer: inout StateWriter) {
        switch self {
        case .derived(let origin):
            writer.write(byte: 0)
            writer.write(origin.source)
            writer.write(origin.sourceRevision)
            writer.write(origin.change)
        case .imported(let origin):
            writer.write(byte: 1)
            writer.write(origin.source)
            writer.write(bytes: origin.head)
        }
    }
}
