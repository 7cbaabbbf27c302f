import SayiirEvents
import SayiirTesting
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
        #expect(try await ids { $0.workflow = "order" } == ["order-42", "order-43", "order-44"])
        #expect(try await ids { $0.statuses = [.failed, .waiting] } == ["order-43", "reminder-1"])
        #expect(try await ids { $0.idPart = "-4" } == ["order-42", "order-43", "order-44"])
        #expect(try await ids { $0.idPart = "nothing" } == [])
    }

    @Test("sorts by each order, both ways, and cuts after that")
    func orders() async throws {
        #expect(try await ids { $0.order = .id }.first == "order-42")
        #expect(try await ids { ($0.order, $0.isReversed) = (.id, true) }.first == "user-9")
        #expect(
            try await ids { ($0.order, $0.isReversed, $0.limit) = (.submitted, true, 2) } == ["reminder-1", "user-9"])
        #expect(try await ids { ($0.order, $0.limit) = (.updated, 1) } == ["report-7"])
        #expect(
            try await ids { ($0.order, $0.isReversed, $0.limit) = (.duration, true, 2) } == ["order-44", "order-42"])
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
        list.statuses = [.deleted]
        #expect(Run(list, on: disk).lines.count == 2)
    }
}
