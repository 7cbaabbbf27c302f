import Foundation
import SayiirLog
import Testing

@testable import SayiirInspection

@Suite struct ExitStatusTests {
    @Test("each verdict has its status, and the table has all of them")
    func table() {
        #expect(Verdict.allCases.map { ExitStatus($0).rawValue } == [0, 2, 3, 4])
        #expect(ExitStatus.table.split(separator: "\n").count == 5)
        for (line, status) in zip(ExitStatus.table.split(separator: "\n"), 0...4) {
            #expect(line.hasPrefix("  \(status)  "))
        }
    }

    @Test("the table in the documentation says the same")
    func documentation() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("docs/INSPECT.md"), encoding: .utf8)
        for status in ExitStatus.allCases {
            #expect(text.contains("| \(status.rawValue) | \(status.meaning) |\n"))
        }
    }
}
