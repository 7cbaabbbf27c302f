internal import SayiirEvents
internal import SayiirLog
internal import SayiirProjection

/// One instance as a page.
struct InstanceReport {
    var story: Story
    /// The events of all runs, the first ones of them.
    var events: [RecordedEvent]
    /// How many events there are.
    var eventCount: UInt64
    /// `nil` if the log does not hold it.
    var definition: Definition?
    var log: LogFacts
    var style: Style

    private var state: InstanceState { story.state }

    /// The page.
    var text: String {
        let status = state.status.statusName
        let page = ReportPage(title: safe(state.id.rawValue), eyebrow: "Workflow \(safe(state.workflow))")
        return page.text { html in
            html.element("p", [("class", "status")]) { html in
                html.pill(status.rawValue)
                html.element("span", text: durationWords)
            }
            let detail = state.statusDetail
            guard !detail.isEmpty else { return }
            html.element("p", [("class", status == .failed ? "error" : "soft")], text: safe(detail))
        } body: { html in
            html.section("facts", "Summary") { $0.facts(facts) }
            html.section("timeline", "Timeline") { TimelineSection(story: story, style: style).write(to: &$0) }
            html.section("graph", "Graph", writeGraph)
            html.section("values", "Values", writeValues)
            html.section("history", "History", writeHistory)
            html.section("log", "Log") { $0.facts(log.facts) }
        }
    }

    private var durationWords: String {
        guard let duration = state.duration else { return "" }
        return state.phase.isEnded ? "after \(duration.words)" : "\(duration.words) so far"
    }

    private var facts: [(name: String, value: String)] {
        [
            ("Submitted (UTC)", state.submittedAt?.dateAndMilliseconds ?? ""), ("Request", safe(story.submission)),
            (
                state.phase.isEnded ? "Ended (UTC)" : "Last event (UTC)",
                (state.endedAt ?? story.times.upperBound).dateAndMilliseconds
            ),
            ("Definition", state.definition?.short ?? ""), ("Run", state.run > 1 ? "\(state.run)" : ""),
            ("Priority", "\(state.priority)"), ("Tags", state.tags.map(safe).joined(separator: ", ")),
            ("Deadline (UTC)", state.deadline?.dateAndMilliseconds ?? ""),
            ("Steps", "\(state.steps.completedCount) done of \(state.steps.count) begun"),
            ("Held by", state.leaseHolder.map { safe($0.executor) } ?? ""),
            ("Signals not consumed", state.mailbox.isEmpty ? "" : "\(state.mailbox.count)"),
        ]
    }

    private func writeGraph(to html: inout HTMLWriter) {
        guard let definition else {
            html.element(
                "p", [("class", "soft")],
                text:
                    "The log does not hold the definition: an engine of an older version wrote it, or retention took it away."
            )
            return
        }
        let chart = FlowChart(definition, RunPath(story))
        html.element("div", [("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-labelledby", "graph")])
        { html in
            GraphSVG(
                chart: chart, layout: GraphLayout(definition, chart), title: "The graph of \(safe(state.workflow))",
                description: chart.description
            ).write(to: &html)
        }
        html.element("ul", [("class", "legend")]) { html in
            for (mark, words) in [
                ("completed", "Completed"), ("failed", "Failed, thick border"), ("running", "Running or waiting"),
                ("abandoned", "Left when the run ended"), ("not_taken", "Not taken, dashed border"),
            ] {
                html.element("li") { html in
                    html.element("span", [("class", "key \(mark)")], text: "")
                    html.text(words)
                }
            }
        }
    }

    private func writeValues(to html: inout HTMLWriter) {
        let values = [("Input", state.input), ("Output", state.output), ("Metadata", state.metadata)]
        for (name, payload) in values {
            if let payload { html.payload(name, payload, style, isOpen: true) }
        }
        for anomaly in state.anomalies.prefix(20) {
            html.element("p", [("class", "error")], text: "Odd: \(safe(anomaly.description))")
        }
    }

    private func writeHistory(to html: inout HTMLWriter) {
        html.element("table", [("class", "stack")]) { html in
            html.element("caption", text: historyWords)
            html.tableHead([">Sequence", "Time (UTC)", "Event", "Details"])
            html.element("tbody") { html in
                for recorded in events {
                    let event = recorded.event
                    html.element("tr") { html in
                        html.element("td", [("class", "number soft")], text: grouped(recorded.sequence))
                        html.element("td", [("class", "nowrap soft")], text: event.time.dateAndMilliseconds)
                        html.element("td", [("class", "nowrap")], text: event.body.kindName)
                        html.element("td", [("class", "words wide")], text: event.words(style).shortened(to: 300))
                    }
                    html.markup("\n")
                }
            }
        }
    }

    private var historyWords: String {
        let all = counted(eventCount, "event")
        return UInt64(events.count) == eventCount ? all : "The first \(grouped(UInt64(events.count))) of \(all)"
    }
}

extension FlowChart {
    /// The chart in words, for those who cannot see it.
    fileprivate var description: String {
        boxes.prefix(100).map { box in
            (box.lines.first ?? "") + (box.mark.map { ": \($0.words)" } ?? "")
        }.joined(separator: "; ")
    }
}

/// What a report says of the log that it was made of.
struct LogFacts {
    var directory: String
    var assessment: Assessment
    var firstSequence: UInt64?
    /// The head of the tree over all records; `nil` if it is not known.
    var treeHead: TreeHead?
    /// When the page was made; `nil` if that is not to be said.
    var madeAt: Timestamp?
    /// The bundle that was read in place of the log.
    var bundle: RecordBundle?
    /// Whether a store was read that is no log.
    var isStore = false

    /// What was read.
    var kind: String { isStore ? "Sayiir store" : "Sayiir log" }

    var facts: [(name: String, value: String)] {
        if let bundle { return facts(of: bundle) }
        if isStore {
            let (first, last) = (grouped(firstSequence ?? 0), grouped(assessment.lastSequence))
            return [("Store", safe(directory)), ("Sequences", "\(first) to \(last)")]
        }
        return [
            ("Directory", safe(directory)), ("Verdict", "\(assessment.verdict)"),
            ("Sequences", "\(grouped(firstSequence ?? 0)) to \(grouped(assessment.lastSequence))"),
            ("Made (UTC)", madeAt?.dateAndTime ?? ""),
            ("Log", assessment.log.map { "\($0)" } ?? ""), ("Chain head", assessment.head.map { "\($0)" } ?? ""),
            ("Tree head", treeHead.map { "\($0)" } ?? ""),
        ]
    }

    private func facts(of bundle: RecordBundle) -> [(name: String, value: String)] {
        [
            ("Case bundle", safe(directory)),
            ("Proven", "\(counted(bundle.entries.count, "record")), if the tree head is the log's"),
            ("Log", "\(bundle.origin.log)"), ("Tree head", "\(bundle.origin.head)"),
            ("Chain head", "\(bundle.origin.chainHead)"),
        ]
    }
}
