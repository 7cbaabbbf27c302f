internal import SayiirEvents
internal import SayiirLog

extension ExplainReport {
    /// One object, with the members that docs/INSPECT.md lists.
    func json(_ style: Style) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("file", file)
        if let segment = examination.file.segment {
            writer.member("segment", segment.number)
        }
        writer.member("offset", examination.offset)
        writer.member("file_bytes", examination.fileSize)
        writePlace(to: &writer)
        writer.member("damaged", isDamaged)
        if let start = examination.damageStart {
            writer.member("damage_start", start)
        }
        if let rule {
            writer.member("verdict", rule.verdict.rawValue)
            writer.member("rule", rule.rawValue)
            writer.member("explanation", rule.explanation)
        }
        if let bit = examination.headerBit { write(bit, as: "header_block_bit", to: &writer) }
        if let bit = flippedBit { write(bit, as: "flipped_bit", to: &writer) }
        writeHeader(style, to: &writer)
        writeFrame(style, to: &writer)
        writer.member("exit_status", status.rawValue)
        writer.endObject()
        return writer.text
    }

    private func writePlace(to writer: inout JSONWriter) {
        writer.name("place")
        switch examination.place {
        case .header(let header):
            writer.string("header")
            writer.optional("defect", header.defect)
        case .frame(let frame):
            writer.string("frame")
            writer.member("start", frame.offset)
            guard let end = frame.end else { break }
            writer.member("end", end)
        case .unwritten(let start, _):
            writer.string("unwritten")
            writer.member("start", start)
        }
        writer.optional("field", field?.name)
    }

    private func write(_ bit: FlippedBit, as name: StaticString, to writer: inout JSONWriter) {
        writer.name(name)
        writer.beginObject()
        writer.member("offset", bit.offset)
        writer.member("bit", bit.bit)
        writer.member("expected", bit.expected)
        writer.member("found", bit.found)
        writer.endObject()
    }

    private func writeHeader(_ style: Style, to writer: inout JSONWriter) {
        guard allowsHeader(style), !fields.isEmpty else { return }
        writer.member("header", hexadecimal(headerBytes))
        writer.name("fields")
        writer.beginArray()
        for field in fields { write(field, start: fieldsStart, to: &writer) }
        writer.endArray()
    }

    private func write(_ field: FormatField, start: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", field.name)
        writer.member("offset", start + field.offset)
        writer.member("bytes", field.byteCount)
        writer.member("value", field.value)
        writer.optional("meaning", field.meaning.isEmpty ? nil : field.meaning)
        writer.endObject()
    }

    private func writeFrame(_ style: Style, to writer: inout JSONWriter) {
        guard let frame else { return }
        if allowsBody(style) {
            writer.member("body", hexadecimal(bodyBytes))
        }
        writer.objects("checks", frame.checks) { writer, check in
            writer.member("check", check.number)
            writer.member("subject", check.subject)
            writer.name("outcome")
            switch check.outcome {
            case .passed: writer.string("passed")
            case .notReached: writer.string("not_reached")
            case .failed(let expected, let found):
                writer.string("failed")
                writer.optional("expected", expected)
                writer.optional("found", found)
            }
        }
        if !contentFields.isEmpty {
            writer.name("content")
            writer.beginArray()
            for field in contentFields { write(field, start: 0, to: &writer) }
            writer.endArray()
        }
        writer.objects("records", entries) { writer, entry in
            writer.member("sequence", entry.record.sequence)
            writer.member("key", entry.record.key)
            writer.member("time", entry.time.description)
            writer.member("kind", entry.record.kind.rawValue)
            writer.member("type", entry.typeName(in: examination.file))
            writer.member("size", entry.record.payload.count)
        }
    }
}
