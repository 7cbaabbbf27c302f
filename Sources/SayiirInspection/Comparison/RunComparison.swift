internal import SayiirEvents
internal import SayiirProjection

/// Two runs held against each other, step by step. How long things took is told and is no difference.
struct RunComparison {
    /// What two runs, or the same step of both, can differ in.
    enum Aspect: String {
        case workflow, definition, input, presence, kind, status, attempts, branch, output
    }

    /// A step that at least one of them has.
    struct Row {
        var step: Step
        /// Which of the step's activations it is, from 1: there are more where an instance was reopened.
        var occurrence: Int
        var first: StepStory?
        var second: StepStory?
        var aspects: [Aspect] = []
    }

    /// A difference and where it is.
    struct Difference {
        var aspect: Aspect
        /// The place in ``RunComparison/rows``; `nil` for what concerns the run as a whole.
        var row: Int?
    }

    let first: Story
    let second: Story
    private(set) var rows: [Row] = []
    /// The first difference: of what the runs began with, then of their steps, then of how they ended.
    private(set) var firstDifference: Difference?

    init(_ first: Story, _ second: Story) {
        self.first = first
        self.second = second
        rows = Self.aligned(Self.numbered(first), Self.numbered(second))
        firstDifference = beginning ?? stepDifference ?? ending
    }

    private var beginning: Difference? {
        let (left, right) = (first.state, second.state)
        if !left.workflow.isExactly(right.workflow) { return Difference(aspect: .workflow) }
        if left.definition != right.definition { return Difference(aspect: .definition) }
        return left.input == right.input ? nil : Difference(aspect: .input)
    }

    private var stepDifference: Difference? {
        rows.firstIndex { !$0.aspects.isEmpty }.flatMap { place in
            rows[place].aspects.first.map { Difference(aspect: $0, row: place) }
        }
    }

    private var ending: Difference? {
        if first.state.status.statusName != second.state.status.statusName { return Difference(aspect: .status) }
        return first.state.output == second.state.output ? nil : Difference(aspect: .output)
    }

    // MARK: Alignment

    /// A step and which of its activations it is.
    private struct Key: Hashable {
        var step: Step
        var occurrence: Int
    }

    private static func numbered(_ story: Story) -> [(key: Key, step: StepStory)] {
        var counts: [Step: Int] = [:]
        var result: [(Key, StepStory)] = []
        for case .step(let step) in story.chapters {
            counts[step.step, default: 0] += 1
            result.append((Key(step: step.step, occurrence: counts[step.step] ?? 1), step))
        }
        return result
    }

    /// The steps in the first run's order. What only the second has stands behind the common step that it followed there.
    private static func aligned(
        _ left: [(key: Key, step: StepStory)], _ right: [(key: Key, step: StepStory)]
    ) -> [Row] {
        let known = Set(left.map(\.key))
        var partners: [Key: StepStory] = [:]
        var additions: [Key?: [Row]] = [:]
        var anchor: Key?
        for (key, step) in right {
            if known.contains(key) {
                partners[key] = step
                anchor = key
            } else {
                additions[anchor, default: []].append(row(key, nil, step))
            }
        }
        return (additions[nil] ?? [])
            + left.flatMap { [row($0.key, $0.step, partners[$0.key])] + (additions[$0.key] ?? []) }
    }

    private static func row(_ key: Key, _ first: StepStory?, _ second: StepStory?) -> Row {
        var row = Row(step: key.step, occurrence: key.occurrence, first: first, second: second)
        guard let first, let second else {
            row.aspects = [.presence]
            return row
        }
        if first.kind != second.kind { row.aspects.append(.kind) }
        if first.outcome != second.outcome { row.aspects.append(.status) }
        if first.attempts.count != second.attempts.count { row.aspects.append(.attempts) }
        if !first.comparedNote.isExactly(second.comparedNote) { row.aspects.append(.branch) }
        if first.output != second.output { row.aspects.append(.output) }
        return row
    }
}

extension StepStory {
    /// The note, unless it tells times, which are of one run only.
    var comparedNote: String {
        switch kind {
        case .task, .delay, .signal: ""
        case .fork, .map, .route, .loop, .child: note
        }
    }
}

extension RunComparison {
    /// By how much longer a step took in the second run; `nil` if it has not ended in both.
    func difference(of row: Row) -> Duration? {
        guard let left = row.first?.duration, let right = row.second?.duration else { return nil }
        let (difference, isTooLarge) = right.saturatedNanoseconds
            .subtractingReportingOverflow(left.saturatedNanoseconds)
        return isTooLarge ? nil : .nanoseconds(difference)
    }
}

extension StepStory {
    /// How long it took; `nil` while it is under way.
    var duration: Duration? { endedAt.map { $0 - startedAt } }
}
