internal import SayiirLog

/// What stands at one offset of a segment's file, a snapshot or the list of removals.
package struct ExplainInspection: Inspection {
    package var offset: Int
    /// The segment's number; `nil` for the one that `verify` speaks of.
    package var segment: UInt32?
    /// The file's name, in place of a segment's number.
    package var fileName: String?

    package init(offset: Int) { self.offset = offset }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let assessment = try log.verify()
        let name = try chooseFile(of: log, assessment)
        guard let directory = try log.reader.place(of: name) else {
            throw InspectionError("there is no file '\(name)' in '\(log.directory)'.")
        }
        let file = "\(directory)/\(name)"
        guard let examination = try log.reader.examine(name, at: offset) else {
            throw InspectionError(
                "the header block of \(file) is damaged by more than one bit, so that nothing tells frames from anything else "
                    + "there. 'explain' with the offset 0 shows the block.", status: .corrupt)
        }
        guard offset < examination.fileSize else {
            throw InspectionError(
                "offset \(offset) lies behind the end of \(file), which has \(counted(examination.fileSize, "byte")).")
        }
        let report = ExplainReport(directory: directory, examination: examination, assessment: assessment)
        if console.style.isJSON {
            try console.output.line(report.json(console.style))
        } else {
            for line in report.lines(console.style) { try console.output.line(line) }
        }
        return report.status
    }

    private func chooseFile(of log: LogSource, _ assessment: Assessment) throws -> ExaminedFile {
        guard let fileName else { return .segment(try chooseSegment(of: log, assessment)) }
        guard let file = ExaminedFile(fileName: fileName) else {
            throw InspectionError(
                "'\(safe(fileName))' is no file that can be explained. Give the name of a segment, a snapshot, or REMOVED, without "
                    + "its directory.")
        }
        return file
    }

    private func chooseSegment(of log: LogSource, _ assessment: Assessment) throws -> SegmentName {
        let names = try log.reader.segments().map(\.name)
        guard let wanted = segment ?? assessment.segment?.number ?? names.last?.number else {
            throw InspectionError("'\(log.directory)' has no segment yet.")
        }
        guard let name = names.first(where: { $0.number == wanted }) else {
            throw InspectionError(
                "there is no segment \(wanted) in '\(log.directory)'. Its segments are "
                    + "\(names.first?.number ?? 0) to \(names.last?.number ?? 0).")
        }
        return name
    }
}

/// Reads an offset: decimal digits, or hexadecimal ones behind `0x`.
package func parseOffset(_ text: String) -> Int? {
    let number = text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
    // `Int` takes signs, which an offset has not.
    guard let number, number >= 0, text.first != "+", !text.hasPrefix("0x+") else { return nil }
    return number
}
