internal import SayiirEvents
internal import SayiirLog

extension ExplainReport {
    /// What a frame of a sealed segment says besides its records. Nothing of it is a payload.
    var contentFields: [FormatField] { (frame?.frame ?? frame?.restored)?.contentFields ?? [] }

    /// So many lines of it are shown.
    private static let contentLineCount = 20

    func contentLines(_ style: Style) -> [String] {
        let fields = contentFields
        guard !fields.isEmpty else { return [] }
        let shown = fields.prefix(Self.contentLineCount).map { field in
            "    \(String(field.offset).aligned(to: 7))  \(field.name.padded(to: 20))  \(field.meaning)"
        }
        let rest = fields.count - shown.count
        return ["", "  \(style.paint("content, by its place in the body", .dim))"] + shown
            + (rest > 0 ? ["    and \(grouped(UInt64(rest))) more; --json has all"] : [])
    }
}

extension LogEntry {
    /// The record's type, also in files that hold no records of the log.
    func typeName(in file: ExaminedFile) -> String {
        switch file {
        case .segment: typeName
        case .snapshot: "snapshot_entry"
        case .removals: "removed_segment"
        }
    }
}
