internal import SayiirEvents
internal import SayiirProjection

/// Makes a story of an instance's events. Total, as the fold is: whatever the events say, something is told.
struct StoryBuilder {
    /// Loops stand in it where they were first heard of.
    private var told: Story
    /// Loops begin unrecorded, with their first step: before which chapter each of them belongs.
    private var loopPlaces: [Step: Int] = [:]
    /// Where the latest activation of each step stands among the chapters.
    private var places: [Step: Int] = [:]
    private var signals: [UInt64: Payload] = [:]
    private var pausedAt: Timestamp?

    /// The story of `events`, which belong to one instance; `nil` if there are none.
    static func story(of events: [RecordedEvent]) -> Story? {
        guard let first = events.first?.event else { return nil }
        var builder = StoryBuilder(first)
        for recorded in events { builder.add(recorded.event) }
        return builder.story
    }

    /// What was told so far.
    var story: Story {
        var story = told
        story.chapters = orderedChapters
        return story
    }

    /// Begins the story of the instance that `first` belongs to, which is still to be added.
    init(_ first: Event) {
        told = Story(state: InstanceState(first.instance), times: first.time...first.time)
    }

    /// Goes on with the instance's next event.
    mutating func add(_ event: Event) {
        let run = told.state.run
        told.state.apply(event)
        if told.state.run != run { beginRun(event) }
        let (start, end) = (told.times.lowerBound, told.times.upperBound)
        told.times = min(start, event.time)...max(end, event.time)
        switch event.body {
        case .submitted: break
        case .taskStarted, .taskCheckpointed, .taskFailed, .taskTimedOut, .retryScheduled, .taskInDoubt, .doubtResolved,
            .taskInterrupted, .stepStuck:
            addTask(event)
        case .forked, .branchFinished, .joined, .mapStarted, .mapElementFinished, .mapFinished, .routed, .loopIterated,
            .loopFinished, .childStarted, .childFinished:
            addBranching(event)
        case .delayStarted, .delayElapsed, .signalAwaited, .signalReceived, .signalConsumed, .signalTimedOut,
            .signalRejected:
            addWaiting(event)
        default:
            addMoment(event)
        }
    }

    /// Signals may come before a run; they belong to its story, and what else was told belongs to the run before.
    private mutating func beginRun(_ event: Event) {
        let isFirst = told.state.run == 1
        told.chapters = isFirst ? told.chapters : []
        places = [:]
        loopPlaces = [:]
        told.times = event.time...event.time
        told.submission = event.requestWords
        told.origin = nil
    }

    /// What was told so far is the source's. What was under way there is under way here since the fork was made.
    private mutating func beginFork(_ body: Event.Derived, _ event: Event) {
        told.origin = Story.Origin(source: body.source.rawValue, revision: body.sourceRevision, time: event.time)
        told.times = event.time...event.time
        told.submission = event.requestWords
        for place in told.chapters.indices {
            guard case .step(var chapter) = told.chapters[place], chapter.endedAt == nil else { continue }
            chapter.startedAt = max(chapter.startedAt, event.time)
            if let last = chapter.attempts.indices.last, chapter.attempts[last].endedAt == nil {
                chapter.attempts[last].startedAt = max(chapter.attempts[last].startedAt, event.time)
            }
            told.chapters[place] = .step(chapter)
        }
    }

    // MARK: Chapters

    private mutating func begin(_ step: Step, _ kind: StepStory.Kind, at time: Timestamp, note: String = "") {
        places[step] = told.chapters.count
        told.chapters.append(.step(StepStory(step: step, kind: kind, startedAt: time, note: note)))
    }

    /// Changes the latest activation of a step, which is begun first if it was not.
    private mutating func change(
        _ step: Step, _ kind: StepStory.Kind, at time: Timestamp, _ change: (inout StepStory) -> Void
    ) {
        if places[step] == nil { begin(step, kind, at: time) }
        guard let place = places[step], case .step(var chapter) = told.chapters[place] else { return }
        change(&chapter)
        told.chapters[place] = .step(chapter)
    }

    private mutating func end(
        _ step: Step, _ kind: StepStory.Kind, at time: Timestamp, _ outcome: StepStory.Outcome = .completed,
        output: Payload? = nil
    ) {
        change(step, kind, at: time) { chapter in
            chapter.endedAt = time
            chapter.outcome = outcome
            chapter.output = output
        }
    }

    private mutating func tell(
        _ text: String, _ kind: MomentStory.Kind, at time: Timestamp, payload: Payload? = nil
    ) {
        told.chapters.append(.moment(MomentStory(time: time, kind: kind, text: text, payload: payload)))
    }

    // MARK: Tasks

    private mutating func addTask(_ event: Event) {
        let time = event.time
        switch event.body {
        case .taskStarted(let body): start(body, at: time)
        case .taskCheckpointed(let body):
            endAttempt(body.step, body.attempt, .completed, "", at: time)
            end(body.step, .task, at: time, output: body.output)
        case .taskFailed(let body):
            endAttempt(body.step, body.attempt, .failed, body.failure.description, at: time)
            end(body.step, .task, at: time, .failed)
        case .taskTimedOut(let body):
            let limit = (body.isStalled ? "no heartbeat for " : "limit ") + body.limit.shortDescription
            endAttempt(body.step, body.attempt, .timedOut, limit, at: time)
            end(body.step, .task, at: time, .failed)
        case .retryScheduled(let body):
            change(body.step, .task, at: time) { chapter in
                chapter.outcome = .underWay
                chapter.endedAt = nil
                if let last = chapter.attempts.indices.last { chapter.attempts[last].retryAt = body.wakeAt }
            }
        case .taskInDoubt(let body):
            endAttempt(body.step, body.attempt, .inDoubt, "nobody knows whether it finished", at: time)
            change(body.step, .task, at: time) { $0.outcome = .inDoubt }
        case .doubtResolved(let body): resolve(body, event)
        case .taskInterrupted(let body): endAttempt(body.step, body.attempt, .interrupted, "", at: time)
        case .stepStuck(let body):
            if body.attempt > 0 {
                endAttempt(body.step, body.attempt, .interrupted, body.value.description, at: time)
            }
            tell("stuck at \(body.step.description): \(body.value.description)", .control, at: time)
        default: break
        }
    }

    private mutating func start(_ body: Event.TaskStarted, at time: Timestamp) {
        if let place = places[body.step], case .step(let chapter) = told.chapters[place], chapter.outcome == .completed
        {
            places[body.step] = nil
        }
        change(body.step, .task, at: time) { chapter in
            if let last = chapter.attempts.indices.last, chapter.attempts[last].outcome == .running {
                chapter.attempts[last].outcome = .interrupted
                chapter.attempts[last].endedAt = time
            }
            chapter.outcome = .underWay
            chapter.endedAt = nil
            chapter.attempts.append(Attempt(number: body.attempt, executor: body.executor, startedAt: time))
        }
    }

    private mutating func endAttempt(
        _ step: Step, _ number: UInt32, _ outcome: Attempt.Outcome, _ detail: String, at time: Timestamp
    ) {
        change(step, .task, at: time) { chapter in
            if chapter.attempts.last?.number != number || chapter.attempts.last?.outcome != .running {
                chapter.attempts.append(Attempt(number: number, executor: "", startedAt: time))
            }
            let last = chapter.attempts.count - 1
            chapter.attempts[last].outcome = outcome
            chapter.attempts[last].endedAt = time
            chapter.attempts[last].detail = detail
        }
    }

    private mutating func resolve(_ body: Event.DoubtResolved, _ event: Event) {
        // Who and why come last: a reason in the middle cannot be told from what was decided.
        let decision = ["as decided", event.requestWords].filter { !$0.isEmpty }.joined(separator: " ")
        change(body.step, .task, at: event.time) { chapter in
            guard let last = chapter.attempts.indices.last else { return }
            switch body.resolution {
            case .rerun: chapter.attempts[last].detail = "to run again, \(decision)"
            case .completed: chapter.attempts[last].detail = "it had completed, \(decision)"
            case .failed(let failure):
                chapter.attempts[last].detail = "failed with \(failure.description), \(decision)"
            case .unknown: chapter.attempts[last].detail = decision
            }
        }
        switch body.resolution {
        case .completed(let output): end(body.step, .task, at: event.time, output: output)
        case .failed: end(body.step, .task, at: event.time, .failed)
        case .rerun: change(body.step, .task, at: event.time) { $0.outcome = .underWay }
        case .unknown: break
        }
    }

    // MARK: Branching

    private mutating func addBranching(_ event: Event) {
        let time = event.time
        switch event.body {
        case .forked(let body):
            begin(body.step, .fork, at: time, note: body.branches.joined(separator: ", "))
        case .branchFinished(let body): finishBranch(body.step, at: time)
        case .joined(let body): end(body.step, .fork, at: time)
        case .mapStarted(let body):
            begin(body.step, .map, at: time, note: counted(Int(body.count), "element"))
        case .mapFinished(let body): end(body.step, .map, at: time)
        case .routed(let body):
            begin(body.step, .route, at: time, note: "to \(body.key)" + (body.isDefault ? " (default)" : ""))
            change(body.step, .route, at: time) { $0.branch = body.isDefault ? "default" : body.key }
        case .loopIterated(let body):
            let count = UInt64(body.iteration) + 1
            beginLoop(body.step, at: time)
            change(body.step, .loop, at: time) { $0.note = counted(count, "iteration") }
        case .loopFinished(let body):
            let limit = body.reachedLimit ? ", the most allowed" : ""
            change(body.step, .loop, at: time) { $0.note = counted(Int(body.iterations), "iteration") + limit }
            end(body.step, .loop, at: time)
        case .childStarted(let body): begin(body.step, .child, at: time, note: body.workflow)
        case .childFinished(let body): end(body.step, .child, at: time)
        default: break
        }
    }

    /// A loop is recorded with the end of its first iteration; it began with the first step of that.
    private mutating func beginLoop(_ step: Step, at time: Timestamp) {
        guard places[step] == nil else { return }
        var (start, earliest) = (time, told.chapters.count)
        let inside = step.indices + [0]
        for place in told.chapters.indices.suffix(Self.farthestLoopStart).reversed() {
            guard case .step(let chapter) = told.chapters[place] else { continue }
            // A node of the sequence that the loop is in: what is before it does not belong to the loop.
            if chapter.step.indices == step.indices { break }
            if chapter.step.indices.starts(with: inside) { (start, earliest) = (chapter.startedAt, place) }
        }
        loopPlaces[step] = earliest
        begin(step, .loop, at: start)
    }

    /// Further back than this many chapters the start of a loop is not looked for: maps may have a great many of them.
    private static let farthestLoopStart = 1000

    /// The loops before what is in them, the outer ones first.
    private var orderedChapters: [Story.Chapter] {
        guard !loopPlaces.isEmpty else { return told.chapters }
        let keys = told.chapters.enumerated().map { place, chapter -> (place: Int, isOther: Int, depth: Int) in
            guard case .step(let step) = chapter, step.kind == .loop, let earliest = loopPlaces[step.step] else {
                return (place, 1, 0)
            }
            return (earliest, 0, step.step.indices.count)
        }
        return told.chapters.indices.sorted { keys[$0] < keys[$1] }.map { told.chapters[$0] }
    }

    /// A route ends with its branch; a fork has an event of its own for its end.
    private mutating func finishBranch(_ step: Step, at time: Timestamp) {
        guard let place = places[step], case .step(let chapter) = told.chapters[place], chapter.kind == .route else {
            return
        }
        end(step, .route, at: time)
    }

    // MARK: Waiting

    private mutating func addWaiting(_ event: Event) {
        let time = event.time
        switch event.body {
        case .delayStarted(let body):
            begin(body.step, .delay, at: time, note: "until \(body.wakeAt.dateAndTime)")
        case .delayElapsed(let body): end(body.step, .delay, at: time)
        case .signalAwaited(let body):
            let deadline = body.deadline.map { " until \($0.dateAndTime)" } ?? ""
            begin(body.step, .signal, at: time, note: "'\(body.signal)'\(deadline)")
        case .signalReceived(let body):
            signals[event.revision] = body.payload
            let request = event.requestWords
            let words = request.isEmpty ? "arrived" : "sent \(request)"
            tell("signal '\(body.signal)' \(words)", .signal, at: time, payload: body.payload)
        case .signalConsumed(let body):
            end(body.step, .signal, at: time, output: signals[body.receivedRevision])
            // Until when it would have waited matters no longer.
            change(body.step, .signal, at: time) { $0.note = "'\(body.signal)'" }
        case .signalRejected(let body):
            tell("signal '\(body.signal)' rejected: \(body.value.description)", .signal, at: time)
        case .signalTimedOut(let body):
            end(body.step, .signal, at: time, body.fallback == nil ? .failed : .completed, output: body.fallback)
            change(body.step, .signal, at: time) { $0.note = "'\(body.signal)' timed out" }
        default: break
        }
    }

    // MARK: Moments

    private mutating func addMoment(_ event: Event) {
        let request = event.requestWords
        func words(_ text: String) -> String { [text, request].filter { !$0.isEmpty }.joined(separator: " ") }
        switch event.body {
        case .completed: endRun("completed", .ended, event)
        case .failed(let body): endRun("failed: \(body.failure.description)", .failed, event)
        case .cancelled: endRun(words("cancelled"), .stopped, event)
        case .superseded: endRun(words("superseded by a new run"), .stopped, event)
        case .pauseRequested: tell(words("pause requested"), .control, at: event.time)
        case .paused:
            pausedAt = event.time
            tell("paused", .control, at: event.time)
        case .unpaused:
            let after = pausedAt.map { " after \((event.time - $0).words)" } ?? ""
            pausedAt = nil
            tell(words("unpaused\(after)"), .control, at: event.time)
        case .cancelRequested: tell(words("cancellation requested"), .control, at: event.time)
        case .reopened(let body):
            places = [:]
            tell(words("reopened at \(body.step.description)"), .control, at: event.time)
        case .deleted: tell(words("deleted"), .control, at: event.time)
        case .leaseAcquired(let body):
            tell("held by \(body.executor), epoch \(body.epoch)", .note, at: event.time)
        case .leaseLost(let body):
            tell("\(body.executor) lost its hold, epoch \(body.epoch)", .note, at: event.time)
        case .definitionChanged(let body):
            tell(words("definition changed from \(body.from.short) to \(body.to.short)"), .control, at: event.time)
        case .derived(let body):
            beginFork(body, event)
            tell(
                words("derived from \(body.source.rawValue) at revision \(body.sourceRevision)"), .note,
                at: event.time)
        case .imported(let body): tell(words("imported from \(body.source)"), .note, at: event.time)
        case .annotated(let body): tell(words(body.text), .note, at: event.time)
        default: tell("\(event.body.kindName), an event of a newer version", .note, at: event.time)
        }
    }

    /// Whatever was under way is left as it was.
    private mutating func endRun(_ text: String, _ kind: MomentStory.Kind, _ event: Event) {
        for place in told.chapters.indices {
            guard case .step(var chapter) = told.chapters[place], chapter.outcome == .underWay else { continue }
            chapter.outcome = .abandoned
            chapter.endedAt = event.time
            if let last = chapter.attempts.indices.last, chapter.attempts[last].outcome == .running {
                chapter.attempts[last].outcome = .abandoned
                chapter.attempts[last].endedAt = event.time
            }
            told.chapters[place] = .step(chapter)
        }
        tell(text, kind, at: event.time)
    }
}
