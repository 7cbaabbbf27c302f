internal import SayiirCatalogue
internal import SayiirEvents
package import SayiirProjection

/// The instances of a log, one a line. Asks the catalogue if there is one, and reads the log once if there is none.
package struct ListInspection: Inspection {
    /// Which instances, in which order.
    package var query = InstanceQuery()
    /// Whether the list is shown again and again, until the program is interrupted.
    package var watches = false
    /// Waits between two looks at the log. Returns false to end.
    var pause: () -> Bool = { SystemClock.sleep(milliseconds: 1000) }

    package init() {}

    package var readsBundles: Bool { true }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        guard watches else { return try show(log, console) }
        guard console.isTerminal, !console.style.isJSON else {
            throw InspectionError("--watch draws on a terminal, and nowhere else.")
        }
        repeat { _ = try show(log, console) } while pause()
        return .clean
    }

    private func show(_ log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        let chosen = try find(in: log, problems, console)
        if watches { console.output.clearScreen() }
        if console.style.isJSON {
            for instance in chosen { try console.output.line(instance.json) }
        } else {
            for line in InstanceTable(chosen).lines(console.style) { try console.output.line(line) }
        }
        try console.output.flush()
        return try problems.conclude()
    }

    private func find(in log: LogSource, _ problems: Problems, _ console: Console) throws -> [InstanceOverview] {
        if let chosen = try log.storedInstances(query) { return chosen }
        if log.bundle == nil, let catalogue = log.existingCatalogue {
            do {
                try log.update(catalogue)
                let answer = try catalogue.instances(query)
                problems.count(answer.unreadableCount)
                return answer.value
            } catch let error as CatalogueError {
                try console.complain("\(error) The log was read instead.")
            }
        }
        // Ids are known before decoding; the rest is only once everything was read.
        let (census, _) = try log.readCensus(problems, ofKeys: { query.idPart.map($0.contains) ?? true })
        return query.choose(from: census.summaries)
    }
}
