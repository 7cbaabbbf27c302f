internal import SayiirLog

/// What a retention policy would take away from a log, and what holds it back. Takes nothing.
package struct RetentionInspection: Inspection {
    /// Segments whose records are all older than this would go.
    package var maximumAge: Duration?
    /// The oldest segments would go while the log is larger than this, in bytes.
    package var maximumBytes: Int64?
    /// The time by which age is measured, in nanoseconds since 1970.
    var now: () -> Int64 = LogOptions().now

    package init() {}

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        // Of anything but a log this says what it is.
        _ = try log.reader.writer()
        let retention = Retention(maximumAge: maximumAge, maximumBytes: maximumBytes)
        let snapshots = try log.reader.snapshots()
        let report = RetentionText(
            directory: log.directory, retention: retention,
            plan: try log.reader.retentionPlan(for: retention, now: now()),
            surroundings: try Surroundings(of: log, snapshots: snapshots))
        if console.style.isJSON {
            try console.output.line(report.json)
        } else {
            for line in report.lines(console.style) { try console.output.line(line) }
        }
        return .clean
    }
}
