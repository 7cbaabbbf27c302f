import Foundation
import Sayiir
import TestPrograms
import Testing

@Suite("A task that ends the process it runs in")
struct CrashLimitTests {
    @Test("is set aside in doubt after as many attempts as the limit allows, and all other instances complete")
    func crashLimit() async throws {
        let directory = try TemporaryDirectory()
        let (log, effects) = ("\(directory.path)/jobs", "\(directory.path)/effects")
        var starts = 0
        var lines: [String] = []
        while starts < 30 {
            starts += 1
            let worker = try startWorker(["crash", log, effects, "4"])
            lines = await worker.end()
            if worker.succeeded { break }
        }
        #expect(starts == 5)
        #expect(lines.last == "in doubt crash")
        #expect(lines.filter { $0.hasPrefix("done ") } == (2..<11).map { "done \($0)" })
        #expect(try String(contentsOfFile: effects, encoding: .utf8).split(separator: "\n").count == 4)
    }
}
