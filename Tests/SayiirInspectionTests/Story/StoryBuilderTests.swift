import SayiirEvents
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct StoryBuilderTests {
    private func begun(_ build: (inout History) -> Void) throws -> [(name: String, offset: Int64)] {
        var history = History()
        history.add("i", 0, .submit("w", "1"))
        build(&history)
        let story = try #require(StoryBuilder.story(of: history.recorded))
        return story.chapters.compactMap { chapter in
            guard case .step(let step) = chapter else { return nil }
            return (step.step.description, (step.startedAt - story.start).saturatedNanoseconds / 1_000_000)
        }
    }

    @Test("loops begin with the first step in them, the outer one first, and not with what is before them")
    func loops() throws {
        let steps = try begun { history in
            // Another loop, which is over: its steps have the same indices.
            history.add("i", 1, .start(Step("early", indices: [0])))
            history.add("i", 2, .checkpoint(Step("early", indices: [0]), "1"))
            history.add("i", 2, .loopIterated(.init(step: Step("first"), iteration: 0, decision: .done)))
            history.add("i", 2, .loopFinished(.init(step: Step("first"), iterations: 1, reachedLimit: false)))
            for inner in 0..<2 as Range<UInt32> {
                let (step, time) = (Step("work", indices: [0, inner]), 3 + Double(inner))
                history.add("i", time, .start(step))
                history.add("i", time + 1, .checkpoint(step, "1"))
                history.add(
                    "i", time + 1,
                    .loopIterated(.init(step: Step("inner", indices: [0]), iteration: inner, decision: .again)))
            }
            history.add("i", 6, .loopIterated(.init(step: Step("outer"), iteration: 0, decision: .again)))
        }
        #expect(
            steps.map(\.name) == ["first", "early#0", "outer", "inner#0", "work#0.0", "work#0.1"])
        #expect(steps.map(\.offset) == [1, 1, 3, 3, 3, 4])
    }

    @Test("loops stand before what is in them also where a story is built event by event")
    func loopsStepwise() throws {
        var history = History()
        history.add("i", 0, .submit("w", "1"))
        history.add("i", 1, .start(Step("work", indices: [0])))
        history.add("i", 2, .loopIterated(.init(step: Step("loop"), iteration: 0, decision: .again)))
        var builder = StoryBuilder(history.events[0])
        for event in history.events { builder.add(event) }
        func names() -> [String] {
            builder.story.chapters.compactMap { if case .step(let step) = $0 { step.step.description } else { nil } }
        }
        #expect(names() == ["loop", "work#0"])
        builder.add(
            Event(instance: "i", revision: 4, time: History.at(3), body: .start(Step("work", indices: [1]))))
        #expect(names() == ["loop", "work#0", "work#1"])
    }

    private let charge = Step("charge")

    private func steps(_ build: (inout History) -> Void) throws -> [StepStory] {
        var history = History()
        build(&history)
        let story = try #require(StoryBuilder.story(of: history.recorded))
        return story.chapters.compactMap { if case .step(let step) = $0 { step } else { nil } }
    }

    @Test("an attempt whose end nobody recorded is interrupted when the next one starts")
    func interrupted() throws {
        let steps = try steps { history in
            history.add("i", 0, .submit("w", "1"))
            history.add("i", 1, .start(charge))
            history.add("i", 5, .start(charge, 2))
        }
        #expect(steps.count == 1)
        #expect(steps[0].attempts.map(\.outcome) == [.interrupted, .running])
        #expect(steps[0].attempts[0].endedAt == History.at(5))
    }

    @Test("an attempt that failed is not called interrupted by the next one")
    func failedThenStarted() throws {
        let steps = try steps { history in
            history.add("i", 0, .submit("w", "1"))
            history.add("i", 1, .start(charge))
            history.add("i", 2, .taskFail(charge, "E", "no"))
            history.add("i", 2, .retry(charge, 2, at: 3))
            history.add("i", 3, .start(charge, 2))
        }
        #expect(steps[0].attempts.map(\.outcome) == [.failed, .running])
        #expect(steps[0].outcome == .underWay)
    }

    @Test("what was under way when the run ended is left, not completed")
    func abandoned() throws {
        let steps = try steps { history in
            history.add("i", 0, .submit("w", "1"))
            history.add("i", 1, .start(charge))
            history.add("i", 2, .fail(Step("other"), "E", "no"))
        }
        #expect(steps[0].outcome == .abandoned)
        #expect(steps[0].attempts.map(\.outcome) == [.abandoned])
    }

    @Test("a step that runs again after the instance was reopened stands there a second time")
    func reopened() throws {
        let steps = try steps { history in
            history.add("i", 0, .submit("w", "1"))
            history.add("i", 1, .start(charge))
            history.add("i", 2, .taskFail(charge, "E", "no"))
            history.add("i", 2, .fail(charge, "E", "no"))
            history.add("i", 9, .reopened(Event.Reopened(step: charge)), by: "ops")
            history.add("i", 10, .start(charge, 2))
            history.add("i", 11, .checkpoint(charge, "1", 2))
        }
        #expect(steps.map(\.outcome) == [.failed, .completed])
        #expect(steps[1].startedAt == History.at(10))
    }

    @Test("a decision about a task in doubt is told with who made it")
    func doubt() throws {
        let steps = try steps { history in
            history.add("i", 0, .submit("w", "1"))
            history.add("i", 1, .start(charge))
            history.add("i", 2, .taskInDoubt(Event.TaskInDoubt(step: charge, attempt: 1)))
            history.add(
                "i", 3,
                .doubtResolved(
                    Event.DoubtResolved(step: charge, attempt: 1, resolution: .completed(output: .json("7")))),
                by: "ops", because: "the bank has it")
        }
        #expect(steps[0].outcome == .completed)
        #expect(steps[0].output == .json("7"))
        #expect(steps[0].attempts.map(\.detail) == ["it had completed, as decided by ops: the bank has it"])
    }

    @Test("a new run tells its own story, from its own submission on")
    func secondRun() throws {
        var history = History()
        history.add("i", 0, .submit("w", "1"))
        history.add("i", 1, .start(charge))
        history.add("i", 2, .superseded(Event.Superseded()))
        history.add("i", 3, .submit("w", "2"))
        history.add("i", 4, .start(Step("second")))
        let story = try #require(StoryBuilder.story(of: history.recorded))
        #expect(story.start == History.at(3))
        #expect(story.chapters.count == 1)
        #expect(
            StoryText(story: story, style: Style()).lines.last
                == "Earlier runs of this id are not shown; --events lists all events.")
    }

    @Test("a route ends with its branch, a fork only with its join")
    func branches() throws {
        let (fork, route) = (Step("fork"), Step("route"))
        let steps = try steps { history in
            history.add("i", 0, .submit("w", "1"))
            history.add("i", 1, .forked(Event.Forked(step: fork, branches: ["a"])))
            history.add("i", 1, .routed(Event.Routed(step: route, key: "x", isDefault: true)))
            history.add("i", 2, .branchFinished(Event.BranchFinished(step: route, branch: "x")))
            history.add("i", 3, .branchFinished(Event.BranchFinished(step: fork, branch: "a")))
        }
        #expect(steps.map(\.outcome) == [.underWay, .completed])
        #expect(steps.map(\.note) == ["a", "to x (default)"])
    }

    @Test("events in any order, any subset of them, give a story without a trap")
    func total() throws {
        var generator = SplitMix64(seed: 11)
        let all = History.sample.events
        for _ in 0..<300 {
            let chosen = all.shuffled(using: &generator).prefix(Int.random(in: 1...all.count, using: &generator))
            let events = chosen.enumerated().map { place, event in
                var event = event
                event.instance = "i"
                event.revision = UInt64(place + 1)
                return RecordedEvent(sequence: UInt64(place + 1), event: event)
            }
            let story = try #require(StoryBuilder.story(of: events))
            #expect(!StoryText(story: story, style: Style(width: 60)).lines.isEmpty)
            #expect(object(story.json(Style())) != nil)
        }
    }
}
