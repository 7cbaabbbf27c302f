import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

/// What the inspector shows of two instances whose ids `String` calls equal.
@Suite struct IdentityTests {
    private static let twins = ["caf\u{E9}", "cafe\u{301}"]

    private func disk() async throws -> InMemoryFileSystem {
        var history = History()
        for (index, id) in Self.twins.enumerated() {
            history.add(InstanceID(id), Double(index), .submit("w\u{E9}", "\(index)"))
            history.add(InstanceID(id), Double(index) + 10, .start(Step(NodeID("t\(index)"))))
        }
        history.add(InstanceID(Self.twins[1]), 20, .submit("we\u{301}", "2"))
        let disk = InMemoryFileSystem()
        try await writeLog(history.events, to: "log", on: disk)
        return disk
    }

    @Test("'show' tells the history of the one that was asked for, without oddities", arguments: 0...1)
    func show(_ index: Int) async throws {
        let run = Run(ShowInspection(Self.twins[index]), on: try await disk())
        #expect(run.output.contains("t\(index)") && !run.output.contains("t\(1 - index)"))
        #expect(!run.output.contains("was applied already"))
    }

    @Test("'list', 'space', 'why' and 'report' count and name two")
    func others() async throws {
        let disk = try await disk()
        let list = Run(ListInspection(), on: disk)
        for id in Self.twins {
            #expect(list.lines.contains { $0.utf8.starts(with: id.utf8) }, "\(list.output)")
        }
        let space = Run(SpaceInspection(), on: disk)
        #expect(space.output.containsExactly(Self.twins[0]) && space.output.containsExactly(Self.twins[1]))
        for (index, id) in Self.twins.enumerated() {
            #expect(Run(WhyInspection(id), on: disk).output.contains("t\(index)"))
        }
    }

    @Test("An export of one instance holds its events only, and a filter for a workflow goes by its exact name")
    func export() async throws {
        let disk = try await disk()
        for (id, count) in zip(Self.twins, [2, 3]) {
            let tail = Run(TailInspection(try EventFilter(instance: id)), on: disk)
            #expect(tail.lines.count == count, "\(tail.output)")
        }
        var selection = EventSelection(
            filter: try EventFilter(), workflow: "we\u{301}", errorPart: nil, since: nil)
        var count = 0
        _ = try LogReader(directory: "log", fileSystem: disk).verify { frame in
            frame.forEachRecord { if selection.accepts(LogEntry($0, in: frame)) { count += 1 } }
        }
        #expect(count == 1)
    }

    @Test("A name that was mistyped in its normal form is answered with the one that exists")
    func nearNames() async throws {
        var history = History()
        history.add(InstanceID(Self.twins[0]), 0, .submit("w", "1"))
        let disk = InMemoryFileSystem()
        try await writeLog(history.events, to: "log", on: disk)
        let run = Run(ShowInspection(Self.twins[1]), on: disk)
        #expect(run.status == .failure)
        #expect(run.complaints.first?.contains("Did you mean") == true, "\(run.complaints)")
    }
}
