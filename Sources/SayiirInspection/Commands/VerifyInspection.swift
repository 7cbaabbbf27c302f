internal import SayiirLog

/// The whole log checked: every frame, the chain, every event. Keeps nothing of what it has read.
package struct VerifyInspection: Inspection {
    package init() {}

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        let assessment = try log.readEvents(problems) { _ in }
        let report = VerifyReport(
            directory: log.directory, assessment: assessment, unreadableCount: problems.unreadableCount)
        if console.style.isJSON {
            try console.output.line(report.json)
        } else {
            for line in report.lines(console.style) { try console.output.line(line) }
        }
        return report.status
    }
}
