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
        let snapshots = try log.reader.snapshots()
        var fit = try log.reader.fit(of: snapshots)
        let assessment = try log.readEvents(problems, frames: { fit.take($0) }) { _ in }
        return VerifyReport(
            directory: log.directory, assessment: assessment, unreadableCount: problems.unreadableCount,
            surroundings: try surroundings(of: log, snapshots, fit, assessment))
    }

    /// The list is part of the report, so that nothing is said twice.
    private func deepReport(on log: LogSource) throws -> VerifyReport {
        var findings = DecodingFindings()
        let snapshots = try log.reader.snapshots()
        var fit = try log.reader.fit(of: snapshots)
        let assessment = try log.verify { frame in
            fit.take(frame)
            frame.forEachRecord { findings.add(LogEntry($0, in: frame)) }
        }
        return VerifyReport(
            directory: log.directory, assessment: assessment, unreadableCount: UInt64(findings.undecodable.count),
            surroundings: try surroundings(of: log, snapshots, fit, assessment), findings: findings)
    }

    private func surroundings(
        of log: LogSource, _ snapshots: [LogSnapshot], _ fit: SnapshotFit, _ assessment: Assessment
    ) throws -> Surroundings {
        var surroundings = try Surroundings(of: log, snapshots: snapshots, checksArchives: true)
        for snapshot in snapshots {
            surroundings.contradictions[snapshot.file] = fit.contradiction(of: snapshot, in: assessment)
        }
        return surroundings
    }
}
