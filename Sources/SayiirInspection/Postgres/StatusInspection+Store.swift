internal import SayiirEvents
internal import SayiirPostgres
internal import SayiirProjection

extension StatusInspection {
    /// A store at a glance, from its tables. Events are read of live instances only, and only if these are few.
    func show(
        _ log: LogSource, _ store: PostgresStoreReader, _ problems: Problems, _ console: Console
    ) throws -> ExitStatus {
        let overview = try store.atOneMoment {
            let figures = try store.figures()
            let isSmall = figures.liveEventCount <= mostEvents
            return StoreOverview(
                name: store.name, version: store.version, figures: figures,
                live: isSmall
                    ? try liveInstances(of: log, store, problems)
                    : LiveInstances(count: figures.liveCount, oldest: try store.oldestLiveInstance()),
                knowsWaits: isSmall)
        }
        if console.style.isJSON {
            try console.output.line(overview.json)
        } else {
            for line in overview.lines(console.style) { try console.output.line(line) }
        }
        return try problems.conclude()
    }

    private func liveInstances(
        of log: LogSource, _ store: PostgresStoreReader, _ problems: Problems
    ) throws -> LiveInstances {
        var states: [InstanceID: InstanceState] = [:]
        var served = ServedWorkflows()
        _ = try log.readEvents(problems, only: try store.liveInstanceIDs(), frames: { served.take($0) }) { recorded in
            let id = recorded.event.instance
            states[id, default: InstanceState(id)].apply(recorded.event.withoutPayloads)
        }
        return LiveInstances(states.values, served: served)
    }
}
