import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct TailTests {
    /// A log that a writer has open, whose last commit nothing says is durable yet.
    private func openLog(_ disk: InMemoryFileSystem) async throws -> LogWriter {
        var options = LogOptions()
        options.firstSegmentBytes = 64 * 1024
        options.idleDelay = .seconds(3600)
        let log = try await LogWriter.open(directory: "log", options: options, fileSystem: disk)
        for event in History.sample.events.prefix(3) {
            var batch = RecordBatch()
            try batch.append(event)
            try await log.append(batch)
        }
        return log
    }

    @Test("status counts what the log does not call durable yet")
    func undurable() async throws {
        let disk = InMemoryFileSystem()
        let log = try await openLog(disk)
        #expect(
            Run(StatusInspection(), on: disk).output.contains(
                "  durable     to sequence 2; 1 more record may still be taken back\n"))
        try await log.close()
    }

    @Test("an event that the log does not call durable is marked, and shown once", arguments: [false, true])
    func marks(follows: Bool) async throws {
        let disk = InMemoryFileSystem()
        let log = try await openLog(disk)
        var tail = TailInspection(try EventFilter())
        tail.follows = follows
        var looks = 0
        tail.pause = {
            looks += 1
            return looks < 4
        }
        let run = Run(tail, on: disk, style: Style())
        #expect(run.lines.map { String($0.prefix(8)) } == ["       1", "       2", "~      3"])
        let json = Run(tail, on: disk, style: Style(isJSON: true)).lines
        #expect(
            json.prefix(3).map { object($0)?["durable"] as? Bool } == (follows ? [true, true] : [true, true, false]))
        try await log.close()
    }

    @Test("shows the last ones only, filtered before they are counted", arguments: [false, true])
    func last(follows: Bool) async throws {
        var tail = TailInspection(try EventFilter(types: ["task_failed", "failed"]))
        tail.follows = follows
        tail.pause = { false }
        tail.count = 2
        let run = try await Run(onSample: tail, style: Style(isJSON: true))
        #expect(run.lines.map { object($0)?["sequence"] as? Int } == [18, 19])
        tail.count = 0
        #expect(try await Run(onSample: tail).output == "")
    }

    private func sequences(_ change: (inout TailInspection) -> Void) async throws -> [Int] {
        var tail = TailInspection(try EventFilter())
        tail.count = nil
        change(&tail)
        return try await Run(onSample: tail, style: Style(isJSON: true)).lines.compactMap {
            object($0)?["sequence"] as? Int
        }
    }

    @Test("a workflow's events are those of its instances")
    func workflow() async throws {
        #expect(try await sequences { $0.workflow = "onboarding" } == Array(42...46))
        #expect(try await sequences { $0.workflow = "nothing" } == [])
        for follows in [false, true] {
            let last = try await sequences { tail in
                tail.workflow = "order"
                tail.count = 2
                tail.follows = follows
                tail.pause = { false }
            }
            #expect(last == [28, 29])
        }
    }

    @Test("an instance is of the workflow that it was submitted to last")
    func resubmitted() async throws {
        let disk = InMemoryFileSystem()
        var history = History()
        history.add("i", 0, .signal("early", .json("1")))
        history.add("i", 1, .submit("old", "1"))
        history.add("i", 2, .superseded(.init()))
        history.add("i", 3, .submit("new", "1"))
        history.add("i", 4, .complete(nil))
        try await writeLog(history.events, to: "log", on: disk)
        for (workflow, expected) in [("old", [2, 3]), ("new", [4, 5])] {
            var tail = TailInspection(try EventFilter())
            tail.workflow = workflow
            let lines = Run(tail, on: disk, style: Style(isJSON: true)).lines
            #expect(lines.map { object($0)?["sequence"] as? Int } == expected)
        }
    }

    @Test("errors are found by their text, whatever its case")
    func errors() async throws {
        #expect(try await sequences { $0.errorPart = "DECLINED: card" } == [18, 19])
        #expect(try await sequences { $0.errorPart = "timed out" } == [15])
        #expect(try await sequences { $0.errorPart = "" } == [5, 15, 18, 19])
    }

    @Test("a definition is no error, whatever it says, and takes no place among the last")
    func noDefinitions() async throws {
        var tail = TailInspection(try EventFilter())
        tail.errorPart = "declined"
        let lines = Run(tail, on: try await TourLog.disk(), style: Style(isJSON: true)).lines
        #expect(
            lines.map { object($0)?["type"] as? String } == [
                "task_failed", "task_failed", "task_failed", "failed", "task_failed",
            ])
    }

    @Test("events since a sequence or a time are shown without a limit, or the last of them")
    func since() async throws {
        #expect(try await sequences { $0.since = .sequence(30) } == Array(30...48))
        #expect(try await sequences { $0.since = Moment("2026-03-01 12:01") } == Array(25...29))
        let last = try await sequences { tail in
            tail.since = .sequence(30)
            tail.count = 3
        }
        #expect(last == [46, 47, 48])
        let followed = try await sequences { tail in
            tail.since = .sequence(30)
            tail.follows = true
            tail.pause = { false }
        }
        #expect(followed.last.map { $0 >= 46 } == true && followed.first == 30)
    }

    @Test("a damaged end that nobody writes at is reported once while following")
    func damagedEnd() async throws {
        let disk = try await sampleDisk()
        try disk.flipBit(0, ofByteAt: 5300, in: "log/00000001-00000000000000000001.seg")
        var tail = TailInspection(try EventFilter())
        tail.follows = true
        var looks = 0
        tail.pause = {
            looks += 1
            return looks < 60
        }
        let run = Run(tail, on: disk)
        #expect(run.complaints.count == 1)
        #expect(run.complaints.first?.hasPrefix("nobody writes the log, and it is corrupt at log/0000") == true)
        #expect(run.lines.count == 10)
    }
}
