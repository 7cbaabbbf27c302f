import Foundation
import SayiirEvents
import SayiirLog
import SayiirTesting
import TestPrograms
import Testing

/// A process that brings a catalogue up to date, killed with SIGKILL again and again.
@Suite struct CatalogueKillTests {
    private static let ordersPerRound = 2500

    /// Four events each.
    private func orders(_ numbers: Range<Int>) -> [Event] {
        var history = History()
        for number in numbers {
            let (id, time) = (InstanceID("order-\(number)"), Double(number))
            history.add(id, time, .submit("order", "\(number)"))
            history.add(id, time, .start(Step("charge")))
            history.add(id, time, .checkpoint(Step("charge"), "1"))
            history.add(id, time, .complete(Step("charge")))
        }
        return history.events
    }

    @Test("a catalogue whose process is killed anywhere goes on from there, and says in the end what the log says")
    func killed() async throws {
        let directory = try TemporaryDirectory()
        let log = "\(directory.path)/jobs.sayiir"
        var random = SplitMix64(seed: 11)
        var total = 0
        for round in 0..<8 {
            let numbers = round * Self.ordersPerRound..<(round + 1) * Self.ordersPerRound
            try await writeLog(orders(numbers), to: log, on: LocalFileSystem(), perCommit: 50, bytes: 1 << 20)
            total += 4 * Self.ordersPerRound
            // The first two are killed while they build, the others while they take in.
            let program = try Program.start("sql", log, "SELECT count(*) FROM events", "--json")
            try await Task.sleep(for: .milliseconds(Int.random(in: 5...900, using: &random)))
            await program.kill()
            if round == 0 {
                // Killed for sure while it built: a name is left, and removed by the next one that builds.
                try Data().write(to: URL(fileURLWithPath: "\(log).catalogue.\(program.identifier)-1.new"))
            }
            if round == 2 { #expect(try Program.run("sql", log, "SELECT 1").status == 0) }
        }
        let counted = try Program.run("sql", log, "SELECT count(*) AS n FROM events", "--json")
        #expect(counted.output == "{\"n\":\(total)}\n")
        let checked = try Program.run("rebuild", log, "--check")
        #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
        let drafts = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(".new") }
        #expect(drafts == [])
        #expect(checked.output == "\(log).catalogue says what the log says.\n")
    }
}
