import Foundation
import Testing

@testable import SayiirLog

@Suite struct OpeningRuleTests {
    static let tails: [OpeningEvidence.Tail] =
        [.zero]
        + [false, true].flatMap { promised in
            [false, true].flatMap { tooLong in
                OpeningEvidence.FrameAtEnd.allCases.map {
                    .damaged(isPromised: promised, isTooLong: tooLong, frame: $0)
                }
            }
        }

    /// Every evidence there can be: 208.
    static let allEvidence: [OpeningEvidence] = (0..<16).flatMap { bits in
        tails.map {
            OpeningEvidence(
                headerIsBad: bits & 1 != 0, earlierIsBad: bits & 2 != 0, isCovered: bits & 4 != 0, isCut: bits & 8 != 0,
                tail: $0)
        }
    }

    @Test("every possible evidence matches exactly one row of the table")
    func exhaustive() {
        #expect(Set(Self.allEvidence).count == 208)
        for evidence in Self.allEvidence {
            let rows = OpeningRule.allCases.filter { $0.matches(evidence) }
            #expect(rows.count == 1, "\(evidence) matches \(rows)")
            #expect(rows.first == OpeningRule(deciding: evidence))
        }
    }

    @Test("every row of the table is reached by some evidence")
    func noDeadRow() {
        #expect(Set(Self.allEvidence.map { OpeningRule(deciding: $0) }) == Set(OpeningRule.allCases))
    }

    @Test("only an untouched end is clean, and only an unpromised, short, unwritten one is torn")
    func verdicts() {
        for evidence in Self.allEvidence {
            let isIntactElsewhere =
                !evidence.headerIsBad && !evidence.earlierIsBad && !evidence.isCovered && !evidence.isCut
            let expected: Verdict =
                switch (isIntactElsewhere, evidence.tail) {
                case (false, _): .corrupt
                case (true, .zero): .clean
                case (true, .damaged(false, false, .unwritten)): .torn
                case (true, .damaged(false, false, .unexplained)): .ambiguous
                case (true, .damaged): .corrupt
                }
            #expect(OpeningRule(deciding: evidence).verdict == expected, "\(evidence)")
        }
    }

    @Test("the table in docs/FORMAT.md has the same rules with the same verdicts and conditions")
    func documented() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/FORMAT.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").compactMap { line -> [String]? in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { $0.trimmingCharacters(in: .whitespaces) }
            return cells.count == 10 && Int(cells[0]) != nil ? cells : nil
        }
        #expect(rows.count == OpeningRule.allCases.count)
        for (row, rule) in zip(rows, OpeningRule.allCases) {
            #expect(Int(row[0]) == rule.rawValue)
            #expect(row[9] == rule.verdict.rawValue)
            for evidence in Self.allEvidence {
                #expect(documented(row, evidence) == rule.matches(evidence), "rule \(rule.rawValue): \(evidence)")
            }
        }
    }

    /// Whether the document's row applies to the evidence.
    private func documented(_ row: [String], _ evidence: OpeningEvidence) -> Bool {
        func accepts(_ cell: String, _ value: Bool) -> Bool { cell == "–" || (cell == "yes") == value }
        guard accepts(row[1], evidence.headerIsBad), accepts(row[2], evidence.earlierIsBad),
            accepts(row[3], evidence.isCovered), accepts(row[4], evidence.isCut)
        else { return false }
        switch evidence.tail {
        case .zero:
            return row[5] == "–" || row[5] == "zero"
        case .damaged(let promised, let tooLong, let frame):
            guard row[5] != "–" else { return true }
            return row[5] == "damaged" && accepts(row[6], promised) && accepts(row[7], tooLong)
                && (row[8] == "–" || row[8] == "\(frame)")
        }
    }
}
