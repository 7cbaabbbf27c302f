import SayiirEvents
import SayiirLog
import SayiirProjection
import Testing

@testable import SayiirInspection

@Suite struct WhyTests {
    /// Asks on the sample, a minute after its origin.
    private func why(_ instance: String, _ style: Style = Style(width: 100)) async throws -> Run {
        var why = WhyInspection(instance)
        why.now = { History.at(60_000) }
        return try await Run(onSample: why, style: style)
    }

    @Test("a wait for a signal is told with what ends it, and what lies in the mailbox")
    func waiting() async throws {
        let run = try await why("user-9")
        #expect(run.status == .clean)
        #expect(run.complaints == [])
        #expect(
            run.output == """
                user-9  awaiting signal  onboarding

                  confirm_mail waits for the signal 'mail_confirmed' since 2026-03-01 12:00:00 UTC (59.68s ago).
                  → It goes on when somebody sends it: client.signal("mail_confirmed", to: "user-9", payload: …).
                    The wait times out at 2026-03-02 12:00:00 UTC (in 23h59m): the workflow then fails, or goes on
                    with the fallback that its definition may have for this; the log does not hold the definition.

                  1 signal in the mailbox, the first at 2026-03-01 12:00:00 UTC (59.10s ago), that no step waits
                  for: 'news_wanted'.
                  → A step that begins to wait for one takes it at once.

                  Nobody runs it: no process has the log open. Start the engine; it takes the instance up then.

                """)
    }

    @Test("a task that nobody runs is told apart from one that a process may be running")
    func running() async throws {
        let disk = try await sampleDisk()
        var why = WhyInspection("report-7")
        why.now = { History.at(60_000) }
        #expect(
            Run(why, on: disk).output == """
                report-7  in progress  report

                  load_costs was started at 2026-03-01 12:00:00 UTC (59.77s ago) on worker-1 as attempt 1, and no
                  end of it was recorded. It does not run: no process has the log open.
                  → Attempt 2 begins when an engine takes the instance up. If the task may run at most once, it is
                    in doubt then, and a person has to decide.

                  gather is a fork: 1 of 2 branches not finished: costs.

                  Nobody runs it: no process has the log open. Start the engine; it takes the instance up then.

                """)
        let log = try await LogWriter.open(directory: "log", fileSystem: disk)
        let attended = Run(why, on: disk, style: Style()).output.replacing(/[Pp]rocess \d+ on \S+/, with: "Process 1")
        #expect(
            attended == """
                report-7  in progress  report

                  load_costs runs since 2026-03-01 12:00:00 UTC (59.77s ago) on worker-1: attempt 1.
                  → It ends when the task returns, fails or runs out of time. Process 1 has the log open; if that is not who started the attempt, it was interrupted, and the next one begins when the instance is taken up.

                  gather is a fork: 1 of 2 branches not finished: costs.

                """)
        try await log.close()
    }

    @Test("what ended an instance is told")
    func ended() async throws {
        #expect(
            try await why("order-42", Style()).lines.last
                == "  It completed at 2026-03-01 12:00:03 UTC (56.59s ago) with what ship_parcel gave. Nothing is left to do."
        )
        #expect(
            try await why("order-43", Style()).lines.last
                == #"  It failed at 2026-03-01 12:00:00 UTC (59.74s ago), at charge_card, in attempt 2, with PaymentDeclined: card expired\u001b[31m. Nothing wakes it up."#
        )
        #expect(
            try await why("order-44", Style()).lines.last
                == "  It was cancelled at 2026-03-01 12:01:05 UTC (in 5.42s) by bob: customer changed her mind; it stood before or at ship_parcel. Nothing wakes it up."
        )
        #expect(
            try await why("reminder-1", Style()).lines[3] == "  → It is over at 2026-03-08 12:00:00 UTC (in 6d23h).")
    }

    @Test("the JSON has the facts beside the sentences")
    func json() async throws {
        let run = try await why("user-9", Style(isJSON: true))
        let whole = try #require(object(run.output))
        #expect(Set(whole.keys) == ["instance", "workflow", "status", "asked_at", "unattended", "reasons"])
        let reasons = try #require(whole["reasons"] as? [[String: Any]])
        #expect(reasons.map { $0["reason"] as? String } == ["signal", "unclaimed_signals"])
        #expect(Set(reasons[0].keys) == ["reason", "step", "since", "due", "signal", "text", "wakes"])
        #expect(reasons[0]["due"] as? String == "2026-03-02T12:00:00Z")
        #expect(reasons[1]["signals"] as? [String] == ["news_wanted"])
        let running = try #require(
            object(try await why("report-7", Style(isJSON: true)).output)?["reasons"] as? [[String: Any]])
        #expect(Set(running[0].keys) == ["reason", "step", "since", "attempt", "executor", "text", "wakes"])
        #expect(running[1]["open"] as? [String] == ["costs"])
        let failed = try #require(
            object(try await why("order-43", Style(isJSON: true)).output)?["reasons"] as? [[String: Any]])
        #expect(Set(failed[0].keys) == ["reason", "step", "since", "attempt", "error", "text"])
    }

    @Test("an unknown id ends with 1 and names similar ones")
    func unknown() async throws {
        let run = try await why("order-45")
        #expect(run.status == .failure)
        #expect(run.complaints.first?.contains("Did you mean 'order-42'") == true)
    }
}
