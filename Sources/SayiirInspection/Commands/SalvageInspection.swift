internal import SayiirLog

/// Copies everything of a damaged log that is provably as it was written into a new one, and tells what is missing.
package struct SalvageInspection: Inspection {
    /// The new log's directory, missing or empty.
    package var destination: String
    /// The damaged log's id as `status` shows it, in case that none of its files tells it any more.
    package var logID: String?
    /// Whether it is listed which sequences the records have in the new log.
    package var listsMapping = false
    /// Whether the instances are listed of which it is not known whether they lost something.
    package var listsPossible = false
    /// How the new log is written.
    var options = LogOptions()

    package init(to destination: String) { self.destination = destination }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        _ = try target(on: log)
        if let writer = try log.reader.writer() {
            throw InspectionError(
                "'\(log.directory)' is being written by \(safe(writer)). Stop that process first: what it adds meanwhile would be "
                    + "missing.")
        }
        let id = try parseLogID()
        var copy: SalvageCopy?
        var losses = InstanceLosses()
        let found: SalvageReport
        let extent = log.extent
        do {
            found = try LogSalvage(log.reader, log: id).run { frame in
                log.advance(to: frame, of: extent)
                // Only once the log has turned out to be one.
                if copy == nil { copy = try makeCopy(on: log) }
                try copy?.append(frame)
                frame.forEachRecord { losses.add(LogEntry($0, in: frame)) }
            }
        } catch LogError.refused {
            throw InspectionError(
                "no file of '\(log.directory)' has a header block that tells the log's id, without which nothing can be proven. Give "
                    + "the id that 'status' once showed with --log-id.", status: .corrupt)
        }
        log.meter?.clear()
        var finished = try copy ?? makeCopy(on: log)
        let result = try finished.finish()
        guard result.verdict == .clean, result.recordCount == found.recordCount else {
            throw InspectionError(
                "the new log in '\(safe(destination))' does not read back as it was written (\(result.file), offset \(result.offset)). "
                    + "Check the disk, and use another one.", status: .corrupt)
        }
        let report = SalvageText(
            directory: log.directory, destination: destination, found: found, result: result,
            losses: losses.findings(found), listsMapping: listsMapping, listsPossible: listsPossible)
        if console.style.isJSON {
            try console.output.line(report.json)
        } else {
            for line in report.lines(console.style) { try console.output.line(line) }
        }
        return report.status
    }

    private func parseLogID() throws -> LogID? {
        guard let logID else { return nil }
        guard let id = LogID(logID) else {
            throw InspectionError(
                "'\(safe(logID))' is no log's id: give the 32 hexadecimal digits that 'status' showed.")
        }
        return id
    }

    private func makeCopy(on log: LogSource) throws -> SalvageCopy {
        var options = options
        options.holder = "sayiir-inspect, \(options.holder)"
        // Checked once more: reading may have taken long.
        let target = try target(on: log)
        do {
            return try SalvageCopy(to: target, options: options, fileSystem: log.fileSystem)
        } catch LogError.notALog {
            throw InspectionError("'\(safe(destination))' is not empty. Give a directory that is missing or empty.")
        }
    }

    /// The new log's directory, once it is certain that it may be written.
    private func target(on log: LogSource) throws -> String {
        try WriteTarget(protecting: log.readPaths, fileSystem: log.fileSystem).approve(destination, for: .newLog)
    }
}
