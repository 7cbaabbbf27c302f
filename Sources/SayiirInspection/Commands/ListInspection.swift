internal import SayiirCatalogue
internal import SayiirEvents
internal import SayiirLog
internal import SayiirPostgres
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

    /// The instances that were asked for, and where the answer comes from.
    private struct Answer {
        var instances: [InstanceOverview]
        /// How many there would be without a limit.
        var total: Int
        /// Where the answer comes from, as the end of a sentence; `nil` for the log, the bundle or the store itself.
        var source: String?
    }

    private func show(_ log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        let answer = try find(in: log, problems, console)
        if watches { console.output.clearScreen() }
        if console.style.isJSON {
            for instance in answer.instances { try console.output.line(instance.json) }
        } else {
            for line in try log.moveLines(console.style) { try console.output.line(line) }
            for line in InstanceTable(answer.instances).lines(console.style) { try console.output.line(line) }
            for line in try footer(answer, log, console.style) { try console.output.line(line) }
        }
        try console.output.flush()
        return try problems.conclude()
    }

    /// What has to be known of the answer: that it comes from a catalogue, that it is not all, or that retention took something away.
    /// Nothing is said of a log that was read whole.
    private func footer(_ answer: Answer, _ log: LogSource, _ style: Style) throws -> [String] {
        let shown = answer.instances.count
        var words: [String] = []
        if shown < answer.total {
            words.append("\(grouped(UInt64(shown))) of \(counted(answer.total, "instance"))")
        } else if answer.source != nil {
            words.append(counted(shown, "instance"))
        }
        if let source = answer.source { words.append(source) }
        var sentences = words.isEmpty ? [] : [words.joined(separator: ", ") + "."]
        if let retention = try log.retentionWords() { sentences.append(retention) }
        return sentences.flatMap { wrapped($0, to: style.width, first: "", indent: "") }.map { style.paint($0, .dim) }
    }

    private func find(in log: LogSource, _ problems: Problems, _ console: Console) throws -> Answer {
        if let chosen = try log.storedInstances(query) {
            let isWhole = query.limit.map { chosen.count < $0 } ?? true
            return Answer(
                instances: chosen, total: isWhole ? chosen.count : try log.store?.count(query) ?? chosen.count)
        }
        if log.bundle == nil, let catalogue = log.existingCatalogue {
            do {
                try log.update(catalogue)
                let answer = try catalogue.instances(query)
                problems.count(answer.unreadableCount)
                let isWhole = query.limit.map { answer.value.count < $0 } ?? true
                let reach =
                    "from the catalogue \(safe(catalogue.path)), sequences \(grouped(answer.firstSequence)) to "
                    + "\(grouped(answer.sequence)); '--no-catalogue' reads the log"
                return Answer(
                    instances: answer.value, total: isWhole ? answer.value.count : try catalogue.count(query),
                    source: reach)
            } catch let error as CatalogueError {
                try console.complain("\(safe("\(error)")) The log was read instead.")
            }
        }
        // Ids are known before decoding; the rest is only once everything was read.
        let (census, _) = try log.readCensus(problems, ofKeys: { query.idPart.map($0.contains) ?? true })
        var all = query
        all.limit = nil
        let chosen = all.choose(from: census.summaries)
        return Answer(
            instances: query.limit.map { Array(chosen.prefix(max(0, $0))) } ?? chosen, total: chosen.count)
    }
}
