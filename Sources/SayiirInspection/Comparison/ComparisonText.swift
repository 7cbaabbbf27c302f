internal import SayiirEvents
internal import SayiirProjection

/// A comparison as text: both runs, the first difference in a sentence, and the steps side by side.
struct ComparisonText {
    var comparison: RunComparison
    var style: Style

    private var first: Story { comparison.first }
    private var second: Story { comparison.second }

    var lines: [String] {
        [head("A", first), head("B", second), ""] + wrapped(sentence, to: style.width, first: "", indent: "")
            + (comparison.rows.isEmpty ? [] : [""] + table)
    }

    private func head(_ letter: String, _ story: Story) -> String {
        let status = story.state.status.statusName
        let duration = story.durationWords
        let room = max(8, (style.width ?? .max) - 5 - status.words.count - duration.count)
        return "\(style.paint(letter, .bold))  \(safe(story.state.id.rawValue).shortened(to: room))  "
            + style.paint(status.words, status.colour) + duration
    }

    // MARK: The sentence

    /// The first difference in a sentence.
    var sentence: String {
        guard let difference = comparison.firstDifference else { return "They do not differ, but for times." }
        guard let place = difference.row else { return "They differ in \(runWords(difference.aspect))." }
        let row = comparison.rows[place]
        return "They differ first at \(name(of: row)): \(stepWords(difference.aspect, row))."
    }

    private func runWords(_ aspect: RunComparison.Aspect) -> String {
        let (left, right) = (first.state, second.state)
        switch aspect {
        case .workflow: return "their workflows, \(safe(left.workflow)) and \(safe(right.workflow))"
        case .definition:
            return "their definitions, \(left.definition?.short ?? "none") and \(right.definition?.short ?? "none")"
        case .input: return "their inputs, \(value(left.input)) and \(value(right.input))"
        case .output: return "their outputs, \(value(left.output)) and \(value(right.output))"
        default: return "how they stand, \(left.status.statusName.words) and \(right.status.statusName.words)"
        }
    }

    private func stepWords(_ aspect: RunComparison.Aspect, _ row: RunComparison.Row) -> String {
        guard let left = row.first, let right = row.second else {
            return row.second == nil ? "only A got there" : "only B got there"
        }
        switch aspect {
        case .kind: return "it is a \(left.kind.rawValue) in A and a \(right.kind.rawValue) in B"
        case .attempts:
            return "it took \(counted(left.attempts.count, "attempt")) in A and \(right.attempts.count) in B"
        case .branch: return branchWords(left.kind, safe(left.note), safe(right.note))
        case .output: return "its output is \(value(left.output)) in A and \(value(right.output)) in B"
        default: return "it is \(left.outcome.words) in A and \(right.outcome.words) in B"
        }
    }

    private func branchWords(_ kind: StepStory.Kind, _ left: String, _ right: String) -> String {
        switch kind {
        case .map: "it has \(left) in A and \(right) in B"
        case .loop: "it took \(left) in A and \(right) in B"
        case .fork: "its branches are \(left) in A and \(right) in B"
        case .child: "it is the workflow \(left) in A and \(right) in B"
        case .task, .delay, .signal, .route: "it went \(left) in A and \(right) in B"
        }
    }

    private func value(_ payload: Payload?) -> String {
        payload.map { text(of: $0, style).shortened(to: 60) } ?? "nothing"
    }

    private func name(of row: RunComparison.Row) -> String {
        safe(row.step.description) + (row.occurrence > 1 ? " (\(row.occurrence))" : "")
    }

    // MARK: The table

    private var table: [String] {
        var table = Table(columns: [
            Table.Column(title: "STEP", smallestWidth: 10),
            Table.Column(title: "A", isRightAligned: true, smallestWidth: 7),
            Table.Column(title: "B", isRightAligned: true, smallestWidth: 7),
            Table.Column(title: "B - A", isRightAligned: true, dropRank: 1),
            Table.Column(title: "DIFFERENT", smallestWidth: 9),
        ])
        table.rows = comparison.rows.map { row in
            [
                Table.Cell(name(of: row)), cell(row.first), cell(row.second),
                Table.Cell(comparison.difference(of: row).map(signed) ?? "", .dim),
                Table.Cell(words(of: row), row.aspects.isEmpty ? nil : .yellow),
            ]
        }
        return table.lines(style)
    }

    private func cell(_ step: StepStory?) -> Table.Cell {
        guard let step else { return Table.Cell("-", .dim) }
        let duration = step.duration.map { " \($0.words)" } ?? ""
        return Table.Cell("\(step.outcome.words)\(duration)", step.outcome == .failed ? .red : nil)
    }

    private func signed(_ duration: Duration) -> String { (duration > .zero ? "+" : "") + duration.words }

    private func words(of row: RunComparison.Row) -> String {
        if row.aspects == [.presence] { return row.first == nil ? "only in B" : "only in A" }
        return row.aspects.map { aspect in
            switch (aspect, row.first?.kind) {
            case (.branch, .map): "elements"
            case (.branch, .loop): "iterations"
            case (.branch, .fork): "branches"
            case (.branch, .child): "workflow"
            default: aspect.rawValue
            }
        }.joined(separator: ", ")
    }
}

extension StepStory.Outcome {
    /// The outcome in a word or two.
    var words: String { String(rawValue.map { $0 == "_" ? " " : $0 }) }
}
