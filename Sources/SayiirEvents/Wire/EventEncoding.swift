extension Event {
    /// Appends the binary form: Protocol Buffers' wire format, as `docs/sayiir.proto` has it.
    ///
    /// `instance` and `time` are not in it; whatever stores the event keeps them beside it. Of a duration the whole
    /// nanoseconds are kept. What is appended is never empty, and equal events give equal bytes.
    public func encode(into output: inout [UInt8]) {
        var writer = WireWriter()
        writer.exchangeOutput(with: &output)
        var header = EventHeader(self)
        header.visitFields(&writer)
        writer.write(tag: body.fieldNumber, .delimited)
        if case .unknown(let event) = body {
            writer.write(bytes: event.bytes)
        } else {
            writer.writeDelimited { body.visitFields(&$0) }
        }
        writer.exchangeOutput(with: &output)
    }
}

extension Event.Body {
    /// The number of the field that holds the event.
    fileprivate var fieldNumber: UInt32 {
        if case .unknown(let event) = self { return event.kind }
        return kind?.rawValue ?? 0
    }
}
