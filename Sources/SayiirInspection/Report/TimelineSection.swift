internal import SayiirEvents

/// When each step of a run ran, as a table with a bar in each row.
struct TimelineSection {
    var story: Story
    var style: Style

    func write(to html: inout HTMLWriter) {
        html.element("table", [("class", "timeline")]) { html in
            html.tableHead(
                ["Step", "When it ran", ">Duration", ">Began", "What came of it"], secondRow: writeTicks)
            html.element("tbody") { html in
                for chapter in story.folded.chapters {
                    switch chapter {
                    case .step(let step): write(step, to: &html)
                    case .moment(let moment): write(moment, to: &html)
                    case .folded(let fold): write(fold, to: &html)
                    }
                }
            }
        }
        html.element("p", [("class", "axis")]) { html in
            html.element("span", text: story.start.dateAndMilliseconds)
            html.element("span", text: "The bars span \((story.times.upperBound - story.start).words)")
        }
    }

    /// The distances from the start at which the bars have faint lines.
    private func writeTicks(to html: inout HTMLWriter) {
        let whole = story.times.upperBound - story.start
        html.element("tr", [("class", "ticks")]) { html in
            html.element("td", text: "")
            html.element("td", [("class", "bar")]) { html in
                html.element("div", [("class", "axis")]) { html in
                    for part in 0...Self.tickCount { html.element("span", text: (whole * part / Self.tickCount).words) }
                }
            }
            html.element("td", [("colspan", "3")], text: "")
        }
    }

    private static let tickCount = 4

    private func write(_ step: StepStory, to html: inout HTMLWriter) {
        let isTold = step.isToldByAttempts
        html.element("tr", isTold ? [("class", "has-attempts")] : []) { html in
            html.element("th", headAttributes(of: step)) { html in
                html.text(safe(step.step.description))
                if step.kind != .task { html.element("span", [("class", "soft")], text: " \(step.kind.rawValue)") }
            }
            bar(
                parts(of: step), "\(step.outcome.words) after \((story.end(of: step) - step.startedAt).words)",
                to: &html)
            times(from: step.startedAt, to: story.end(of: step), to: &html)
            html.element("td", [("class", "says")]) { html in
                if step.outcome != .completed { html.pill(step.outcome.rawValue) }
                if !step.note.isEmpty { html.element("div", [("class", "words")], text: safe(step.note)) }
                if let output = step.output { html.payload("", output, style) }
            }
        }
        if isTold { for (place, attempt) in step.attempts.enumerated() { write(attempt, step, place, to: &html) } }
        html.markup("\n")
    }

    /// Steps, and the attempts at them, are indented under what they are in.
    private func headAttributes(of step: StepStory) -> [HTMLWriter.Attribute] {
        let depth = min(story.depth(of: step.step), 6)
        return [("scope", "row")] + (depth > 0 ? [("class", "in in\(depth)")] : [])
    }

    private func write(_ attempt: Attempt, _ step: StepStory, _ place: Int, to html: inout HTMLWriter) {
        let end = max(attempt.startedAt, attempt.endedAt ?? story.times.upperBound)
        let isLast = place == step.attempts.count - 1
        html.element("tr", [("class", isLast ? "attempt" : "attempt has-attempts")]) { html in
            html.element("th", headAttributes(of: step), text: "Attempt \(attempt.number)")
            let part = Part(from: attempt.startedAt, to: end, look: "bar-\(attempt.outcome.rawValue)")
            bar([part], "\(attempt.outcome.words) after \((end - attempt.startedAt).words)", to: &html)
            times(from: attempt.startedAt, to: end, to: &html)
            html.element("td", [("class", "says")]) { html in
                html.pill(attempt.outcome.rawValue)
                var words = [safe(attempt.detail)]
                if let retryAt = attempt.retryAt {
                    words.append("next after \((retryAt - (attempt.endedAt ?? retryAt)).words)")
                }
                if !attempt.executor.isEmpty { words.append("on \(safe(attempt.executor))") }
                html.element("div", [("class", "words")], text: words.filter { !$0.isEmpty }.joined(separator: "; "))
            }
        }
    }

    private func write(_ moment: MomentStory, to html: inout HTMLWriter) {
        html.element("tr", [("class", "moment")]) { html in
            html.element("th", [("scope", "row")], text: moment.kind.words)
            bar([Part(from: moment.time, to: moment.time, look: moment.kind.look)], safe(moment.text), to: &html)
            html.element("td", [("class", "number")], text: "")
            html.element("td", [("class", "number start soft")], text: story.offsetWords(of: moment.time))
            html.element("td", [("class", "says")]) { html in
                html.element("div", [("class", "words")], text: safe(moment.text))
                if let payload = moment.payload { html.payload("", payload, style) }
            }
        }
        html.markup("\n")
    }

    private func write(_ fold: FoldedSteps, to html: inout HTMLWriter) {
        html.element("tr", [("class", "moment")]) { html in
            html.element("th", headAttributes(of: fold.first), text: "\(grouped(UInt64(fold.count))) more")
            let end = story.end(of: fold.last)
            bar([Part(from: fold.first.startedAt, to: end, look: "hold")], "folded", to: &html)
            times(from: fold.first.startedAt, to: end, to: &html)
            html.element("td", [("class", "says")]) { html in
                html.element("div", [("class", "words")], text: fold.words(story))
            }
        }
        html.markup("\n")
    }

    private func times(from start: Timestamp, to end: Timestamp, to html: inout HTMLWriter) {
        html.element("td", [("class", "number")], text: (end - start).words)
        html.element("td", [("class", "number start soft")], text: story.offsetWords(of: start))
    }

    // MARK: Bars

    private struct Part {
        var from: Timestamp
        var to: Timestamp
        var look: String
    }

    private func parts(of step: StepStory) -> [Part] {
        let end = story.end(of: step)
        switch step.kind {
        case .fork, .map, .route, .loop, .child: return [Part(from: step.startedAt, to: end, look: "hold")]
        case .delay, .signal: return [Part(from: step.startedAt, to: end, look: "bar-wait")]
        case .task: break
        }
        let ground = Part(from: step.startedAt, to: end, look: "bar-wait")
        return [ground]
            + step.attempts.map { attempt in
                Part(
                    from: attempt.startedAt, to: attempt.endedAt ?? story.times.upperBound,
                    look: "bar-\(attempt.outcome.rawValue)")
            }
    }

    private func bar(_ parts: [Part], _ words: String, to html: inout HTMLWriter) {
        html.element("td", [("class", "bar")]) { html in
            html.element(
                "svg",
                [("viewBox", "0 0 1000 14"), ("preserveAspectRatio", "none"), ("role", "img"), ("aria-label", words)]
            ) { html in
                html.element(
                    "rect", [("class", "ground"), ("x", "0"), ("y", "5"), ("width", "1000"), ("height", "4")], text: "")
                for tick in 1..<Self.tickCount {
                    html.element(
                        "rect",
                        [
                            ("class", "tick"), ("x", "\(1000 * tick / Self.tickCount)"), ("y", "0"), ("width", "1"),
                            ("height", "14"),
                        ],
                        text: "")
                }
                for part in parts {
                    let start = place(of: part.from)
                    let width = max(5, place(of: part.to) - start)
                    let isThin = part.look == "bar-wait" || part.look == "hold"
                    html.element(
                        "rect",
                        [
                            ("class", part.look), ("x", "\(min(start, 1000 - width))"), ("y", isThin ? "5" : "1"),
                            ("width", "\(width)"), ("height", isThin ? "4" : "12"),
                        ], text: "")
                }
            }
        }
    }

    /// Where a moment lies, in thousandths of the run.
    private func place(of time: Timestamp) -> Int {
        let whole = Double((story.times.upperBound - story.start).saturatedNanoseconds)
        guard whole > 0 else { return 0 }
        return Int(min(max(Double((time - story.start).saturatedNanoseconds) / whole, 0), 1) * 1000)
    }
}

extension MomentStory.Kind {
    fileprivate var words: String {
        switch self {
        case .control: "Request"
        case .ended, .failed, .stopped: "End"
        case .signal: "Signal"
        case .note: "Note"
        }
    }

    fileprivate var look: String {
        switch self {
        case .ended: "bar-completed"
        case .failed: "bar-failed"
        case .stopped, .control: "bar-interrupted"
        case .signal: "bar-running"
        case .note: "bar-wait"
        }
    }
}
