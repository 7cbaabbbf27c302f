internal import SayiirEvents
internal import SayiirProjection

/// What happened in an instance's current run, told in the order in which things began. Its texts are as they were recorded:
/// whoever shows them makes them safe.
struct Story {
    /// The state that the events lead to.
    var state: InstanceState
    /// What happened, in the order in which it began.
    var chapters: [Chapter] = []
    /// The times of the first and the last event of the run.
    var times: ClosedRange<Timestamp>
    /// Who submitted the run, and why, where that is known.
    var submission = ""
    /// Where the past was copied from, and when; `nil` if it is the instance's own.
    var origin: Origin?
    /// The ids of the instances that were copied from this one, in the order of the log.
    var forks: [String] = []
    /// What the definition says of the steps; `nil` if it is not known.
    var outline: Outline?

    /// One line of the story, or one with some below it.
    enum Chapter {
        case step(StepStory)
        case moment(MomentStory)
        case folded(FoldedSteps)
    }

    /// The instance whose past a fork has.
    struct Origin {
        var source: String
        var revision: UInt64
        var time: Timestamp
    }

    /// When the run began, or the fork was made: what all offsets are counted from.
    var start: Timestamp { times.lowerBound }

    /// The distance of a moment from the start, in words. What a fork has from its source came before it.
    func offsetWords(of time: Timestamp) -> String {
        origin != nil && time < start ? "before" : (time - start).offsetWords
    }
}

/// Something that takes no time: a signal, a request, an end.
struct MomentStory {
    var time: Timestamp
    var kind: Kind
    var text: String
    /// The value that came with it.
    var payload: Payload?

    enum Kind {
        case control, ended, failed, stopped, signal, note
    }

    /// The text with the value.
    func words(_ style: Style) -> String {
        safe(text) + (payload.map { "  \(SayiirInspection.text(of: $0, style))" } ?? "")
    }
}

/// One activation of a node, with all of its attempts.
struct StepStory {
    var step: Step
    var kind: Kind
    var startedAt: Timestamp
    /// When it completed or failed for good; `nil` while it is under way.
    var endedAt: Timestamp?
    var outcome = Outcome.underWay
    var attempts: [Attempt] = []
    var output: Payload?
    /// What is particular to the kind: the branch taken, the signal awaited.
    var note = ""
    /// The key that a route chose by; `default` if it chose for want of another.
    var branch: String?

    enum Kind: String {
        case task, delay, signal, fork, map, route, loop, child
    }

    enum Outcome: String {
        case underWay = "under_way"
        case completed
        case failed
        case inDoubt = "in_doubt"
        /// The run ended before the step did.
        case abandoned
    }
}

extension StepStory {
    /// Whether the attempts say more than the step itself.
    var isToldByAttempts: Bool {
        guard attempts.count == 1, let only = attempts.first else { return attempts.count > 1 }
        return !only.detail.isEmpty || only.retryAt != nil || only.number != 1
    }
}

extension Story {
    /// Looks the definition up among those of the log.
    mutating func find(in definitions: GraphExport.Definitions) {
        outline = state.definition.flatMap { definitions[$0.description] }.flatMap { Definition($0) }.map(Outline.init)
    }

    /// In how many others a step stands. Without the definition it can only be told from its name and indices, which tell nothing of
    /// forks and routes.
    func depth(of step: Step) -> Int {
        outline?.depth(of: step.node) ?? step.indices.count + step.node.rawValue.count { $0 == "/" }
    }

    /// When a step ended, or was last known to be under way; never before it began, whatever the clocks said.
    func end(of step: StepStory) -> Timestamp { max(step.startedAt, step.endedAt ?? times.upperBound) }
}

/// One attempt at a task.
struct Attempt {
    var number: UInt32
    var executor: String
    var startedAt: Timestamp
    /// When its end was recorded; for an interrupted one, when the next one began.
    var endedAt: Timestamp?
    var outcome = Outcome.running
    /// Why it failed, or what was decided about it.
    var detail = ""
    /// The earliest moment of the next attempt, if one was planned.
    var retryAt: Timestamp?

    enum Outcome: String {
        case running
        case completed
        case failed
        case timedOut = "timed_out"
        /// Another attempt began, and nobody recorded this one's end: its process had crashed or was stopped.
        case interrupted
        case inDoubt = "in_doubt"
        /// The run ended before the attempt did.
        case abandoned

        /// The outcome in a word or two.
        var words: String { String(rawValue.map { $0 == "_" ? " " : $0 }) }
    }
}
