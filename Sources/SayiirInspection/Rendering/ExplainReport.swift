internal import SayiirEvents
internal import SayiirLog

/// What `explain` shows.
struct ExplainReport {
    /// The directory that has the file.
    var directory: String
    var examination: SegmentExamination
    var assessment: Assessment

    /// How many bytes of a frame's body are shown.
    static let bodyBytes = 64

    var file: String { "\(directory)/\(examination.file)" }

    /// The verdict, if the place is damaged or lies behind damage; otherwise all is well there.
    var status: ExitStatus { isDamaged ? ExitStatus(assessment.verdict) : .clean }

    /// Whether the place is part of what is wrong with the log, or cannot be reached without passing it.
    var isDamaged: Bool {
        if case .header(let header) = examination.place { return header.defect != nil }
        return examination.damageStart != nil || examination.headerBit != nil
    }

    /// The rule that decides about the log, if what it is about is at or before this place.
    var rule: OpeningRule? {
        guard isDamaged, assessment.verdict != .clean, examination.file.segment != nil,
            assessment.segment == examination.file.segment,
            assessment.offset <= examination.offset
        else { return nil }
        return assessment.rule
    }

    var frame: FrameExamination? {
        guard case .frame(let frame) = examination.place else { return nil }
        return frame
    }

    /// The bit that explains what is wrong at this place.
    var flippedBit: FlippedBit? {
        switch examination.place {
        case .header(let header): header.flippedBit
        case .frame(let frame): frame.flippedBit
        case .unwritten(_, let bit): bit
        }
    }

    var fields: [FormatField] {
        switch examination.place {
        case .header(let header): header.fields
        case .frame(let frame): frame.fields
        case .unwritten: []
        }
    }

    /// The offset of the structure that the fields belong to.
    var fieldsStart: Int { frame?.offset ?? 0 }

    /// The field that the offset is in.
    var field: FormatField? {
        let place = examination.offset - fieldsStart
        return fields.first { ($0.offset..<$0.offset + $0.byteCount).contains(place) }
    }

    /// The frame's records, as they stand or as they stood before a bit was flipped.
    var entries: [LogEntry] {
        guard let frame = frame?.frame ?? frame?.restored else { return [] }
        return frame.records.map { LogEntry($0, in: frame) }
    }

    /// Whether the header's bytes may be shown: where nothing tells that it is a header, they may be somebody's payload.
    func allowsHeader(_ style: Style) -> Bool {
        if style.revealsSensitive { return true }
        return switch examination.place {
        case .header(let header): header.beginsAsSegment
        case .frame(let frame): frame.beginsAsFrame || frame.bytes.prefix(80).allSatisfy { $0 == 0 }
        case .unwritten: true
        }
    }

    /// Whether the body's bytes may be shown: not if some record's are sensitive, or if nobody can tell.
    func allowsBody(_ style: Style) -> Bool {
        if style.revealsSensitive { return true }
        guard let frame, frame.frame != nil || frame.restored != nil else { return false }
        // The list of removals has no payload of anybody's.
        return examination.file == .removals || entries.allSatisfy { $0.content.allowsBytes(style) }
    }

    /// The bytes of the header.
    var headerBytes: ArraySlice<UInt8> {
        switch examination.place {
        // What follows the fields is zero up to the checksum.
        case .header(let header): header.bytes.prefix(FormatField.endOfFields(ofBlock: header.bytes))
        case .frame(let frame): frame.bytes.prefix(80)
        case .unwritten: []
        }
    }

    /// The first bytes of the body.
    var bodyBytes: ArraySlice<UInt8> { frame?.bytes.dropFirst(80).prefix(Self.bodyBytes) ?? [] }
}

// MARK: Text

extension ExplainReport {
    func lines(_ style: Style) -> [String] {
        var lines = ["\(style.paint(file, .bold)), offset \(number(examination.offset)) (0x\(hexDigits))"]
        func add(_ name: String, _ text: String?) {
            guard let text else { return }
            lines.append("  \(style.paint(name.padded(to: 10), .dim))  \(text)")
        }
        add("place", placeWords)
        add("damage", damageWords)
        add("rule", rule.map { "\($0.rawValue) of the opening rule, \($0.verdict): \($0.explanation)" })
        add("flipped", flippedWords)
        lines += byteLines(style) + fieldLines(style) + checkLines(style) + contentLines(style) + recordLines(style)
        return lines
    }

    private func number(_ offset: Int) -> String { grouped(UInt64(clamping: offset)) }

    private var hexDigits: String { String(examination.offset, radix: 16) }

    private var placeWords: String {
        switch examination.place {
        case .header: return "\(examination.file.owner) header block" + fieldWords
        case .frame(let frame):
            let kind = (frame.frame ?? frame.restored).map { "the \($0.kind.words) frame" } ?? "where a frame begins"
            let reach = frame.end.map { "\(number(frame.offset)) to \(number($0))" } ?? number(frame.offset)
            return "\(kind) at \(reach)" + fieldWords
        case .unwritten(let start, let bit):
            return "behind all frames: never written from \(number(start)) on" + (bit == nil ? "" : ", but for one bit")
        }
    }

    private var fieldWords: String {
        if let field { return ", in its \(field.name)" }
        guard let frame else { return "" }
        let place = examination.offset - frame.offset - 80
        return place < 0 ? "" : ", byte \(number(place)) of its body"
    }

    private var damageWords: String? {
        if case .header(let header) = examination.place { return header.defect }
        if let bit = examination.headerBit {
            return
                "one bit of \(examination.file.owner) header block is flipped, at \(number(bit.offset)); it was turned back to read on"
        }
        return examination.damageStart.map { "the valid frames end at \(number($0))" }
    }

    private var flippedWords: String? {
        guard isDamaged else { return nil }
        guard let bit = flippedBit else {
            if case .frame(let frame) = examination.place, frame.frame == nil { return "no single bit explains this" }
            return nil
        }
        let change = "is \(hexByte(bit.found)), was \(hexByte(bit.expected))"
        return "one bit explains it: bit \(bit.bit) of the byte at \(number(bit.offset)), which \(change)"
    }

    private func hexByte(_ byte: UInt8) -> String { "0x" + hexadecimal([byte]) }

    private func byteLines(_ style: Style) -> [String] {
        var lines: [String] = []
        func dump(_ title: String, _ bytes: ArraySlice<UInt8>, at start: Int, _ isAllowed: Bool) {
            guard !bytes.isEmpty else { return }
            lines += ["", "  \(style.paint(title, .dim))"]
            guard isAllowed else {
                lines.append("    \(counted(bytes.count, "byte")), perhaps sensitive: --reveal shows them")
                return
            }
            for (row, part) in stride(from: 0, to: bytes.count, by: 16).map({ ($0, bytes.dropFirst($0).prefix(16)) }) {
                let place = style.paint(padded(Int64(start + row), to: 8), .dim)
                lines.append("    \(place)  \(part.map { hexadecimal([$0]) }.joined(separator: " "))")
            }
        }
        dump("header", headerBytes, at: fieldsStart, allowsHeader(style))
        dump("body, as stored", bodyBytes, at: fieldsStart + 80, allowsBody(style))
        return lines
    }

    private func fieldLines(_ style: Style) -> [String] {
        guard allowsHeader(style), !fields.isEmpty else { return [] }
        var table = Table(columns: [
            Table.Column(title: "OFFSET", isRightAligned: true), Table.Column(title: "FIELD"),
            Table.Column(title: "VALUE", smallestWidth: 10), Table.Column(title: "MEANING", smallestWidth: 26),
        ])
        for field in fields {
            table.rows.append([
                Table.Cell(String(fieldsStart + field.offset)), Table.Cell(field.name), Table.Cell(field.value),
                Table.Cell(field.meaning),
            ])
        }
        var indented = style
        indented.width = style.width.map { $0 - 2 }
        return [""] + table.lines(indented).map { "  " + $0 }
    }

    private func checkLines(_ style: Style) -> [String] {
        guard let frame else { return [] }
        return ["", "  \(style.paint("checks", .dim))"]
            + frame.checks.map { check in
                let (word, colour, rest): (String, Colour, String) =
                    switch check.outcome {
                    case .passed: ("passed", .green, "")
                    case .failed(let expected, let found): ("failed", .red, ": expected \(expected), found \(found)")
                    case .notReached: ("not reached", .dim, "")
                    }
                return "    \(check.number)  \(style.paint(word.padded(to: 11), colour))  \(check.subject)\(rest)"
            }
    }

    private func recordLines(_ style: Style) -> [String] {
        guard !entries.isEmpty else { return [] }
        let title = frame?.frame == nil ? "records, with the bit turned back" : "records"
        let isNarrow = style.layoutWidth < 100
        let types = entries.reduce(0) { max($0, $1.typeName(in: examination.file).count) }
        return ["", "  \(style.paint(title, .dim))"]
            + entries.map { entry in
                let time = isNarrow ? String(entry.time.dateAndTime.dropFirst(5)) : entry.time.dateAndMilliseconds
                let line =
                    "    \(String(entry.record.sequence).aligned(to: 7))  \(time)  "
                    + "\(entry.shortKey.padded(to: isNarrow ? 12 : 16))  "
                    + "\(entry.typeName(in: examination.file).padded(to: types))  "
                    + "kind \(entry.record.kind.rawValue), \(counted(entry.record.payload.count, "byte"))"
                return line.shortened(to: style.width ?? .max)
            }
    }
}
