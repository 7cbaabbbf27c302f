internal import SayiirLog

/// The last events, and with `follows` those that come after them, until the program is interrupted.
package struct TailInspection: Inspection {
    package var filter: EventFilter
    /// Only events of instances of the workflow with this name.
    package var workflow: String?
    /// Only errors with this text in them, whatever its case.
    package var errorPart: String?
    /// Only events from this sequence or time on.
    package var since: Moment?
    /// How many of the events that are there already are shown; `nil` for all.
    package var count: Int? = 10
    package var follows = false
    /// Waits between two looks at the log. Returns false to end.
    var pause: () -> Bool = { SystemClock.sleep(milliseconds: 100) }

    package init(_ filter: EventFilter) { self.filter = filter }

    package var readsStores: Bool { true }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        if let store = log.store { return try showEvents(of: store, console) }
        return try follows ? follow(log, console) : showLast(of: log, console)
    }

    /// Which events are wanted, as far as it is known before any was read.
    var selection: EventSelection {
        EventSelection(filter: filter, workflow: workflow, errorPart: errorPart, since: since)
    }

    private func showLast(of log: LogSource, _ console: Console) throws -> ExitStatus {
        guard let count else { return try showAll(of: log, console) }
        let problems = Problems(console)
        var last = LastEntries(count: count)
        var selection = selection
        let assessment = try log.verify { frame in
            forEachWanted(in: frame, &selection, problems) { last.add($0) }
        }
        for entry in last.entries {
            try show(entry, isDurable: entry.record.sequence <= assessment.durableSequence, console)
        }
        problems.assessment = assessment
        return try problems.conclude()
    }

    /// Reads the log twice: what is durable is known at its end only, and there may be more events than memory holds.
    private func showAll(of log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        let durableSequence = try log.verify().durableSequence
        var selection = selection
        problems.assessment = try log.verify { frame in
            try forEachWanted(in: frame, &selection, problems) { entry in
                try show(entry, isDurable: entry.record.sequence <= durableSequence, console)
            }
        }
        return try problems.conclude()
    }

    private func follow(_ log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        var follower = log.reader.follow()
        var arrivals = Arrivals()
        var last = count.map { LastEntries(count: $0) }
        var selection = selection
        var idleLooks = 0
        while true {
            let isIdle = try arrivals.take(from: &follower) { frame, isDurable in
                try forEachWanted(in: frame, &selection, problems) { entry in
                    if last != nil {
                        last?.add(entry)
                    } else {
                        try show(entry, isDurable: isDurable, console)
                        try console.output.flush()
                    }
                }
            }
            // The first look has read all that was there; what it still holds back is part of the last events, too.
            if let known = last, let count {
                var held = 0
                for frame in arrivals.frames { forEachWanted(in: frame, &selection, nil) { _ in held += 1 } }
                for entry in known.entries.dropFirst(max(0, known.entries.count + held - count)) {
                    try show(entry, isDurable: true, console)
                }
                try console.output.flush()
                last = nil
            }
            idleLooks = isIdle ? idleLooks + 1 : 0
            if idleLooks == Self.looksBeforeDoubt { try reportDamage(of: log, console) }
            guard pause() else { return .clean }
        }
    }

    /// After about two seconds without anything new, it is asked once whether the end is one.
    private static let looksBeforeDoubt = 20

    /// A damaged end looks like one that is still being written. Without a writer it is not.
    private func reportDamage(of log: LogSource, _ console: Console) throws {
        guard try log.reader.writer() == nil else { return }
        let assessment = try log.verify()
        guard assessment.verdict != .clean else { return }
        try console.complain(
            "nobody writes the log, and it is \(assessment.verdict) at \(assessment.file), offset \(assessment.offset): "
                + "\(assessment.rule.explanation).")
    }

    private func forEachWanted(
        in frame: Frame, _ selection: inout EventSelection, _ problems: Problems?, _ visit: (LogEntry) throws -> Void
    ) rethrows {
        guard filter.mayAccept(from: frame.firstSequence, count: frame.recordCount) else { return }
        try frame.forEachRecord { record in
            let entry = LogEntry(record, in: frame)
            guard selection.accepts(entry) else { return }
            if case .unreadable = entry.content { problems?.count() }
            try visit(entry)
        }
    }

    func show(_ entry: LogEntry, isDurable: Bool, _ console: Console) throws {
        guard console.style.isJSON else {
            return try console.output.line(EventLine(style: console.style).text(of: entry, isDurable: isDurable))
        }
        try console.output.line("\(entry.json(console.style).dropLast()),\"durable\":\(isDurable)}")
    }
}
