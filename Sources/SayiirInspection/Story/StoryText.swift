internal import SayiirEvents
internal import SayiirProjection

/// A story as text: a head, then one line for each thing that happened, with bars that show when and how long.
struct StoryText {
    var story: Story
    var style: Style
    /// Whether somebody could run the instance. Otherwise no task can be running, whatever was started.
    var isAttended = true
    /// Why that is not so.
    var absence = ""
    /// Whether the values follow in full.
    var showsValues = false

    /// All of it.
    var lines: [String] {
        head + [""] + timeline + notes + (showsValues ? story.valueLines(style) : [])
    }

    // MARK: Head

    private var state: InstanceState { story.state }

    private var head: [String] {
        let status = state.status.statusName
        let id = safe(state.id.rawValue).shortened(to: room(after: 2 + status.words.count + story.durationWords.count))
        var lines = [style.paint(id, .bold) + "  " + style.paint(status.words, status.colour) + story.durationWords]
        let detail = state.statusDetail
        if !detail.isEmpty { lines += [fact(status.detailTitle, safe(detail))] }
        guard state.run > 0 else { return lines }
        lines.append(fact("workflow", workflowWords))
        let submitted = state.submittedAt.map { "\($0.dateAndMilliseconds) UTC" } ?? ""
        lines.append(fact("submitted", submitted + (story.submission.isEmpty ? "" : " \(safe(story.submission))")))
        if let origin = story.origin {
            lines.append(fact("forked from", "\(safe(origin.source)) at revision \(grouped(origin.revision))"))
        }
        if let ended = state.endedAt {
            lines.append(fact("ended", "\(ended.dateAndMilliseconds) UTC"))
        } else {
            lines.append(fact("updated", "\(story.times.upperBound.dateAndMilliseconds) UTC"))
        }
        if !story.forks.isEmpty {
            let names = story.forks.prefix(5).map(safe).joined(separator: ", ")
            let rest = story.forks.count - min(5, story.forks.count)
            lines.append(fact("forks", rest > 0 ? "\(names) and \(grouped(UInt64(rest))) more" : names))
        }
        if let deadline = state.deadline {
            lines.append(fact("deadline", "\(deadline.dateAndMilliseconds) UTC"))
        }
        if let holder = state.leaseHolder {
            lines.append(fact("held by", "\(safe(holder.executor)), epoch \(holder.epoch)"))
        }
        if let input = state.input { lines.append(fact("input", text(of: input, style))) }
        if let metadata = state.metadata { lines.append(fact("metadata", text(of: metadata, style))) }
        if let output = state.output { lines.append(fact("output", text(of: output, style))) }
        return lines
    }

    private var workflowWords: String {
        var words = safe(state.workflow)
        if let definition = state.definition { words += ", definition \(definition.short)" }
        if state.run > 1 { words += ", run \(state.run)" }
        if state.priority != 3 { words += ", priority \(state.priority)" }
        if !state.tags.isEmpty { words += ", tags " + state.tags.map(safe).joined(separator: " ") }
        return words
    }

    private func fact(_ name: String, _ text: String) -> String {
        "  " + style.paint(name.padded(to: 10), .dim) + "  " + text.shortened(to: room(after: Self.factIndent))
    }

    private static let factIndent = 14

    private func room(after used: Int) -> Int { max(0, (style.width ?? .max) - used) }

    // MARK: Timeline

    private var timeline: [String] {
        let layout = Layout(story, width: style.layoutWidth)
        let titles =
            "TIME".aligned(to: layout.time) + "    " + "STEP".padded(to: layout.name) + "  "
            + "DURATION".aligned(to: layout.duration)
        return [style.paint(titles, .dim)]
            + story.chapters.flatMap { chapter in
                switch chapter {
                case .step(let step): lines(of: step, layout)
                case .moment(let moment): [line(of: moment, layout)]
                case .folded(let fold): [line(of: fold, layout)]
                }
            }
    }

    /// The widths of the columns.
    struct Layout {
        let time: Int
        let name: Int
        let duration = 8
        let bar: TimeBar

        init(_ story: Story, width: Int) {
            var (time, name) = ("TIME".count, 12)
            for case .step(let step) in story.chapters {
                time = max(time, story.offsetWords(of: step.startedAt).count)
                name = max(name, story.name(of: step, to: .max).displayWidth)
                guard step.isToldByAttempts else { continue }
                name = step.attempts.reduce(name) { max($0, story.name(of: $1, at: step).displayWidth) }
            }
            for case .moment(let moment) in story.chapters {
                time = max(time, story.offsetWords(of: moment.time).count)
            }
            self.time = time + 1
            name = min(name, max(width * 7 / 20, 12))
            self.name = name
            let rest = max(0, width - (self.time + 4 + name + 2 + duration + 2))
            // Where there is little room, what happened is worth more than when.
            let share = width / 5 - max(0, 100 - width) / 4
            bar = TimeBar(times: story.times, width: min(rest, min(max(share, 8), 40)))
        }

        /// Where names begin.
        var indent: Int { time + 4 }

        /// Where details begin.
        var detail: Int { indent + name + 2 + duration + 2 + bar.width + 2 }
    }

    private func lines(of step: StepStory, _ layout: Layout) -> [String] {
        let (symbol, colour) = symbol(of: step)
        var lines = [
            row(
                time: story.offsetWords(of: step.startedAt), symbol: symbol, colour,
                name: story.name(of: step, to: layout.name),
                duration: (step.endedAt ?? story.times.upperBound) - step.startedAt,
                bar: layout.bar.text(parts(of: step)),
                detail: detail(of: step), layout)
        ]
        if step.isToldByAttempts {
            lines += step.attempts.enumerated().flatMap { place, attempt in
                self.lines(of: attempt, at: step, next: step.attempts.dropFirst(place + 1).first, layout)
            }
        }
        return lines
    }

    private func detail(of step: StepStory) -> String {
        let details = [safe(step.note), step.output.map { text(of: $0, style) } ?? outcomeWords(of: step)]
        return details.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private func outcomeWords(of step: StepStory) -> String {
        switch step.outcome {
        case .abandoned: "left when the run ended"
        case .inDoubt: "in doubt"
        case .underWay where step.attempts.last?.retryAt != nil: "waiting to retry"
        case .underWay where step.kind == .task:
            isAttended
                ? "running"
                : "started; \(absence)"
        case .underWay, .completed, .failed: ""
        }
    }

    private func symbol(of step: StepStory) -> (String, Colour) {
        switch step.outcome {
        case .completed: ("✓", .green)
        case .failed: ("✗", .red)
        case .inDoubt: ("?", .magenta)
        case .abandoned: ("·", .yellow)
        case .underWay: step.kind == .task ? ("●", .cyan) : ("○", .blue)
        }
    }

    private func parts(of step: StepStory) -> [TimeBar.Part] {
        let end = step.endedAt ?? story.times.upperBound
        let ground: Character =
            switch step.kind {
            case .task, .delay, .signal: "┄"
            case .fork, .map, .route, .loop, .child: "─"
            }
        return [TimeBar.Part(from: step.startedAt, to: end, character: ground)] + step.attempts.map(part)
    }

    private func part(of attempt: Attempt) -> TimeBar.Part {
        TimeBar.Part(
            from: attempt.startedAt, to: attempt.endedAt ?? story.times.upperBound,
            character: attempt.outcome == .interrupted ? "╍" : "━")
    }

    private func lines(of attempt: Attempt, at step: StepStory, next: Attempt?, _ layout: Layout) -> [String] {
        var details: [String] = []
        if !attempt.detail.isEmpty { details.append(safe(attempt.detail)) }
        if let retryAt = attempt.retryAt {
            details.append("next after \((retryAt - (attempt.endedAt ?? retryAt)).words)")
        }
        if let next, attempt.outcome == .interrupted {
            details.append(
                next.executor == attempt.executor ? "started again" : "started again on \(safe(next.executor))")
        }
        let (words, colour) = (details.joined(separator: "; "), attempt.outcome.colour)
        let name = story.name(of: attempt, at: step)
        let isLong = words.displayWidth > room(after: layout.detail)
        let line = row(
            time: "", symbol: " ", nil, name: name, nameColour: colour,
            duration: (attempt.endedAt ?? story.times.upperBound) - attempt.startedAt,
            bar: layout.bar.text([part(of: attempt)]), detail: isLong ? "" : words, layout)
        guard isLong else { return [line] }
        // Below the outcome; further to the left rather than cut.
        let deepest = layout.indent + name.prefix { $0 == " " || $0 == "#" }.count + 2
        let indent = max(layout.indent + 5, min(deepest, (style.width ?? .max) - words.displayWidth))
        return [line, String(repeating: " ", count: indent) + words.shortened(to: room(after: indent))]
    }

    private func row(
        time: String, symbol: String, _ colour: Colour?, name: String, nameColour: Colour? = nil, duration: Duration,
        bar: String, detail: String, _ layout: Layout
    ) -> String {
        var line = style.paint(time.aligned(to: layout.time), .dim) + "  " + style.paint(symbol, colour) + " "
        line += style.paint(name.shortened(to: layout.name).padded(to: layout.name), nameColour) + "  "
        line += duration.words.aligned(to: layout.duration) + "  "
        let detail = detail.shortened(to: room(after: layout.detail))
        guard !detail.isEmpty else { return line + style.paint(bar.withoutTrailingBlanks, nameColour ?? colour) }
        return line + style.paint(bar, nameColour ?? colour) + "  " + detail
    }

    private func line(of moment: MomentStory, _ layout: Layout) -> String {
        let (symbol, colour): (String, Colour) =
            switch moment.kind {
            case .control: ("‖", .yellow)
            case .ended: ("■", .green)
            case .failed: ("■", .red)
            case .stopped: ("■", .yellow)
            case .signal: ("◆", .blue)
            case .note: ("·", .dim)
            }
        let time = style.paint(story.offsetWords(of: moment.time).aligned(to: layout.time), .dim)
        return time + "  " + style.paint(symbol, colour) + " "
            + style.paint(moment.words(style).shortened(to: room(after: layout.indent)), colour)
    }

    private func line(of fold: FoldedSteps, _ layout: Layout) -> String {
        let time = style.paint(story.offsetWords(of: fold.first.startedAt).aligned(to: layout.time), .dim)
        return time + "  " + style.paint("⋮", .dim) + " "
            + style.paint("\(fold.words(story)); --all".shortened(to: room(after: layout.indent)), .dim)
    }

    // MARK: Notes

    private var notes: [String] {
        var notes: [String] = []
        if state.run > 1 { notes.append("Earlier runs of this id are not shown; --events lists all events.") }
        if !state.mailbox.isEmpty {
            let names = state.mailbox.entries.prefix(5).map { "'\(safe($0.signal))'" }.joined(separator: ", ")
            notes.append("\(counted(state.mailbox.count, "signal")) not consumed: \(names)")
        }
        if state.hasUnknownEvents {
            notes.append("A newer version wrote some of these events; it knows more of this instance.")
        }
        for anomaly in state.anomalies.prefix(5) { notes.append("Odd: \(safe(anomaly.description))") }
        if state.anomalies.count > 5 { notes.append("\(state.anomalies.count - 5) more oddities.") }
        if !showsValues, let cutWords { notes.append(cutWords) }
        return notes.isEmpty ? [] : [""] + notes.flatMap { wrapped($0, to: style.width, first: "", indent: "  ") }
    }
}

// MARK: Values that are cut

extension StoryText {
    /// Which values there was no room for, and how large they are; `nil` if all are shown whole.
    private var cutWords: String? {
        guard style.width != nil else { return nil }
        let cut = cutValues
        guard !cut.isEmpty else { return nil }
        let names = cut.prefix(4).map { "\(safe($0.name)) (\(byteWords(UInt64($0.payload.bytes.count))))" }
        let rest = cut.count > 4 ? " and \(counted(cut.count - 4, "other"))" : ""
        return "Cut to fit: \(names.joined(separator: ", "))\(rest); --full shows them whole."
    }

    private var cutValues: [(name: String, payload: Payload)] {
        let layout = Layout(story, width: style.layoutWidth)
        var cut: [(name: String, payload: Payload)] = []
        func add(_ name: String, _ payload: Payload?, _ words: String, after used: Int) {
            guard let payload, !payload.isSensitive || style.revealsSensitive else { return }
            if words.displayWidth > room(after: used) { cut.append((name, payload)) }
        }
        for (name, payload) in [("input", state.input), ("metadata", state.metadata), ("output", state.output)] {
            add(name, payload, payload.map { text(of: $0, style) } ?? "", after: Self.factIndent)
        }
        for chapter in story.chapters {
            switch chapter {
            case .step(let step): add(step.step.description, step.output, detail(of: step), after: layout.detail)
            case .moment(let moment): add(moment.text, moment.payload, moment.words(style), after: layout.indent)
            case .folded: break
            }
        }
        return cut
    }
}

extension Attempt.Outcome {
    fileprivate var colour: Colour {
        switch self {
        case .running: .cyan
        case .completed: .green
        case .failed, .timedOut: .red
        case .interrupted, .abandoned: .yellow
        case .inDoubt: .magenta
        }
    }
}

extension StatusName {
    /// What the line with the status's details is called.
    fileprivate var detailTitle: String {
        switch self {
        case .inProgress: "at"
        case .waiting, .awaitingSignal: "waits for"
        case .failed: "error"
        case .unsubmitted: "signals"
        case .inDoubt, .stuck, .paused, .cancelled, .completed, .superseded, .deleted: words
        }
    }
}
