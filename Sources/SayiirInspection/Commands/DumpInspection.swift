internal import SayiirEvents
internal import SayiirLog

/// All records, frame by frame, with where they stand.
package struct DumpInspection: Inspection {
    package var filter: EventFilter
    /// Whether the payloads' bytes are shown, too.
    package var showsBytes = false

    package init(_ filter: EventFilter) { self.filter = filter }

    /// The last wanted record was read: what follows need not be.
    private struct Done: Error {}

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        var segment: SegmentName?
        do {
            problems.assessment = try log.verify { frame in
                guard frame.firstSequence <= filter.sequences.upperBound else { throw Done() }
                if segment != frame.segment && !console.style.isJSON {
                    if segment != nil { try console.output.line() }
                    try console.output.line(console.style.paint("segment \(frame.segment)", .bold))
                    segment = frame.segment
                }
                try dump(frame, problems, console)
            }
        } catch is Done {}
        return try problems.conclude()
    }

    private func dump(_ frame: Frame, _ problems: Problems, _ console: Console) throws {
        var isHeadShown = console.style.isJSON
        if showsAll && !isHeadShown {
            try console.output.line(frame.headline(console.style))
            isHeadShown = true
        }
        guard filter.mayAccept(from: frame.firstSequence, count: frame.recordCount) else { return }
        let line = EventLine(style: console.style, indent: 2)
        try frame.forEachRecord { record in
            let entry = LogEntry(record, in: frame)
            guard filter.accepts(entry) else { return }
            if case .unreadable = entry.content { problems.count() }
            if !isHeadShown {
                try console.output.line(frame.headline(console.style))
                isHeadShown = true
            }
            try console.output.line(
                console.style.isJSON ? json(of: entry, console.style) : line.text(of: entry))
            if showsBytes && !console.style.isJSON { try dumpBytes(of: entry, console) }
        }
    }

    /// Frames without records are shown where nothing is filtered.
    private var showsAll: Bool {
        filter.instance == nil && filter.types.isEmpty && filter.sequences == 0...UInt64.max
    }

    private func dumpBytes(of entry: LogEntry, _ console: Console) throws {
        guard entry.content.allowsBytes(console.style) else {
            let count = counted(entry.record.payload.count, "byte")
            return try console.output.line("            \(count), perhaps sensitive: --reveal shows them")
        }
        let bytes = Array(entry.record.payload)
        // With its place, a row of 32 takes 84 columns.
        let length = (console.style.width ?? .max) < 84 ? 16 : 32
        for start in stride(from: 0, to: bytes.count, by: length) {
            let row = bytes[start..<min(start + length, bytes.count)]
            let place = console.style.paint(padded(Int64(start), to: 6), .dim)
            try console.output.line("            \(place)  \(hexadecimal(row))")
        }
    }

    private func json(of entry: LogEntry, _ style: Style) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("segment", entry.segment.description)
        writer.member("offset", entry.offset)
        writer.name("record")
        writer.raw(entry.json(style))
        if showsBytes && entry.content.allowsBytes(style) {
            writer.member("bytes", hexadecimal(entry.record.payload))
        }
        writer.endObject()
        return writer.text
    }
}

extension Frame {
    /// The frame itself in a line.
    fileprivate func headline(_ style: Style) -> String {
        let words =
            switch kind {
            case .records, .block:
                (kind == .block ? "\(counted(commitCount, "commit")), " : "")
                    + "\(counted(recordCount, "record")) in \(counted(storedLength, "byte"))"
                    + (codec == .lz4 ? " (LZ4, of \(grouped(UInt64(body.count))))" : "")
            case .promise: "promise"
            case .seal: "seal"
            case .blockTable, .filter, .bucket, .directory, .nodes: "index"
            }
        guard kind != .block else { return style.paint("  block at \(offset): \(words)", .dim) }
        return style.paint("  frame at \(offset): \(words), durable before it to \(durableThrough)", .dim)
    }
}
