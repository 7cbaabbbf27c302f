import SayiirEvents
import SayiirProjection
import Testing

@testable import SayiirInspection

@Suite struct ReasonsTests {
    /// What is said of an instance that `build` makes, a minute after the origin.
    private func text(writer: String? = "process 7", width: Int? = 100, _ build: (inout History) -> Void) throws
        -> String
    {
        try reasons(writer: writer, build).lines(Style(width: width)).joined(separator: "\n")
    }

    private func reasons(writer: String? = "process 7", _ build: (inout History) -> Void) throws -> Reasons {
        var history = History()
        history.add("i", 0, .submit("w", "1"))
        build(&history)
        let story = try #require(StoryBuilder.story(of: history.recorded))
        return Reasons(story, .log(writer: writer), now: History.at(60_000))
    }

    @Test("every open step is told: first those that can move, then those that hold them")
    func nested() throws {
        let text = try text { history in
            history.add("i", 1, .forked(.init(step: Step("all"), branches: ["a", "b", "c"])))
            history.add("i", 2, .mapStarted(.init(step: Step("regions"), count: 900)))
            history.add("i", 2, .start(Step("sum", indices: [0])))
            history.add("i", 3, .checkpoint(Step("sum", indices: [0]), "1"))
            history.add("i", 3, .mapElementFinished(.init(step: Step("regions"), index: 0)))
            history.add("i", 3, .start(Step("sum", indices: [1]), 1, on: "worker-2"))
            history.add("i", 4, .childStarted(.init(step: Step("billing"), workflow: "invoice")))
            history.add("i", 4, .start(Step("billing/print")))
            history.add("i", 5, .taskFail(Step("billing/print"), "Jam", "paper jam"))
            history.add("i", 5, .retry(Step("billing/print"), 2, at: 3_600_000))
            history.add("i", 8, .routed(.init(step: Step("way"), key: "fast", isDefault: false)))
            history.add("i", 9, .loopIterated(.init(step: Step("poll"), iteration: 0, decision: .again)))
            history.add("i", 9, .delayStarted(.init(step: Step("rest", indices: [1]), wakeAt: History.at(1000))))
            history.add("i", 10, .branchFinished(.init(step: Step("all"), branch: "b")))
        }
        #expect(
            text == """
                i  in progress  w

                  sum#1 runs since 2026-03-01 12:00:00 UTC (59.99s ago) on worker-2: attempt 1.
                  → It ends when the task returns, fails or runs out of time. Process 7 has the log open; if that is
                    not who started the attempt, it was interrupted, and the next one begins when the instance is
                    taken up.

                  billing/print waits to be tried again since 2026-03-01 12:00:00 UTC (59.99s ago), after 1 failure,
                  the last with Jam: paper jam.
                  → Attempt 2 begins at 2026-03-01 13:00:00 UTC (in 59m00s); how many are allowed, only the
                    definition says, which the log does not hold.

                  rest#1 is a delay since 2026-03-01 12:00:00 UTC (59.99s ago).
                  → It was over at 2026-03-01 12:00:01 UTC (59.00s ago). That is late: process 7 has the log open,
                    but seems not to run this instance. An engine takes it up when it runs as a service that knows
                    the workflow, or by resume(_:id:).

                  all is a fork: 2 of 3 branches not finished: a, c.

                  regions is a map: 899 of 900 elements not finished: 1, 2, 3, 4, 5 and 894 more.

                  billing is the workflow 'invoice' as a part of this one, not finished: billing/print.

                  way is a route: it took the branch 'fast', which is not finished.

                  poll is a loop: iteration 2 is under way.
                """)
    }

    @Test("a task in doubt is told with the decisions that a person can take")
    func doubt() throws {
        let text = try text { history in
            history.add("i", 6, .start(Step("wire_money", indices: [3])))
            history.add("i", 7, .taskInDoubt(.init(step: Step("wire_money", indices: [3]), attempt: 1)))
            history.add("i", 8, .start(Step("other")))
            history.add("i", 9, .taskInDoubt(.init(step: Step("other"), attempt: 1)))
            history.add("i", 9, .doubtResolved(.init(step: Step("other"), attempt: 1, resolution: .rerun)))
            history.add("i", 10, .start(Step("third")))
            history.add("i", 11, .taskFail(Step("third"), "Jam", "paper jam"))
        }
        #expect(
            text == """
                i  in progress  w

                  wire_money#3 is in doubt: attempt 1 began at 2026-03-01 12:00:00 UTC (59.99s ago) on worker-1, was
                  interrupted, and may have done its work. It must not run twice, so nothing goes on by itself.
                  → A person finds out what happened and decides:
                    client.resolveDoubt(of: Step("wire_money", indices: [3]), in: "i", as: …) with .rerun to run it
                    again, .completed(output) if it had completed, or .failed(error) if it had not.

                  other is ready to run again since 2026-03-01 12:00:00 UTC (59.98s ago).
                  → Attempt 2 begins when an engine takes the instance up.

                  third failed at 2026-03-01 12:00:00 UTC (59.98s ago) with Jam: paper jam.
                  → What follows was not recorded yet: whoever runs the instance tries it again or ends the run.
                """)
    }

    @Test("a signal that has arrived already, and a cancellation that nobody has carried out, are told")
    func arrived() throws {
        let text = try text { history in
            history.add("i", 1, .signalAwaited(.init(step: Step("ok"), signal: "approved", deadline: nil)))
            history.add("i", 2, .signal("approved", .json("true")))
            history.add("i", 3, .cancelRequested(.init()), by: "ops", because: "no longer needed")
        }
        #expect(
            text == """
                i  awaiting signal  w

                  Cancellation was asked for at 2026-03-01 12:00:00 UTC (59.99s ago) by ops: no longer needed.
                  → It takes effect once no task runs, and cannot be taken back.

                  ok waits for the signal 'approved' since 2026-03-01 12:00:00 UTC (59.99s ago).
                  → It is cancelled once no task runs; what follows the signal does not begin.
                """)
    }

    @Test("a pause is told with who asked for it and what ends it; without a writer, that nobody runs it")
    func pause() throws {
        let text = try text(writer: nil) { history in
            history.add("i", 1, .start(Step("a")))
            history.add("i", 2, .pauseRequested(.init()), by: "ops", because: "stock count")
            history.add("i", 3, .checkpoint(Step("a"), "1"))
            history.add("i", 3, .paused(.init()), by: "ops", because: "stock count")
        }
        #expect(
            text == """
                i  paused  w

                  It is paused by ops: stock count; that was asked for at 2026-03-01 12:00:00 UTC (59.99s ago).
                  → It goes on when somebody ends the pause: client.unpause("i"). Until then nothing below ends or
                    begins, though signals are kept.

                  No step is under way: the last one was a, and the next has not begun since 2026-03-01 12:00:00 UTC
                  (59.99s ago).
                  → It begins when an engine takes the instance up. An engine that offers only some tags leaves
                    tasks with others to its like; which tags a task has, the log does not tell.

                  Nobody runs it: no process has the log open. An engine alone does not continue it: the pause has
                  to end as well.
                """)
    }

    @Test("what is late because of a pause is not called late")
    func pausedDelay() throws {
        for isPaused in [false, true] {
            let text = try text { history in
                history.add("i", 1, .delayStarted(.init(step: Step("rest"), wakeAt: History.at(1000))))
                if isPaused { history.add("i", 2, .paused(.init()), by: "ops") }
            }
            #expect(text.contains("It was over at"))
            #expect(text.contains("That is late") == !isPaused)
        }
    }

    @Test("an instance that nobody has begun waits for an engine, of which the tags are named")
    func notBegun() throws {
        var history = History()
        history.add("new", 0, .submit("train", "1", tags: ["gpu", "eu\u{1B}"]))
        history.add("new", 5, .pauseRequested(.init()))
        let story = try #require(StoryBuilder.story(of: history.recorded))
        let lines = Reasons(story, .log(writer: "process 7"), now: History.at(60_000)).lines(Style(width: 100))
        #expect(
            lines.joined(separator: "\n") == #"""
                new  in progress  train

                  A pause was asked for at 2026-03-01 12:00:00 UTC (59.99s ago).
                  → It takes effect once no task runs. client.unpause("new") takes it back.

                  Nothing has begun since it was submitted at 2026-03-01 12:00:00 UTC (1m00s ago).
                  → It is paused once no task runs; the next step begins once the pause has ended.
                """#)
        history.add("new", 6, .unpaused(.init()))
        let begun = Reasons(
            try #require(StoryBuilder.story(of: history.recorded)), .log(writer: "process 7"), now: History.at(60_000))
        #expect(begun.lines(Style()).joined().contains(#"It has to offer the tags gpu, eu\u001b."#))
    }

    @Test("signals that came before anybody submitted the instance are told")
    func unsubmitted() throws {
        var history = History()
        for _ in 0..<7 { history.add("early", 0, .signal("go", .json("1"))) }
        let story = try #require(StoryBuilder.story(of: history.recorded))
        let lines = Reasons(story, .log(writer: nil), now: History.at(60_000)).lines(Style(width: 100))
        #expect(
            lines.joined(separator: "\n") == """
                early  unsubmitted

                  Nobody has submitted an instance with this id.
                  → client.submit(workflow, id: "early", input: …) begins it.

                  7 signals in the mailbox, the first at 2026-03-01 12:00:00 UTC (1m00s ago), that no step waits
                  for: 'go', 'go', 'go', 'go', 'go' and 2 more.
                  → A step that begins to wait for one takes it at once.
                """)
    }

    @Test(
        "in a store that gives leases it is told who has the instance's, and that nobody has only where somebody should"
    )
    func leases() throws {
        func text(_ lease: Attendance.Lease, _ build: (inout History) -> Void) throws -> String {
            var history = History()
            history.add("i", 0, .submit("w", "1"))
            build(&history)
            let story = try #require(StoryBuilder.story(of: history.recorded))
            return Reasons(story, .store(lease), now: History.at(60_000)).lines(Style()).joined(separator: "\n")
        }
        let held = Attendance.Lease(executor: "worker-7", until: History.at(90_000), readyAt: History.at(0))
        let due = Attendance.Lease(readyAt: History.at(1000))
        let running = try text(held) { $0.add("i", 1, .start(Step("a"))) }
        #expect(running.contains("a runs since 2026-03-01 12:00:00 UTC (59.99s ago) on worker-1: attempt 1."))
        #expect(
            running.contains("Worker-7 has its lease until 2026-03-01 12:01:30 UTC, unless that is renewed; if that"))
        let stopped = try text(due) { $0.add("i", 1, .start(Step("a"))) }
        #expect(stopped.contains("no end of it was recorded. It does not run: no worker has its lease."))
        #expect(
            stopped.contains(
                "Nobody runs it, though it has been due since 2026-03-01 12:00:01 UTC: no worker has its lease."))
        let late = try text(held) { $0.add("i", 1, .delayStarted(.init(step: Step("b"), wakeAt: History.at(5000)))) }
        #expect(late.contains("That is late: worker-7 has its lease, but seems to do nothing."))
        let waiting = Attendance.Lease(readyAt: History.at(300_000))
        let idle = try text(waiting) { history in
            history.add("i", 1, .delayStarted(.init(step: Step("b"), wakeAt: History.at(300_000))))
        }
        #expect(idle.contains("It is over at 2026-03-01 12:05:00 UTC") && !idle.contains("Nobody"))
    }

    @Test("what ended an instance is one sentence")
    func ends() throws {
        func last(_ build: (inout History) -> Void) throws -> String? {
            try text(width: nil, build).split(separator: "\n").last.map(String.init)
        }
        #expect(
            try last { $0.add("i", 1, .complete(nil)) }
                == "  It completed at 2026-03-01 12:00:00 UTC (59.99s ago); its output is its input. Nothing is left to do."
        )
        #expect(
            try last { $0.add("i", 1, .superseded(.init())) }
                == "  It was given up at 2026-03-01 12:00:00 UTC (59.99s ago) for a new run, which has not begun.")
        let deleted = try last { history in
            history.add("i", 1, .complete(nil))
            history.add("i", 2, .deleted(.init()))
        }
        #expect(deleted == "  It was deleted at 2026-03-01 12:00:00 UTC (59.99s ago).")
        let failed = try last { history in
            history.add("i", 1, .start(Step("a")))
            history.add("i", 2, .taskFail(Step("a"), "Jam", "paper\u{1B}[31m jam"))
            history.add("i", 2, .fail(Step("a"), "Jam", "paper\u{1B}[31m jam"))
        }
        #expect(
            failed
                == #"  It failed at 2026-03-01 12:00:00 UTC (59.99s ago), at a, with Jam: paper\u001b[31m jam. Nothing wakes it up."#
        )
        #expect(
            try last { $0.add("i", 1, .cancelled(.init()), by: "ops") }
                == "  It was cancelled at 2026-03-01 12:00:00 UTC (59.99s ago) by ops. Nothing wakes it up.")
    }

    @Test("an event of a newer version is told, since it may change everything")
    func newer() throws {
        let reasons = try reasons { history in
            history.add("i", 1, .unknown(Event.Unknown(kind: 900, bytes: [1])))
        }
        #expect(reasons.all.map(\.cause) == [.notBegun(tags: []), .newerEvents])
    }

    @Test("a map of more elements than memory has names the first that are open, and does not count on their number")
    func hugeMap() throws {
        let reasons = try reasons { $0.add("i", 1, .mapStarted(.init(step: Step("m"), count: .max))) }
        guard case .map(let open, of: .max) = reasons.all.last?.cause else {
            Issue.record("\(reasons.all)")
            return
        }
        #expect(open.first == [0, 1, 2, 3, 4])
        #expect(open.count == .max)
    }

    @Test("what a definition says of time-outs, retries and tasks that run at most once is told")
    func terms() throws {
        func text(_ definition: String, _ build: (inout History) -> Void) throws -> String {
            var history = History()
            history.add("i", 0, .submit("w", "1"))
            build(&history)
            var story = try #require(StoryBuilder.story(of: history.recorded))
            story.find(in: [try #require(story.state.definition).description: definition])
            return Reasons(story, .log(writer: nil), now: History.at(60_000)).lines(Style()).joined(separator: "\n")
        }
        let awaits: (inout History) -> Void = {
            $0.add("i", 1, .signalAwaited(.init(step: Step("s"), signal: "go", deadline: History.at(90_000))))
        }
        #expect(
            try text("S:s:go:t:90000:f;", awaits).contains(
                "(in 30.00s): the workflow then goes on with the fallback that its definition has for this."))
        #expect(
            try text("S:s:go:t:90000;", awaits).contains(
                "(in 30.00s): the workflow then fails, as its definition has no fallback for this."))
        // A text that is none, and one of another workflow, tell nothing.
        for unknown in ["S:s:go", "T:a;"] {
            #expect(try text(unknown, awaits).hasSuffix(try text("", awaits)), "\(unknown)")
            #expect(try text(unknown, awaits).contains("the log does not hold the definition."))
        }
        let fails: (inout History) -> Void = {
            $0.add("i", 1, .start(Step("t")))
            $0.add("i", 2, .taskFail(Step("t"), "E", "e"))
            $0.add("i", 2, .retry(Step("t"), 2, at: 70_000))
        }
        #expect(try text("T:t:r:1:1000:2;", fails).contains("; its definition allows 1 retry."))
        #expect(try text("T:t:t:5:r:4:1000:2;", fails).contains("; its definition allows 4 retries."))
        let runs: (inout History) -> Void = { $0.add("i", 1, .start(Step("t"))) }
        #expect(
            try text("T:t:once;", runs).contains("It may run at most once: when an engine takes the instance up, it"))
        #expect(try text("T:t;", runs).contains("→ Attempt 2 begins when an engine takes the instance up.\n"))
    }

    @Test("a call that is to be copied is never broken, even if it is longer than a line", arguments: [40, 60, 80])
    func calls(_ width: Int) throws {
        var history = History()
        history.add("a rather long id, with blanks", 0, .submit("w", "1"))
        let wait = Event.SignalAwaited(step: Step("s"), signal: "a signal with blanks", deadline: nil)
        history.add("a rather long id, with blanks", 1, .signalAwaited(wait))
        let story = try #require(StoryBuilder.story(of: history.recorded))
        let lines = Reasons(story, .log(writer: nil), now: History.at(60_000)).lines(Style(width: width))
        let call = #"client.signal("a signal with blanks", to: "a rather long id, with blanks", payload: …)"#
        #expect(lines.count { $0.contains(call) } == 1)
        #expect(lines.allSatisfy { $0.displayWidth <= width || $0.contains(call) })
    }

    @Test("no line is wider than the terminal, but for calls that are to be copied", arguments: [40, 60, 80, 120])
    func width(_ width: Int) throws {
        for instance in Set(History.sample.events.map(\.instance)) {
            let events = History.sample.recorded.filter { $0.event.instance == instance }
            let story = try #require(StoryBuilder.story(of: events))
            for line in Reasons(story, .log(writer: nil), now: History.at(60_000)).lines(Style(width: width)) {
                #expect(line.displayWidth <= width || line.contains("client."), "\(line)")
            }
        }
    }
}
