import Foundation
import Testing

/// Holds `docs/CONFORMANCE.md` and the tests against each other.
@Suite struct ConformanceTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A row of the table.
    private struct Row {
        var id: String
        var verdict: String
        var text: String
        var tests: Set<String>
    }

    private static func rows() throws -> [Row] {
        let text = try String(contentsOf: root.appendingPathComponent("docs/CONFORMANCE.md"), encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard let id = cells.first, id.wholeMatch(of: caseID) != nil else { return nil }
            guard cells.count == 4 else { return Row(id: id, verdict: "", text: "", tests: []) }
            let tests = cells[3].matches(of: /`(\w+)`/).map { String($0.1) }
            return Row(id: id, verdict: cells[1], text: cells[2], tests: Set(tests))
        }
    }

    /// The ids in the names of tests, and of the checks that tests run, each with the types in whose files it is.
    private static func testedIDs() throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for folder in ["Tests", "Sources/SayiirTesting"] {
            let files = FileManager.default.enumerator(
                at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
            for case let file as URL in try #require(files) where file.pathExtension == "swift" {
                let source = try String(contentsOf: file, encoding: .utf8)
                let type = file.deletingPathExtension().lastPathComponent.prefix { $0 != "+" }
                for test in source.matches(of: /(?:@Test|Check)\(\s*"((?:[^"\\]|\\.)*)"/) {
                    for id in test.1.matches(of: caseID) { found[String(id.0), default: []].insert(String(type)) }
                }
            }
        }
        return found
    }

    private static var caseID: Regex<Substring> { /\b[A-Z]{2,5}-\d\d\b/ }

    @Test("each id in a test's name is in the table, and each test that the table names carries the id")
    func tests() throws {
        let tested = try Self.testedIDs()
        let rows = try Self.rows()
        #expect(rows.count > 200 && tested.count > 150)
        for row in rows {
            #expect(row.tests == tested[row.id, default: []], "\(row.id)")
        }
        let missing = Set(tested.keys).subtracting(rows.map(\.id))
        #expect(missing.isEmpty)
    }

    @Test("each row of the table stands once, with a verdict and words, and claims conformance only with a test")
    func rows() throws {
        let rows = try Self.rows()
        #expect(Set(rows.map(\.id)).count == rows.count)
        for row in rows {
            #expect(!row.text.isEmpty, "\(row.id)")
            switch row.verdict {
            case "yes", "fixed", "differs", "free": #expect(!row.tests.isEmpty, "\(row.id)")
            case "n/a": #expect(row.tests.isEmpty, "\(row.id)")
            default: Issue.record("\(row.id) has the verdict '\(row.verdict)'")
            }
        }
    }
}
