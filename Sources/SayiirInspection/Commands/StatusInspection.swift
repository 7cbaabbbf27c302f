internal import SayiirEvents
internal import SayiirLog

/// The log at a glance: extent, end, writer, and how many instances are in which status. Reads the log once.
package struct StatusInspection: Inspection {
    package init() {}

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        var tree = log.reader.treeFold(recomputing: false)
        let (census, assessment) = try log.readCensus(problems, frames: { tree.take($0) })
        let overview = LogOverview(
            directory: log.directory, assessment: assessment,
            treeHead: tree.finish(lastSequence: assessment.lastSequence),
            surroundings: try Surroundings(of: log, snapshots: try log.reader.snapshots()),
            writer: try log.reader.writer(),
            times: census.times, counts: census.counts, unreadableCount: problems.unreadableCount)
        if console.style.isJSON {
            try console.output.line(overview.json)
        } else {
            for line in overview.lines(console.style) { try console.output.line(line) }
        }
        return try problems.conclude()
    }
}
