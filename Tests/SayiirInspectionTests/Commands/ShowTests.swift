import SayiirEvents
import SayiirLog
import Testing

@testable import SayiirInspection

@Suite struct ShowTests {
    @Test("the state as of a sequence and as of a time is that of the events until then")
    func moments() async throws {
        var show = ShowInspection("order-42")
        for text in ["7", "2026-03-01T12:00:02Z", "2026-03-01 12:00:02"] {
            let moment: Moment = try #require(Moment(text))
            show.moment = moment
            let run = try await Run(onSample: show)
            #expect(run.lines.first == "order-42  in progress, 1.23s so far")
            #expect(run.lines[1] == "  at          charge_card, attempt 2")
            #expect(!run.output.contains("ship_parcel"))
        }
    }

    @Test("a moment before the first event is an error that says when that was")
    func tooEarly() async throws {
        var show = ShowInspection("order-43")
        show.moment = .sequence(3)
        let run = try await Run(onSample: show)
        #expect(run.status == .failure)
        #expect(
            run.complaints == [
                "'order-43' had no event yet at sequence 3. Its first is sequence 13, of 2026-03-01T12:00:00.020Z."
            ])
    }

    @Test("a moment is a number, or a time of which the end may be left out")
    func momentForms() {
        for text in ["2026-03-01", "2026-03-01 00:00", "2026-03-01T00:00:00", "2026-03-01T01:00:00+01:00"] {
            guard case .time(let time) = Moment(text) else {
                Issue.record("\(text)")
                continue
            }
            #expect(time.description == "2026-03-01T00:00:00Z")
        }
        for text in [
            "", "tomorrow", "ago", "2x", "h", "-1", "99999999999999999999h", "9223372036854775807w", "now ago",
            "2026-13-01", "2026-03-01T",
        ] { #expect(Moment(text) == nil, "\(text)") }
    }

    @Test("a task that was started is called running only if a process has the log open")
    func noWriter() async throws {
        let disk = try await sampleDisk()
        #expect(Run(ShowInspection("report-7"), on: disk).output.hasSuffix("━  started; no process has the log open\n"))
        let log = try await LogWriter.open(directory: "log", fileSystem: disk)
        #expect(Run(ShowInspection("report-7"), on: disk).output.hasSuffix("━  running\n"))
        try await log.close()
    }

    @Test("the plain events stand one a line, who caused them behind what was done, in columns")
    func events() async throws {
        var show = ShowInspection("order-44")
        show.listsEvents = true
        #expect(
            try await Run(onSample: show, style: Style()).output == """
                      20  2026-03-01 12:00:00.040  submitted          order  {"order":44}
                      21  2026-03-01 12:00:00.040  task_started       reserve_stock  on worker-1
                      22  2026-03-01 12:00:00.055  pause_requested    by ops: stock count
                      23  2026-03-01 12:00:00.061  task_checkpointed  reserve_stock  {"reserved":1}
                      24  2026-03-01 12:00:00.061  paused             by ops: stock count
                      25  2026-03-01 12:01:05.000  unpaused           by ops
                      26  2026-03-01 12:01:05.000  task_started       charge_card  on worker-1
                      27  2026-03-01 12:01:05.100  cancel_requested   by bob: customer changed her mind
                      28  2026-03-01 12:01:05.420  task_checkpointed  charge_card  {"receipt":"R-44"}
                      29  2026-03-01 12:01:05.420  cancelled          at ship_parcel  by bob: customer changed her mind

                """)
    }
}
