internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// What happened to one instance.
package struct ShowInspection: Inspection {
    /// The instance; `nil` for the one that a bundle is about.
    package var instance: String?
    /// Whether the plain events are listed instead of the story.
    package var listsEvents = false
    /// Whether all values follow the story in full.
    package var showsValues = false
    /// Which parts of the story, or which events, are shown.
    package var selection = StorySelection()
    /// Until when; `nil` for all.
    package var moment: Moment?

    package init(_ instance: String?) { self.instance = instance }

    package var readsBundles: Bool { true }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        var selection = selection
        let problems = Problems(console)
        let instance = try log.instance(instance)
        let history = try log.history(of: instance, problems, showsUnreadable: listsEvents)
        if log.store == nil, case .sequence(let wanted)? = moment, let last = history.assessment?.lastSequence,
            wanted > last
        {
            throw InspectionError(
                "there is no sequence \(grouped(wanted)) yet: the last one of '\(log.directory)' is \(grouped(last)).")
        }
        let chosen = history.entries.filter { entry in moment.map { $0.includes(entry) } ?? true }
        guard !chosen.isEmpty else { throw notYet(instance, history.entries[0]) }
        problems.assessment = history.assessment
        if !console.style.isJSON { for line in try log.moveLines(console.style) { try console.output.line(line) } }
        if listsEvents {
            var line = EventLine(style: console.style, showsInstance: false)
            line.typeWidth = chosen.reduce(0) { max($0, $1.typeName.count) }
            for entry in selection.choose(from: chosen) {
                try console.output.line(console.style.isJSON ? entry.json(console.style) : line.text(of: entry))
            }
        } else {
            let events = chosen.compactMap(\.recordedEvent)
            guard var story = StoryBuilder.story(of: events) else { return try problems.conclude() }
            story.find(in: history.definitions)
            story.forks = history.forks
            if console.style.isJSON { selection.showsAll = true }
            story = story.selecting(selection)
            if console.style.isJSON {
                try console.output.line(story.json(console.style))
            } else {
                let attendance = try log.attendance(of: instance)
                let text = StoryText(
                    story: story, style: console.style, isAttended: moment != nil || attendance.isAttended,
                    absence: attendance.absenceWords, showsValues: showsValues)
                for line in text.lines { try console.output.line(line) }
                if log.bundle != nil, moment == nil, !story.state.phase.isEnded {
                    try console.output.line()
                    try console.output.line("Not proven: that it had no later events. Only the log tells.")
                }
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

extension StorySelection {
    /// The events that were asked for. Records that cannot be decoded pass all but the number.
    fileprivate func choose(from entries: [LogEntry]) -> [LogEntry] {
        var chosen = entries
        if let step {
            chosen.removeAll { entry in
                guard case .event(let event) = entry.content else { return false }
                guard let known = event.body.step else { return true }
                return !known.node.rawValue.isExactly(step) && !known.description.isExactly(step)
            }
        }
        if onlyFailed {
            chosen.removeAll { entry in
                guard case .event(let event) = entry.content else { return false }
                return !event.body.isTrouble
            }
        }
        return last.map { Array(chosen.suffix(max(0, $0))) } ?? chosen
    }
}

extension Event.Body {
    /// A Boolean value that indicates whether the event tells of something that did not go as it should.
    fileprivate var isTrouble: Bool {
        switch self {
        case .taskFailed, .taskTimedOut, .taskInDoubt, .taskInterrupted, .stepStuck, .failed, .cancelled,
            .signalTimedOut,
            .signalRejected, .leaseLost:
            true
        default: false
        }
    }
}
