internal import SayiirEvents
internal import SayiirLog

/// The log at a glance: extent, end, writer, rates, the last recovery, how many instances are in which status, and what the live ones
/// wait for. Reads the log once; of the instances, the states of live ones are in memory, without their payloads.
package struct StatusInspection: Inspection {
    /// Of a store in PostgreSQL: if live instances have more events, these are not read for what they wait for.
    var mostEvents: UInt64 = 200_000

    package init() {}

    package var readsStores: Bool { true }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        if let store = log.store { return try show(log, store, problems, console) }
        var tree = log.reader.treeFold(recomputing: false)
        var served = ServedWorkflows()
        var clock = ClockSteps()
        let (census, assessment) = try log.readCensus(
            problems,
            frames: {
                tree.take($0)
                clock.take($0)
                served.take($0)
            })
        let overview = LogOverview(
            directory: log.directory, movedTo: try log.destination(), assessment: assessment,
            treeHead: tree.finish(lastSequence: assessment.lastSequence),
            surroundings: try Surroundings(of: log, snapshots: try log.reader.snapshots()),
            writer: try writer(of: log),
            times: census.times, clock: clock, rates: census.rates, counts: census.counts,
            live: census.live(served: served), quarantined: try log.reader.quarantinedFiles(),
            unreadableCount: problems.unreadableCount)
        if console.style.isJSON {
            try console.output.line(overview.json)
        } else {
            for line in try log.moveLines(console.style) { try console.output.line(line) }
            for line in overview.lines(console.style) { try console.output.line(line) }
        }
        return try problems.conclude()
    }

    /// The process that has the log open. The lock may be readable to its owner only, which keeps nobody from all else.
    private func writer(of log: LogSource) throws -> String? {
        do {
            return try log.reader.writer()
        } catch LogError.fileSystem(let error) where error.isRefusedAccess {
            return "not known, as \(error.path) may not be read"
        }
    }
}
