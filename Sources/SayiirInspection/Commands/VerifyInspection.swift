internal import SayiirLog

/// The whole log checked: every frame, the chain, every event. Keeps nothing of what it has read.
package struct VerifyInspection: Inspection {
    /// Whether each record that cannot be decoded is listed, and what only newer versions know is counted.
    package var isDeep = false

    package init() {}

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let report = try isDeep ? deepReport(on: log) : plainReport(on: log, console)
        if console.style.isJSON {
            try console.output.line(report.json)
        } else {
            for line in report.lines(console.style) { try console.output.line(line) }
        }
        return report.status
    }

    private func plainReport(on log: LogSource, _ console: Console) throws -> VerifyReport {
        let problems = Problems(console)
        let assessment = try log.readEvents(problems) { _ in }
        return VerifyReport(
            directory: log.directory, assessment: assessment, unreadableCount: problems.unreadableCount)
    }

    /// The list is part of the report, so that nothing is said twice.
    private func deepReport(on log: LogSource) throws -> VerifyReport {
        var findings = DecodingFindings()
        let assessment = try log.reader.verify { frame in
            frame.forEachRecord { findings.add(LogEntry($0, in: frame)) }
        }
        return VerifyReport(
            directory: log.directory, assessment: assessment, unreadableCount: UInt64(findings.undecodable.count),
            findings: findings)
    }
}
