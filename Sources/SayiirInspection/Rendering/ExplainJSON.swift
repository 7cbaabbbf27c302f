internal import SayiirEvents
internal import SayiirLog

extension ExplainReport {
    /// One object, with the members that docs/INSPECT.md lists.
    func json(_ style: Style) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("file")
        writer.string(file)
        if let segment = examination.file.segment {
            writer.name("segment")
            writer.number(segment.number)
        }
        writer.name("offset")
        writer.number(examination.offset)
        writer.name("file_bytes")
        writer.number(examination.fileSize)
        writePlace(to: &writer)
        writer.name("damaged")
        writer.bool(isDamaged)
        if let start = examination.damageStart {
            writer.name("damage_start")
            writer.number(start)
        }
        if let rule {
            writer.name("verdict")
            writer.string(rule.verdict.rawValue)
            writer.name("rule")
            writer.number(rule.rawValue)
            writer.name("explanation")
            writer.string(rule.explanation)
        }
        if let bit = examination.headerBit { write(bit, as: "header_block_bit", to: &writer) }
        if let bit = flippedBit { write(bit, as: "flipped_bit", to: &writer) }
        writeHeader(style, to: &writer)
        writeFrame(style, to: &writer)
        writer.name("exit_status")
        writer.number(status.rawValue)
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
            writer.name("start")
            writer.number(frame.offset)
            guard let end = frame.end else { break }
            writer.name("end")
            writer.number(end)
        case .unwritten(let start, _):
            writer.string("unwritten")
            writer.name("start")
            writer.number(start)
        }
        writer.optional("field", field?.name)
    }

    private func write(_ bit: FlippedBit, as name: StaticString, to writer: inout JSONWriter) {
        writer.name(name)
        writer.beginObject()
        writer.name("offset")
        writer.number(bit.offset)
        writer.name("bit")
        writer.number(bit.bit)
        writer.name("expected")
        writer.number(bit.expected)
        writer.name("found")
        writer.number(bit.found)
        writer.endObject()
    }

    private func writeHeader(_ style: Style, to writer: inout JSONWriter) {
        guard allowsHeader(style), !fields.isEmpty else { return }
        writer.name("header")
        writer.string(hexadecimal(headerBytes))
        writer.name("fields")
        writer.beginArray()
        for field in fields { write(field, start: fieldsStart, to: &writer) }
        writer.endArray()
    }

    private func write(_ field: FormatField, start: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("name")
        writer.string(field.name)
        writer.name("offset")
        writer.number(start + field.offset)
        writer.name("bytes")
        writer.number(field.byteCount)
        writer.name("value")
        writer.string(field.value)
        writer.optional("meaning", field.meaning.isEmpty ? nil : field.meaning)
        writer.endObject()
    }

    private func writeFrame(_ style: Style, to writer: inout JSONWriter) {
        guard let frame else { return }
        if allowsBody(style) {
            writer.name("body")
            writer.string(hexadecimal(bodyBytes))
        }
        writer.name("checks")
        writer.beginArray()
        for check in frame.checks {
            writer.beginObject()
            writer.name("check")
            writer.number(check.number)
            writer.name("subject")
            writer.string(check.subject)
            writer.name("outcome")
            switch check.outcome {
            case .passed: writer.string("passed")
            case .notReached: writer.string("not_reached")
            case .failed(let expected, let found):
                writer.string("failed")
                writer.optional("expected", expected)
                writer.optional("found", found)
            }
            writer.endObject()
        }
        writer.endArray()
        if !contentFields.isEmpty {
            writer.name("content")
            writer.beginArray()
            for field in contentFields { write(field, start: 0, to: &writer) }
            writer.endArray()
        }
        writer.name("records")
        writer.beginArray()
        for entry in entries {
            writer.beginObject()
            writer.name("sequence")
            writer.number(entry.record.sequence)
            writer.name("key")
            writer.string(entry.record.key)
            writer.name("time")
            writer.string(entry.time.description)
            writer.name("kind")
            writer.number(entry.record.kind.rawValue)
            writer.name("type")
            writer.string(entry.typeName(in: examination.file))
            writer.name("size")
            writer.number(entry.record.payload.count)
            writer.endObject()
        }
        writer.endArray()
    }
}
