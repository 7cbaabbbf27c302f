internal import SayiirEvents

/// Which parts of a story are shown. Everything that is not given lets all pass.
package struct StorySelection: Sendable {
    /// Only activations of this step: `charge`, or one of them, `charge#3`.
    package var step: String?
    /// Only what failed, was interrupted, is in doubt or is under way.
    package var onlyFailed = false
    /// Only so many, from the end.
    package var last: Int?
    /// A Boolean value that indicates whether all activations of a step are shown, however many there are.
    package var showsAll = false

    package init() {}
}

/// Activations of one step that are not shown one by one.
struct FoldedSteps {
    /// The first and the last of them.
    var first: StepStory
    var last: StepStory
    var count = 1
    /// The median of their durations.
    var median = Duration.zero
    var slowest: StepStory
}

extension Story {
    /// The activations of a step that are shown without being folded.
    private static let mostActivations = 50
    /// Of those that are folded, how many stand before and behind the fold.
    private static let (shownFirst, shownLast) = (20, 10)
    /// How many that did not complete, or took long, are shown wherever they stand.
    private static let (mostTroubled, mostSlow) = (50, 3)

    /// The story as far as it was asked for.
    func selecting(_ selection: StorySelection) -> Story {
        var story = self
        if let step = selection.step {
            story.chapters.removeAll { chapter in
                switch chapter {
                case .step(let known): !known.isActivation(of: step)
                case .moment, .folded: true
                }
            }
        }
        if selection.onlyFailed {
            story.chapters.removeAll { chapter in
                switch chapter {
                case .step(let step): !step.isTroubled
                case .moment(let moment): moment.kind != .failed && moment.kind != .stopped
                case .folded: true
                }
            }
        }
        if let last = selection.last { story.chapters = Array(story.chapters.suffix(max(0, last))) }
        return selection.showsAll ? story : story.folded
    }

    /// The story with the activations of a step folded where it has more than ``mostActivations``. What failed, is under way or took
    /// longest is never folded, unless there is very much of it.
    var folded: Story {
        var groups: [NodeID: [Int]] = [:]
        for (place, chapter) in chapters.enumerated() {
            if case .step(let step) = chapter { groups[step.step.node, default: []].append(place) }
        }
        groups = groups.filter { $0.value.count > Self.mostActivations }
        guard !groups.isEmpty else { return self }
        var hidden: Set<Int> = []
        var folds: [Int: FoldedSteps] = [:]
        for places in groups.values {
            let fold = hiddenPlaces(among: places)
            guard let first = fold.first else { continue }
            hidden.formUnion(fold)
            folds[first] = summary(of: fold)
        }
        var story = self
        story.chapters = chapters.enumerated().compactMap { place, chapter in
            folds[place].map { .folded($0) } ?? (hidden.contains(place) ? nil : chapter)
        }
        return story
    }

    private func step(at place: Int) -> StepStory? {
        guard case .step(let step) = chapters[place] else { return nil }
        return step
    }

    private func duration(at place: Int) -> Duration { step(at: place).map { end(of: $0) - $0.startedAt } ?? .zero }

    private func hiddenPlaces(among places: [Int]) -> [Int] {
        let middle = places.dropFirst(Self.shownFirst).dropLast(Self.shownLast)
        let troubled = middle.filter { step(at: $0)?.isTroubled ?? false }.prefix(Self.mostTroubled)
        let durations = middle.map { (place: $0, duration: duration(at: $0)) }.sorted { $0.duration > $1.duration }
        // Only what stands out: of a great many that take the same time none is slow.
        let median = durations.isEmpty ? .zero : durations[durations.count / 2].duration
        let slow = durations.prefix(Self.mostSlow).filter { $0.duration > median + median }.map(\.place)
        let shown = Set(troubled).union(slow)
        return middle.filter { !shown.contains($0) }
    }

    private func summary(of places: [Int]) -> FoldedSteps? {
        guard let first = places.first.flatMap(step), let last = places.last.flatMap(step) else { return nil }
        var fold = FoldedSteps(first: first, last: last, count: places.count, slowest: first)
        fold.median = places.map(duration).sorted()[places.count / 2]
        if let slowest = places.max(by: { duration(at: $0) < duration(at: $1) }).flatMap(step) {
            fold.slowest = slowest
        }
        return fold
    }
}

extension StepStory {
    /// A Boolean value that indicates whether it did not simply complete.
    var isTroubled: Bool {
        outcome != .completed || attempts.count > 1
            || attempts.contains { $0.outcome != .completed && $0.outcome != .running }
    }

    /// Returns whether a name is that of the step, with or without the indices of this activation.
    fileprivate func isActivation(of name: String) -> Bool {
        step.node.rawValue.isExactly(name) || step.description.isExactly(name)
    }
}

extension FoldedSteps {
    /// `tick#22 to tick#99989: 99,968 folded, median 120µs, slowest tick#31 7.60ms`.
    func words(_ story: Story) -> String {
        "\(safe(first.step.description)) to \(safe(last.step.description)): \(grouped(UInt64(count))) folded, median \(median.words), "
            + "slowest \(safe(slowest.step.description)) \((story.end(of: slowest) - slowest.startedAt).words)"
    }
}
