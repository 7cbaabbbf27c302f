import SayiirEvents
import SayiirTesting
import Testing

@testable import SayiirInspection

/// Histories with very many activations of one step.
@Suite struct StoryFoldTests {
    private static let tick = NodeID("tick")

    /// A run with so many iterations, of which one failed at first and one took long.
    private static func history(_ count: Int) -> History {
        var history = History()
        history.add("a", 0, .submit("flow", "1"))
        for number in 0..<count {
            let step = Step(tick, indices: [UInt32(number)])
            let start = Double(number) * 10
            history.add("a", start, .start(step))
            if number == 40 {
                history.add("a", start + 1, .taskFail(step, "Broken", "pipe"))
                history.add("a", start + 1, .retry(step, 2, at: start + 2))
                history.add("a", start + 2, .start(step, 2))
                history.add("a", start + 3, .checkpoint(step, "1", 2))
            } else {
                history.add("a", start + (number == 45 ? 9 : 1), .checkpoint(step, "1"))
            }
        }
        history.add("a", Double(count) * 10, .complete(nil))
        return history
    }

    private func lines(_ count: Int, _ change: (inout ShowInspection) -> Void = { _ in }) async throws -> [String] {
        let disk = InMemoryFileSystem()
        try await writeLog(Self.history(count).events, to: "log", on: disk, perCommit: 100, bytes: 4 << 20)
        var show = ShowInspection("a")
        change(&show)
        return Run(show, on: disk, style: Style(width: 120)).lines
    }

    @Test("Fifty activations of a step are shown, more are folded into a line that sums them up")
    func folded() async throws {
        #expect(try await !lines(50).contains { $0.contains("folded") })
        let folded = try await lines(10_000)
        #expect(folded.count < 60)
        let fold = try #require(folded.first { $0.contains("folded") })
        #expect(fold.contains("tick#20 to tick#9989: 9,968 folded, median 1.0ms"), "\(fold)")
        // What failed or took long stands for itself.
        #expect(folded.contains { $0.contains("tick#40 ") } && folded.contains { $0.contains("tick#45 ") })
        #expect(folded.contains { $0.contains("tick#0 ") } && folded.contains { $0.contains("tick#9999 ") })
    }

    @Test("--all, --step, --failed and --last choose what is shown")
    func selection() async throws {
        #expect(try await lines(200) { $0.selection.showsAll = true }.count { $0.contains("tick#") } == 200)
        let one = try await lines(200) { $0.selection.step = "tick#77" }
        #expect(one.count { $0.contains("tick#") } == 1)
        let node = try await lines(60) { $0.selection.step = "tick" }
        #expect(node.contains { $0.contains("folded") } && !node.contains { $0.contains("■") })
        let failed = try await lines(200) { $0.selection.onlyFailed = true }
        #expect(failed.count { $0.contains("tick#") } == 1 && failed.contains { $0.contains("tick#40 ") })
        let last = try await lines(200) { $0.selection.last = 3 }
        #expect(last.count { $0.contains("tick#") } == 2 && last.contains { $0.contains("■ completed") })
        let events = try await lines(200) {
            $0.listsEvents = true
            $0.selection.step = "tick#40"
        }
        #expect(events.count == 5)
        let trouble = try await lines(200) {
            $0.listsEvents = true
            $0.selection.onlyFailed = true
        }
        #expect(trouble.count == 1)
    }

    @Test("A step whose activations are all under way is folded, too, and the page does not grow with them")
    func open() async throws {
        var history = History()
        history.add("a", 0, .submit("flow", "1"))
        for number in 0..<5000 { history.add("a", 1, .start(Step(Self.tick, indices: [UInt32(number)]))) }
        let disk = InMemoryFileSystem()
        try await writeLog(history.events, to: "log", on: disk, perCommit: 100, bytes: 4 << 20)
        #expect(Run(ShowInspection("a"), on: disk).lines.count < 120)
        let page = Run(ReportInspection(of: "a", to: Destination()), on: disk).output
        #expect(page.contains("folded") && page.utf8.count < 1_000_000)
    }
}
