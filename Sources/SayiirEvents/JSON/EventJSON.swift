extension Event {
    /// The event as JSON for people and tools: one object on one line.
    ///
    /// Members come in this order: `instance`, `revision`, `time` (RFC 3339, UTC), `type` (``Event/Body/kindName``),
    /// `actor` and `reason` where there are any, and then those of the kind, named as in the published schema.
    /// Optional members without a value are left out. A step is its ``Step/description``, a digest is hexadecimal, a
    /// duration is a number of seconds in a member whose name ends in `_seconds`, and a payload with the codec `json`
    /// stands as the value it is. An event of an unknown kind has its content in `content`, in hexadecimal.
    ///
    /// This form is for reading: it is never read back, and the binary form is the exact one.
    ///
    /// - Parameter revealingSensitive: Whether payloads marked as sensitive are shown. If not, their codec and size are.
    public func json(revealingSensitive: Bool = false) -> String {
        var writer = JSONWriter(revealingSensitive: revealingSensitive)
        writer.event(self)
        return writer.text
    }
}

extension RecordedEvent {
    /// The event as JSON: as ``Event/json(revealingSensitive:)``, with `sequence` as the first member.
    public func json(revealingSensitive: Bool = false) -> String {
        var writer = JSONWriter(revealingSensitive: revealingSensitive)
        writer.event(event, sequence: sequence)
        return writer.text
    }

    /// Appends what ``json(revealingSensitive:)`` gives.
    public func writeJSON(into output: inout String, revealingSensitive: Bool = false) {
        output += json(revealingSensitive: revealingSensitive)
    }
}

extension JSONWriter {
    /// Writes an event as an object; see ``Event/json(revealingSensitive:)``.
    package mutating func event(_ event: Event, sequence: UInt64? = nil) {
        beginObject()
        if let sequence {
            name("sequence")
            number(sequence)
        }
        name("instance")
        string(event.instance.rawValue)
        name("revision")
        number(event.revision)
        name("time")
        string(event.time.description)
        name("type")
        string(event.body.kindName)
        event.actor.writeJSON(field: "actor", to: &self)
        event.reason.writeJSON(field: "reason", to: &self)
        if case .unknown(let unknown) = event.body {
            name("content")
            string(hexadecimal(unknown.bytes))
        } else {
            event.body.visitFields(&self)
        }
        endObject()
    }
}
