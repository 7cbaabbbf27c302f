internal import SayiirEvents

/// A run as a viewer of traces shows it: slices on tracks, and instants.
///
/// Slices of one track never overlap, unless one lies within the other: that is what the viewers demand.
struct Trace {
    /// Something that takes time.
    struct Slice {
        var name: String
        var category: Category
        var start: Timestamp
        var end: Timestamp
        /// The track it lies on, from 1.
        var track = 1
        /// Members that explain it, in their order.
        var details: [(name: String, text: String)] = []
    }

    /// Something that takes none.
    struct Instant {
        var name: String
        var category: Category
        var time: Timestamp
        var details: [(name: String, text: String)] = []
    }

    /// What viewers filter and colour by.
    enum Category: String {
        case step, branching, wait, attempt, retry, signal, control, end, note
    }

    private(set) var slices: [Slice] = []
    private(set) var instants: [Instant] = []
    /// How many tracks there are.
    private(set) var trackCount = 1

    private let style: Style

    init(_ story: Story, _ style: Style) {
        self.style = style
        var steps: [StepStory] = []
        for chapter in story.chapters {
            switch chapter {
            case .step(let step): steps.append(step)
            case .moment(let moment): instants.append(instant(moment))
            case .folded: break
            }
        }
        addSlices(of: steps, story)
    }

    // MARK: Slices

    /// The containers that a track's latest slice lies in, itself included.
    private typealias OpenSlices = [(step: StepStory, end: Timestamp)]

    private mutating func addSlices(of steps: [StepStory], _ story: Story) {
        // What began together keeps its order: what holds others is told before them.
        let ordered = steps.enumerated()
            .sorted { ($0.element.startedAt, $0.offset) < ($1.element.startedAt, $1.offset) }.map(\.element)
        var tracks: [OpenSlices] = [[]]
        for step in ordered {
            let end = story.end(of: step)
            for track in tracks.indices { tracks[track] = tracks[track].filter { $0.end > step.startedAt } }
            let track = tracks.firstIndex { Self.fits(step, until: end, in: $0) } ?? tracks.endIndex
            if track == tracks.endIndex { tracks.append([]) }
            tracks[track].append((step, end))
            add(step, until: end, on: track + 1)
        }
        trackCount = tracks.count
    }

    /// Whether a step can be drawn on a track: it is free, or what lies there may hold the step and lasts as long.
    private static func fits(_ step: StepStory, until end: Timestamp, in open: OpenSlices) -> Bool {
        guard let last = open.last else { return true }
        return last.end >= end && last.step.mayHold(step)
    }

    private mutating func add(_ step: StepStory, until end: Timestamp, on track: Int) {
        var details = [("kind", step.kind.rawValue), ("status", step.outcome.rawValue)]
        if !step.note.isEmpty { details.append(("note", safe(step.note))) }
        if let executor = step.attempts.last?.executor, !executor.isEmpty {
            details.append(("executor", safe(executor)))
        }
        if let output = step.output { details.append(("output", cut(text(of: output, style)))) }
        slices.append(
            Slice(
                name: safe(step.step.description), category: step.kind.category, start: step.startedAt, end: end,
                track: track, details: details))
        if step.isToldByAttempts { addAttempts(of: step, until: end, on: track) }
    }

    /// Attempts, and the waits between them, one after the other within their step.
    private mutating func addAttempts(of step: StepStory, until end: Timestamp, on track: Int) {
        var free = step.startedAt
        for (place, attempt) in step.attempts.enumerated() {
            let start = min(max(free, attempt.startedAt), end)
            free = min(max(start, attempt.endedAt ?? end), end)
            var details = [("status", attempt.outcome.rawValue), ("executor", safe(attempt.executor))]
            if !attempt.detail.isEmpty { details.append(("detail", cut(safe(attempt.detail)))) }
            slices.append(
                Slice(
                    name: "attempt \(attempt.number): \(attempt.outcome.words)", category: .attempt, start: start,
                    end: free,
                    track: track, details: details))
            guard let retryAt = attempt.retryAt else { continue }
            let next = step.attempts.dropFirst(place + 1).first?.startedAt ?? end
            let wait = (from: free, to: min(max(free, next), end))
            slices.append(
                Slice(
                    name: "waiting to retry", category: .retry, start: wait.from, end: wait.to, track: track,
                    details: [("not_before", retryAt.description)]))
            free = wait.to
        }
    }

    private func instant(_ moment: MomentStory) -> Instant {
        Instant(
            name: safe(moment.text), category: moment.kind.category, time: moment.time,
            details: moment.payload.map { [("payload", cut(text(of: $0, style)))] } ?? [])
    }

    private func cut(_ text: String) -> String { text.shortened(to: 1000) }
}

extension StepStory {
    /// Whether another step can be one of those that this one holds, by what their names and indices tell.
    fileprivate func mayHold(_ other: StepStory) -> Bool {
        guard other.step.indices.starts(with: step.indices) else { return false }
        return switch kind {
        case .task, .delay, .signal: false
        case .fork, .route: true
        case .map, .loop: other.step.indices.count > step.indices.count
        case .child: other.step.node.rawValue.hasPrefix(step.node.rawValue + "/")
        }
    }
}

extension StepStory.Kind {
    fileprivate var category: Trace.Category {
        switch self {
        case .task: .step
        case .delay, .signal: .wait
        case .fork, .map, .route, .loop, .child: .branching
        }
    }
}

extension MomentStory.Kind {
    fileprivate var category: Trace.Category {
        switch self {
        case .control: .control
        case .ended, .failed, .stopped: .end
        case .signal: .signal
        case .note: .note
        }
    }
}
