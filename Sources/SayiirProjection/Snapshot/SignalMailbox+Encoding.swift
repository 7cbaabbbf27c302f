import SayiirEvents

extension SignalMailbox: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init()
        let count = try reader.readCount(ofAtLeast: Entry.smallestSize)
        var last: UInt64?
        for _ in 0..<count {
            let start = reader.position
            let entry: Entry = try reader.read()
            // The order of arrival is that of the revisions.
            if let last, last >= entry.revision { throw StateDecodingError(.contradiction, at: start) }
            append(entry, deduplicationID: nil)
            last = entry.revision
        }
        deduplicationIDs = try reader.read()
    }

    func write(to writer: inout StateWriter) {
        if isEmpty {
            writer.write(count: 0)
        } else {
            writer.write(entries)
        }
        writer.write(deduplicationIDs)
    }
}

extension SignalMailbox.Entry: StateValue {
    /// The revision and the name 1 each, the payload 3, the moment 8, a trace and a rejection that are absent 1 each.
    static var smallestSize: Int { 15 }

    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(
            revision: try reader.read(), signal: try reader.read(), payload: try reader.read(),
            receivedAt: try reader.read(), traceContext: try reader.read(), rejection: try reader.read())
    }

    func write(to writer: inout StateWriter) {
        writer.write(revision)
        writer.write(signal)
        writer.write(payload)
        writer.write(receivedAt)
        writer.write(traceContext)
        writer.write(rejection)
    }
}
