package import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// One page of HTML about an instance, or about all.
package struct ReportInspection: Inspection {
    /// The instance; `nil` for all.
    package var instance: String?
    package var destination: Destination
    /// When the page is made, to be said on it; `nil` for nothing.
    package var madeAt: Timestamp?

    /// More events are not listed.
    private static let longestHistory = 2000

    package init(of instance: String?, to destination: Destination) {
        self.instance = instance
        self.destination = destination
    }

    package var readsBundles: Bool { true }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        let instance = instance ?? log.bundle?.key
        let bytes = try destination.write(on: log, console) { output in
            let page =
                try instance.map { try story(of: $0, in: log, problems, console.style) } ?? fleet(of: log, problems)
            try output.text(page)
        }
        if let bytes, let path = destination.path {
            if console.style.isJSON {
                var writer = JSONWriter()
                writer.beginObject()
                writer.member("file", path)
                writer.member("bytes", bytes)
                writer.endObject()
                try console.output.line(writer.text)
            } else {
                try console.output.line("Report, \(byteWords(bytes)), in \(safe(path))")
            }
        }
        return try problems.conclude()
    }

    private func story(
        of instance: String, in log: LogSource, _ problems: Problems, _ style: Style
    ) throws -> String {
        var builder: StoryBuilder?
        var (events, count): ([RecordedEvent], UInt64) = ([], 0)
        var definitions: GraphExport.Definitions = [:]
        var first: UInt64?
        let assessment = try log.verify(only: [instance]) { frame in
            try frame.forEachRecord { record in
                if record.sequence > 0 { first = first ?? record.sequence }
                definitions.add(record)
                guard record.kind != .definition, record.key.isExactly(instance) else { return }
                let entry = LogEntry(record, in: frame)
                if case .unreadable = entry.content { try problems.note(entry, in: log.directory) }
                guard let event = entry.recordedEvent else { return }
                if builder == nil { builder = StoryBuilder(event.event) }
                builder?.add(event.event)
                count += 1
                if events.count < Self.longestHistory { events.append(event) }
            }
        }
        problems.assessment = assessment
        guard var story = builder?.story else { throw try log.unknownInstance(instance) }
        story.find(in: definitions)
        return InstanceReport(
            story: story, events: events, eventCount: count,
            definition: story.state.definition.flatMap { definitions[$0.description] }.flatMap { Definition($0) },
            log: LogFacts(
                directory: log.directory, assessment: assessment, firstSequence: first,
                treeHead: try treeHead(of: log, assessment), madeAt: madeAt, bundle: log.bundle,
                isStore: log.store != nil),
            style: style
        ).text
    }

    private func fleet(of log: LogSource, _ problems: Problems) throws -> String {
        if let store = log.store { return try fleet(of: store) }
        let (census, assessment) = try log.readCensus(problems)
        return FleetReport(
            instances: census.summaries.filter { $0.status != .deleted }, times: census.times,
            log: LogFacts(
                directory: log.directory, assessment: assessment,
                firstSequence: try log.reader.segments().first?.name.firstSequence,
                treeHead: try treeHead(of: log, assessment), madeAt: madeAt)
        ).text
    }

    /// The head of the tree over the records that were read: what a bundle or a proof is checked against.
    private func treeHead(of log: LogSource, _ assessment: Assessment) throws -> TreeHead? {
        guard log.store == nil, log.bundle == nil, assessment.lastSequence > 0 else { return nil }
        return try? log.reader.treeHead(at: assessment.lastSequence)
    }
}
