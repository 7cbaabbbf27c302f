internal import SayiirEvents
internal import SayiirLog

/// What happened to one instance.
package struct ShowInspection: Inspection {
    package var instance: String
    /// Whether the plain events are listed instead of the story.
    package var listsEvents = false
    /// Until when; `nil` for all.
    package var moment: Moment?

    package init(_ instance: String) { self.instance = instance }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        let (entries, assessment) = try read(log, problems)
        guard !entries.isEmpty else { throw try log.unknownInstance(instance) }
        let chosen = entries.filter { entry in moment.map { $0.includes(entry) } ?? true }
        guard !chosen.isEmpty else { throw notYet(entries[0]) }
        problems.assessment = assessment
        if listsEvents {
            let line = EventLine(style: console.style, showsInstance: false)
            for entry in chosen {
                try console.output.line(console.style.isJSON ? entry.json(console.style) : line.text(of: entry))
            }
        } else {
            let events = chosen.compactMap(\.recordedEvent)
            guard let story = StoryBuilder.story(of: events) else { return try problems.conclude() }
            if console.style.isJSON {
                try console.output.line(story.json(console.style))
            } else {
                let text = StoryText(
                    story: story, style: console.style, hasWriter: try moment != nil || log.reader.writer() != nil)
                for line in text.lines { try console.output.line(line) }
            }
        }
        return try problems.conclude()
    }

    private func read(_ log: LogSource, _ problems: Problems) throws -> ([LogEntry], Assessment) {
        var entries: [LogEntry] = []
        let assessment = try log.reader.verify { frame in
            try frame.forEachRecord { record in
                guard record.key == instance, record.kind != .definition else { return }
                let entry = LogEntry(record, in: frame)
                if case .unreadable = entry.content {
                    if listsEvents { problems.count() } else { try problems.note(entry, in: log.directory) }
                }
                entries.append(entry)
            }
        }
        return (entries, assessment)
    }

    private func notYet(_ first: LogEntry) -> InspectionError {
        InspectionError(
            "'\(safe(instance))' had no event yet at \(moment?.words ?? ""). Its first is sequence \(first.record.sequence), of "
                + "\(first.time).")
    }
}
