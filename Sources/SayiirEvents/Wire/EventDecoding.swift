extension Event {
    /// Reads an event from its binary form.
    ///
    /// Fields that this build does not know are skipped, and an event of an unknown kind is kept undecoded. Allocates no
    /// more than the input's size calls for.
    ///
    /// - Parameters:
    ///   - bytes: Exactly one event.
    ///   - instance: The instance it belongs to, which is not in the binary form.
    ///   - time: When it happened, which is not in the binary form.
    /// - Throws: If the bytes are no event; any input at all gives either an event or this error.
    public init(decoding bytes: UnsafeRawBufferPointer, instance: InstanceID, time: Timestamp)
        throws(EventDecodingError)
    {
        guard let base = bytes.baseAddress else { throw EventDecodingError(.missingBody, at: 0) }
        var reader = WireReader(base: base, range: 0..<bytes.count)
        var header = EventHeader()
        var body = BodyPieces()
        try reader.readTag()
        while reader.number != 0 {
            let start = reader.position
            try header.visitFields(&reader)
            if reader.number >= EventHeader.firstBodyNumber {
                try body.take(from: &reader)
            } else if reader.position == start {
                try reader.skipField()
            }
        }
        self.init(
            instance: instance, revision: header.revision, time: time, actor: header.actor,
            reason: header.reason,
            body: try body.decode(from: bytes))
    }

    /// Reads an event from its binary form; see ``init(decoding:instance:time:)-(UnsafeRawBufferPointer,_,_)``.
    public init(decoding bytes: [UInt8], instance: InstanceID, time: Timestamp) throws(EventDecodingError) {
        try self.init(decoding: bytes[...], instance: instance, time: time)
    }

    /// Reads an event from its binary form; see ``init(decoding:instance:time:)-(UnsafeRawBufferPointer,_,_)``.
    public init(decoding bytes: ArraySlice<UInt8>, instance: InstanceID, time: Timestamp)
        throws(EventDecodingError)
    {
        self = try bytes.withUnsafeBufferPointer { content throws(EventDecodingError) in
            try Event(decoding: UnsafeRawBufferPointer(content), instance: instance, time: time)
        }
    }
}

/// The fields that all kinds of event have in common.
struct EventHeader {
    /// The first of the field numbers that are kinds of event. All of these are messages.
    static let firstBodyNumber: UInt32 = 16

    var revision: UInt64 = 0
    var actor: String?
    var reason: String?

    init() {}

    init(_ event: Event) {
        revision = event.revision
        actor = event.actor
        reason = event.reason
    }

    @inline(__always)
    mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        try visitor.visit(1, "revision", &revision)
        try visitor.visit(2, "actor", &actor)
        try visitor.visit(3, "reason", &reason)
    }
}

/// Finds the field that says what happened. There should be one; of several the last counts, and neighbours of the
/// same kind are one message in pieces, as Protocol Buffers has it.
private struct BodyPieces {
    private var number: UInt32 = 0
    private var last = 0..<0
    private var earlier: [Range<Int>] = []

    /// Passes over a field and remembers where it is.
    @inline(__always)
    mutating func take(from reader: inout WireReader) throws(EventDecodingError) {
        let next = reader.number
        do throws(EventDecodingError) {
            guard reader.wireType == .delimited else { throw reader.wrongWireType() }
            let range = try reader.readRange()
            if number != 0 { remember(next) }
            last = range
        } catch {
            throw error.inside(bodyName(next))
        }
        number = next
        try reader.readTag()
    }

    private mutating func remember(_ next: UInt32) {
        if next == number {
            earlier.append(last)
        } else {
            earlier = []
        }
    }

    /// What happened; an error if nothing did.
    @inline(__always)
    func decode(from input: UnsafeRawBufferPointer) throws(EventDecodingError) -> Event.Body {
        if number == 0 { throw EventDecodingError(.missingBody, at: input.count) }
        if earlier.isEmpty { return try decodeBody(number, input, last) }
        let joined = (earlier + [last]).flatMap { input[$0] }
        return try joined.withUnsafeBufferPointer { bytes throws(EventDecodingError) in
            try decodeBody(number, UnsafeRawBufferPointer(bytes), 0..<bytes.count)
        }
    }
}

@inline(__always)
private func decodeBody(
    _ number: UInt32, _ input: UnsafeRawBufferPointer, _ range: Range<Int>
) throws(EventDecodingError) -> Event.Body {
    guard let kind = Event.Kind(rawValue: number), let base = input.baseAddress else {
        return .unknown(Event.Unknown(kind: number, bytes: [UInt8](input[range])))
    }
    var reader = WireReader(base: base, range: range)
    do throws(EventDecodingError) {
        return try Event.Body.read(kind, from: &reader)
    } catch {
        throw error.inside(bodyName(number))
    }
}

private func bodyName(_ number: UInt32) -> String {
    Event.Kind(rawValue: number)?.name ?? "unknown_\(number)"
}
