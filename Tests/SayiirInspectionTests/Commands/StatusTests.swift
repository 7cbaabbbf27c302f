import SayiirEvents
import SayiirLog
import SayiirProjection
import SayiirTesting
import Testing

@testable import SayiirInspection
@testable import SayiirLog

@Suite struct StatusTests {
    private func event(_ seconds: Double, _ body: Event.Body = .annotated(Event.Annotated(text: ""))) -> Event {
        Event(instance: "i", revision: 1, time: History.at(seconds * 1000), body: body)
    }

    @Test("rates count back from the newest event in whole seconds, whatever the order of the events")
    func rates() {
        var rates = EventRates()
        #expect(rates.count(in: .hour) == EventRates.Count())
        // The second of the newest event is the last of sixty, and 3,540 seconds before those belong to the hour.
        for seconds in [10_000.9, 9941, 9940.9, 6401, 6400.9, 9941.5, 2800, 10_000] { rates.add(event(seconds)) }
        rates.add(event(9999, .complete(nil)))
        #expect(rates.count(in: .minute) == EventRates.Count(events: 5, completed: 1))
        #expect(rates.count(in: .hour) == EventRates.Count(events: 7, completed: 1))
        #expect(
            rates.lines == [
                "last minute: 5 events (0.0833/s), 1 completed (0.0166/s)",
                "last hour: 7 events (0.0019/s), 1 completed (0.0002/s)",
            ])
        // A clock that was far ahead once leaves nothing else in the hour; times before 1970 are as good as others.
        rates.add(event(1_000_000))
        #expect(rates.count(in: .hour) == EventRates.Count(events: 1, completed: 0))
        var early = EventRates()
        early.add(Event(instance: "i", revision: 1, time: Timestamp(nanosecondsSinceEpoch: -1), body: .complete(nil)))
        early.add(Event(instance: "i", revision: 1, time: Timestamp(nanosecondsSinceEpoch: .min), body: .complete(nil)))
        #expect(early.count(in: .hour) == EventRates.Count(events: 1, completed: 1))
    }

    @Test("rates are of the time that the log covers, if that is shorter than the window")
    func youngRates() {
        var rates = EventRates()
        #expect(rates.lines == ["last minute: 0 events, 0 completed", "last hour: 0 events, 0 completed"])
        for second in 0..<10 { rates.add(event(Double(second))) }
        #expect(rates.lines == ["all 10.00s: 10 events (1/s), 0 completed"])
        rates.add(event(99, .complete(nil)))
        #expect(rates.seconds(in: .minute) == 60 && rates.seconds(in: .hour) == 100)
        #expect(
            rates.lines == [
                "last minute: 1 event (0.0166/s), 1 completed (0.0166/s)",
                "all 1m40s: 11 events (0.11/s), 1 completed (0.01/s)",
            ])
        rates.add(event(3599))
        #expect(rates.seconds(in: .hour) == 3600 && rates.lines.last?.hasPrefix("last hour: 12 events") == true)
        var farthest = EventRates()
        for time in [Int64.min, .max] {
            farthest.add(
                Event(instance: "i", revision: 1, time: Timestamp(nanosecondsSinceEpoch: time), body: .complete(nil)))
        }
        #expect(farthest.seconds(in: .hour) == 3600)
    }

    @Test("more waits than can be listed are summed up, what needs a person comes first among equals")
    func waits() {
        var history = History()
        for number in 0..<20 {
            let id = InstanceID("i-\(number)")
            history.add(id, Double(number), .submit("w", "1"))
            let wait = Event.SignalAwaited(step: Step("s"), signal: "s\(number / 2)", deadline: nil)
            history.add(id, Double(number), .signalAwaited(wait))
        }
        // Its signal is there: it waits for an engine.
        history.add("i-19", 30, .signal("s9", .json("1")))
        history.add("i-0", 40, .start(Step("t")))
        history.add("i-0", 41, .taskInDoubt(Event.TaskInDoubt(step: Step("t"), attempt: 1)))
        history.add("i-1", 40, .start(Step("t")))
        history.add("i-1", 41, .taskFail(Step("t"), "E", "e"))
        history.add("i-1", 42, .retry(Step("t"), 2, at: 5000))
        var roster = InstanceRoster(summarizing: InstanceOverview.init)
        for event in history.events { roster.add(event) }
        let live = LiveInstances(roster.live.values)
        #expect(live.count == 20)
        #expect(live.oldest?.id == "i-0")
        #expect(live.nextDue?.instance == "i-1" && live.nextDue?.time == History.at(5000))
        #expect(live.waits.reduce(0) { $0 + $1.instances } == 21)
        #expect(
            live.waitLines.map { "\($0.count) \($0.text)" } == [
                "2 for the signal 's0'", "2 for the signal 's1'", "2 for the signal 's2'", "2 for the signal 's3'",
                "2 for the signal 's4'", "11 for 7 more, see --json",
            ])
        #expect(live.waits.suffix(3).map(\.wait) == [.doubt, .retry, .signal("s9")])
    }

    @Test("what recoveries put aside is told with its time, the last one first of all")
    func recoveries() async throws {
        let disk = try await sampleDisk()
        try disk.createDirectory(at: "log/quarantine")
        let name = "00000001-00000000000000000001.seg"
        let origin = History.origin.nanosecondsSinceEpoch
        try disk.setBytes(
            [UInt8](repeating: 1, count: 312), of: "log/quarantine/\(name)-8192-\(origin + 5_000_000_000).torn")
        #expect(
            Run(StatusInspection(), on: disk).output.contains(
                """
                  recovery    2026-03-01 12:00:05 UTC: an end of 312 bytes was put aside,
                              from offset 8,192 of \(name) on
                  log \u{20}
                """))
        try disk.setBytes([1], of: "log/quarantine/00000000000000000007.snapshot-\(origin + 9_000_000_000).damaged")
        for foreign in ["notes.txt", "\(name)-8192-x.torn", "\(name)--1-5.torn", "-5.damaged"] {
            try disk.setBytes([1], of: "log/quarantine/\(foreign)")
        }
        #expect(
            Run(StatusInspection(), on: disk).output.contains(
                """
                  recovery    2026-03-01 12:00:09 UTC: a damaged snapshot, 1 byte, was put aside
                              that covered records to sequence 7
                              2 files in the quarantine, 313 bytes
                """))
        let status = try #require(object(Run(StatusInspection(), on: disk, style: Style(isJSON: true)).output))
        let files = try #require(status["quarantined"] as? [[String: Any]])
        #expect(files.map { $0["content"] as? String } == ["torn_end", "damaged_snapshot"])
        #expect(Set(files[0].keys) == ["file", "time", "bytes", "content", "segment", "offset"])
        #expect(Set(files[1].keys) == ["file", "time", "bytes", "content", "covered_sequence"])
    }

    @Test("a quarantined file's name is read as it is written, with times before 1970 too")
    func quarantineNames() {
        let segment = SegmentName(number: 1, firstSequence: 1)
        for time in [Int64.min, -1, 0, .max] {
            for content: QuarantineName.Content in [
                .tornEnd(of: segment, offset: 8192), .damagedSnapshot(SnapshotName(coveredSequence: 7)),
            ] {
                let name = QuarantineName(content, at: time)
                #expect(QuarantineName(fileName: "\(name)") == name)
            }
        }
        for wrong in ["", ".torn", ".damaged", "a-b-c-d.torn", "\(segment)-8192.torn", "\(segment)-99999999999-1.torn"]
        {
            #expect(QuarantineName(fileName: wrong) == nil, "\(wrong)")
        }
    }
}
