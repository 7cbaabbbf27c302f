internal import SayiirEvents
internal import SayiirLog

/// What happened to one instance.
package struct ShowInspection: Inspection {
    /// The instance; `nil` for the one that a bundle is about.
    package var instance: String?
    /// Whether the plain events are listed instead of the story.
    package var listsEvents = false
    /// Whether all values follow the story in full.
    package var showsValues = false
    /// Until when; `nil` for all.
    package var moment: Moment?

    package init(_ instance: String?) { self.instance = instance }

    package var readsBundles: Bool { true }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        let instance = try log.instance(instance)
        let (entries, definitions, _, assessment) = try log.history(
            of: instance, problems, showsUnreadable: listsEvents)
        let chosen = entries.filter { entry in moment.map { $0.includes(entry) } ?? true }
        guard !chosen.isEmpty else { throw notYet(instance, entries[0]) }
        problems.assessment = assessment
        if listsEvents {
            var line = EventLine(style: console.style, showsInstance: false)
            line.typeWidth = chosen.reduce(0) { max($0, $1.typeName.count) }
            for entry in chosen {
                try console.output.line(console.style.isJSON ? entry.json(console.style) : line.text(of: entry))
            }
        } else {
            let events = chosen.compactMap(\.recordedEvent)
            guard var story = StoryBuilder.story(of: events) else { return try problems.conclude() }
            story.find(in: definitions)
            if console.style.isJSON {
                try console.output.line(story.json(console.style))
            } else {
                let attendance = try log.attendance(of: instance)
                let text = StoryText(
                    story: story, style: console.style, isAttended: moment != nil || attendance.isAttended,
                    absence: attendance.absenceWords, showsValues: showsValues)
                for line in text.lines { try console.output.line(line) }
            }
        }
        return try problems.conclude()
    }

    private func notYet(_ instance: String, _ first: LogEntry) -> InspectionError {
        InspectionError(
            "'\(safe(instance))' had no event yet at \(moment?.words ?? ""). Its first is sequence \(first.record.sequence), of "
                + "\(first.time).")
    }
}
