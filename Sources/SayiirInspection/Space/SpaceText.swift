internal import SayiirEvents
internal import SayiirLog

extension SpaceUse {
    func lines(_ style: Style) -> [String] {
        var lines = ["\(safe(directory)) takes \(byteWords(totalBytes)).", ""]
        lines += fileTable.lines(style)
        lines += [""] + compressionWords.flatMap { wrapped($0, to: style.width, first: "", indent: "  ") }
        guard records.records > 0 else { return lines }
        lines += [""] + table("TYPE", sortedTypes.map { (safe($0.type), $0.tally) }).lines(style)
        if !largest.isEmpty {
            let title = "LARGEST OF \(counted(instanceCount, "INSTANCE", plural: "INSTANCES"))"
            lines += [""] + table(title, largest.map { (safe($0.instance), $0.tally) }).lines(style)
        }
        lines += ["", "The command 'retention' tells what a policy would free."]
        return lines
    }

    private var fileTable: Table {
        var table = Table(columns: [
            Table.Column(title: "FILES"), Table.Column(title: "COUNT", isRightAligned: true),
            Table.Column(title: "BYTES", isRightAligned: true),
            Table.Column(title: "", dropRank: 1, smallestWidth: 12),
        ])
        for (kind, tally) in kinds {
            table.rows.append(
                [kind.words, grouped(tally.records), byteWords(tally.bytes), note(on: kind)].map { Table.Cell($0) })
        }
        return table
    }

    private func note(on kind: LogFile.Kind) -> String {
        switch kind {
        case .journal where unwrittenBytes > 0: "\(byteWords(unwrittenBytes)) of it not written yet"
        case .sealed where indexBytes > 0: "\(byteWords(indexBytes)) of it indexes"
        case .archived: "not in the sum"
        case .foreign: "not the log's, and not in the sum"
        default: ""
        }
    }

    private var compressionWords: [String] {
        guard records.records > 0 else { return ["No records."] }
        let count = counted(records.records, "record")
        return [
            "\(count) of \(byteWords(records.bytes)) take \(byteWords(frameBytes)) in frames: "
                + "\(percent(frameBytes, of: records.bytes)) of what they hold."
        ]
    }

    private func table(_ title: String, _ rows: [(name: String, tally: Tally)]) -> Table {
        var table = Table(columns: [
            Table.Column(title: title, smallestWidth: 12), Table.Column(title: "RECORDS", isRightAligned: true),
            Table.Column(title: "BYTES", isRightAligned: true),
            Table.Column(title: "SHARE", isRightAligned: true, dropRank: 1),
        ])
        for (name, tally) in rows {
            let share = percent(tally.bytes, of: records.bytes)
            table.rows.append(
                [name, grouped(tally.records), byteWords(tally.bytes), share].map { Table.Cell($0) })
        }
        return table
    }

    /// One object, with the members that docs/INSPECT.md lists.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("directory", directory)
        writer.member("total_bytes", totalBytes)
        writer.objects("files", kinds) { writer, kind in
            writer.member("kind", kind.kind.rawValue)
            writer.member("files", kind.tally.records)
            writer.member("bytes", kind.tally.bytes)
        }
        writer.member("unwritten_bytes", unwrittenBytes)
        writer.member("index_bytes", indexBytes)
        writer.member("records", records.records)
        writer.member("record_bytes", records.bytes)
        writer.member("frame_bytes", frameBytes)
        writer.objects("types", sortedTypes) { writer, type in
            writer.member("type", type.type)
            writer.tally(type.tally)
        }
        writer.member("instances", instanceCount)
        writer.objects("largest", largest) { writer, instance in
            writer.member("instance", instance.instance)
            writer.tally(instance.tally)
        }
        writer.endObject()
        return writer.text
    }
}

extension JSONWriter {
    fileprivate mutating func tally(_ tally: Tally) {
        member("records", tally.records)
        member("bytes", tally.bytes)
    }
}

extension LogFile.Kind {
    fileprivate var words: String {
        switch self {
        case .journal: "unsealed segments"
        case .sealed: "sealed segments"
        case .prepared: "prepared"
        case .snapshot: "snapshots"
        case .other: "lock, removals"
        case .quarantined: "quarantine"
        case .archived: "archives"
        case .foreign: "others"
        }
    }
}

/// A part of a whole in percent, with one decimal: `12.3%`.
func percent(_ part: UInt64, of whole: UInt64) -> String {
    guard whole > 0 else { return "0.0%" }
    // Of numbers this large the last digits do not matter, and their thousandfold must not overflow.
    let thousandths = part > .max / 1000 ? part / max(1, whole / 1000) : part * 1000 / whole
    return "\(grouped(thousandths / 10)).\(thousandths % 10)%"
}
