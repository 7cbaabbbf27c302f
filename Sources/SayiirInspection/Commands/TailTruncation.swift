internal import SayiirLog

/// Gives up the end of a log of which nothing tells whether it was acknowledged, or a torn one.
package struct TailTruncation: Repair {
    /// Whether it is to be done; otherwise it is only said what would be.
    package var isConfirmed: Bool

    package init(isConfirmed: Bool) { self.isConfirmed = isConfirmed }

    package func run(on log: LogSource, _ console: Console) async throws -> ExitStatus {
        // Without this look a missing or empty directory would become a new log.
        var report = TruncationReport(directory: log.directory, assessment: try log.verify())
        if isConfirmed && report.isTruncatable {
            let recovery = try await truncate(log)
            report.assessment = recovery.assessment
            report.quarantineFile = recovery.quarantineFile
        }
        if console.style.isJSON {
            try console.output.line(report.json)
        } else {
            for line in report.lines(console.style) { try console.output.line(line) }
        }
        return report.status
    }

    /// Opening decides under the lock, by itself: what has become corrupt or clean meanwhile is not truncated.
    private func truncate(_ log: LogSource) async throws -> RecoveryReport {
        var options = LogOptions()
        options.truncatesAmbiguousTail = true
        options.holder = "sayiir-inspect, \(options.holder)"
        let writer = try await LogWriter.open(
            directory: log.directory, options: options, fileSystem: log.fileSystem)
        try await writer.close()
        return writer.recovery
    }
}
