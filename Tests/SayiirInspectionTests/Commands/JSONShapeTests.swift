import SayiirEvents
import SayiirProjection
import Testing

@testable import SayiirInspection

/// The members that docs/INSPECT.md promises.
@Suite struct JSONShapeTests {
    private let style = Style(isJSON: true)

    private func members(_ line: String) throws -> Set<String> { Set(try #require(object(line)).keys) }

    @Test("status is one object")
    func status() async throws {
        let run = try await Run(onSample: StatusInspection(), style: style)
        #expect(run.lines.count == 1)
        #expect(
            try members(run.lines[0]) == [
                "directory", "verdict", "rule", "log", "segments", "frames", "records", "record_bytes", "last_sequence",
                "durable_sequence", "head", "tree_head", "unreadable", "file_bytes", "sealed_segments", "snapshots",
                "oldest", "newest", "clock_steps", "rates", "quarantined", "instances", "unserved", "waits",
                "oldest_live", "next_due",
            ])
        let counts = try #require(object(run.lines[0])?["instances"] as? [String: Int])
        #expect(Set(counts.keys) == Set(StatusName.allCases.map(\.rawValue) + ["total"]))
        #expect(counts["total"] == 6)
        #expect(counts["total"] == counts.filter { $0.key != "total" }.values.reduce(0, +))
    }

    @Test("list is an object a line, with what is not known left out")
    func list() async throws {
        let lines = try await Run(onSample: ListInspection(), style: style).lines
        #expect(lines.count == 6)
        let always: Set = [
            "instance", "workflow", "status", "run", "revision", "steps_done", "steps_begun", "definition", "submitted",
            "updated", "duration_seconds",
        ]
        #expect(try members(lines[0]) == always.union(["ended"]))
        #expect(try members(lines[1]) == always.union(["ended", "detail"]))
        #expect(try members(lines[3]) == always.union(["detail"]))
        #expect(object(lines[1])?["detail"] as? String == "charge_card: PaymentDeclined: card expired\u{1B}[31m")
    }

    @Test("show is one object with the steps and their attempts")
    func show() async throws {
        let lines = try await Run(onSample: ShowInspection("order-43"), style: style).lines
        #expect(lines.count == 1)
        let story = try #require(object(lines[0]))
        #expect(
            Set(story.keys).isSuperset(of: ["priority", "tags", "input", "error", "steps", "anomalies", "instance"]))
        let step = try #require((story["steps"] as? [[String: Any]])?.first)
        #expect(
            Set(step.keys) == ["step", "kind", "status", "started", "ended", "duration_seconds", "attempts"])
        let attempts = try #require(step["attempts"] as? [[String: Any]])
        #expect(attempts.map { $0["status"] as? String } == ["timed_out", "failed"])
        #expect(
            Set(attempts[0].keys) == [
                "attempt", "status", "executor", "started", "ended", "detail", "next_not_before",
            ])
    }

    @Test("events are an object a line, as RecordedEvent writes them")
    func events() async throws {
        var show = ShowInspection("order-42")
        show.listsEvents = true
        let lines = try await Run(onSample: show, style: style).lines
        #expect(lines == History.sample.recorded.filter { $0.event.instance == "order-42" }.map { $0.json() })
    }

    @Test("tail adds to each event whether it is durable")
    func tail() async throws {
        let lines = try await Run(onSample: TailInspection(EventFilter()), style: style).lines
        #expect(lines.count == 10)
        #expect(lines.allSatisfy { object($0)?["durable"] as? Bool == true })
        #expect(lines.map { object($0)?["sequence"] as? Int } == Array(39...48))
    }

    @Test("dump puts each record beside its place, with its bytes only where they are not sensitive")
    func dump() async throws {
        var dump = DumpInspection(try EventFilter(instance: "user-9"))
        dump.showsBytes = true
        let lines = try await Run(onSample: dump, style: style).lines
        #expect(try members(lines[0]) == ["segment", "offset", "record", "bytes"])
        #expect(try members(lines[2]) == ["segment", "offset", "record"])
        let revealed = try await Run(onSample: dump, style: Style(isJSON: true, revealsSensitive: true)).lines
        #expect(try members(revealed[2]) == ["segment", "offset", "record", "bytes"])
    }

    @Test("verify is one object")
    func verify() async throws {
        let run = try await Run(onSample: VerifyInspection(), style: style)
        #expect(run.lines.count == 1)
        #expect(
            try members(run.lines[0]) == [
                "directory", "verdict", "rule", "log", "segments", "frames", "records", "record_bytes", "last_sequence",
                "durable_sequence", "head", "tree_head", "unreadable", "clock_steps", "not_proven", "sealed_segments",
                "snapshots",
                "exit_status",
            ])
    }
}
