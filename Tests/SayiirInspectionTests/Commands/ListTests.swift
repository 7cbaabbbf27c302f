import SayiirEvents
import SayiirTesting
import SayiirProjection
import Testing

@testable import SayiirInspection

@Suite struct ListTests {
    private func ids(_ change: (inout ListInspection) -> Void) async throws -> [String] {
        var list = ListInspection()
        change(&list)
        return try await Run(onSample: list, style: Style(isJSON: true)).lines.map {
            try #require(object($0)?["instance"] as? String)
        }
    }

    @Test("filters by workflow, status and part of the id")
    func filters() async throws {
        #expect(try await ids { $0.query.workflow = "order" } == ["order-42", "order-43", "order-44"])
        #expect(try await ids { $0.query.statuses = [.failed, .waiting] } == ["order-43", "reminder-1"])
        #expect(try await ids { $0.query.idPart = "-4" } == ["order-42", "order-43", "order-44"])
        #expect(try await ids { $0.query.idPart = "nothing" } == [])
    }

    @Test("sorts by each order, both ways, and cuts after that")
    func orders() async throws {
        #expect(try await ids { $0.query.order = .id }.first == "order-42")
        #expect(try await ids { ($0.query.order, $0.query.isReversed) = (.id, true) }.first == "user-9")
        #expect(
            try await ids { ($0.query.order, $0.query.isReversed, $0.query.limit) = (.submitted, true, 2) } == [
                "reminder-1", "user-9",
            ])
        #expect(try await ids { ($0.query.order, $0.query.limit) = (.updated, 1) } == ["report-7"])
        #expect(
            try await ids { ($0.query.order, $0.query.isReversed, $0.query.limit) = (.duration, true, 2) } == [
                "order-44", "order-42",
            ])
    }

    @Test("what happens to an instance after it ended counts: a new run, a reopening, a late signal")
    func afterTheEnd() async throws {
        var history = History()
        let step = Step("a")
        for id in ["again", "late", "reopened"] as [InstanceID] {
            history.add(id, 0, .submit("w", "1"))
            history.add(id, 1, .start(step))
            history.add(id, 2, .taskFail(step, "E", "no"))
            history.add(id, 2, .fail(step, "E", "no"))
        }
        history.add("again", 3, .superseded(Event.Superseded()))
        history.add("again", 3, .submit("w2", "2"))
        history.add("again", 4, .complete(nil))
        history.add("late", 5, .signal("s", .json("1")))
        history.add("reopened", 6, .reopened(Event.Reopened(step: step)))
        let disk = InMemoryFileSystem()
        try await writeLog(history.events, to: "log", on: disk)
        let lines = Run(ListInspection(), on: disk, style: Style(isJSON: true)).lines.compactMap(object)
        #expect(lines.map { $0["instance"] as? String } == ["late", "reopened", "again"])
        #expect(lines.map { $0["status"] as? String } == ["failed", "in_progress", "completed"])
        #expect(lines.map { $0["revision"] as? Int } == [5, 5, 7])
        #expect(lines.map { $0["run"] as? Int } == [1, 1, 2])
        #expect(lines.map { $0["steps_begun"] as? Int } == [1, 1, 0])
    }

    @Test("a deleted instance is listed only when it is asked for")
    func deleted() async throws {
        var history = History()
        history.add("gone", 0, .submit("w", "1"))
        history.add("gone", 1, .deleted(.init()), by: "ops")
        let disk = InMemoryFileSystem()
        try await writeLog(history.events, to: "log", on: disk)
        #expect(Run(ListInspection(), on: disk).output == "No instances.\n")
        var list = ListInspection()
        list.query.statuses = [.deleted]
        #expect(Run(list, on: disk).lines.count == 2)
    }
}
