import Foundation
import SayiirCatalogue
import SayiirEvents
import SayiirLog
import SayiirProjection
import SayiirTesting
import TestPrograms
import Testing

@testable import SayiirInspection

/// What commands say with a catalogue, against what they say without.
@Suite struct CatalogueListTests {
    private let directory: TemporaryDirectory
    private let disk: InMemoryFileSystem
    private var path: String { "\(directory.path)/log.catalogue" }

    init() async throws {
        directory = try TemporaryDirectory()
        disk = try await sampleDisk()
    }

    private func run(_ inspection: some Inspection, catalogue: String?, style: Style = Style(isJSON: true)) -> Run {
        Run(inspection, on: disk, catalogue: catalogue, style: style)
    }

    @Test("list says the same with a catalogue as without one, whatever is asked")
    func equivalence() throws {
        try Catalogue(of: LogReader(directory: "log", fileSystem: disk), path: path).update()
        let moments = [nil, 0, 240, 601, 100_000].map { $0.map { History.at($0) } }
        var answers: Set<[String]> = []
        for seed in 1...400 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            var list = ListInspection()
            list.query.workflow = [nil, nil, "order", "none"].randomElement(using: &random) ?? nil
            for status in StatusName.allCases where Int.random(in: 0..<6, using: &random) == 0 {
                list.query.statuses.insert(status)
            }
            list.query.idPart = [nil, nil, "-4", "e"].randomElement(using: &random) ?? nil
            list.query.tag = [nil, nil, nil, "eu", "e"].randomElement(using: &random) ?? nil
            list.query.errorPart =
                [nil, nil, nil, "Declined", "Declined: the", "'"].randomElement(using: &random) ?? nil
            list.query.since = moments.randomElement(using: &random) ?? nil
            list.query.until = moments.randomElement(using: &random) ?? nil
            list.query.order = InstanceQuery.Order.allCases.randomElement(using: &random) ?? .id
            list.query.isReversed = Bool.random(using: &random)
            list.query.limit = [nil, 0, 1, 3].randomElement(using: &random) ?? nil
            let (with, without) = (run(list, catalogue: path), run(list, catalogue: nil))
            #expect(with.lines == without.lines, "\(list.query)")
            #expect(with.status == without.status && with.complaints == without.complaints)
            answers.insert(with.lines)
        }
        #expect(answers.count > 10)
    }

    @Test("a catalogue that cannot be made anew is passed over with a word, and the log read")
    func unusable() throws {
        // A directory cannot be replaced by a file.
        let run = run(ListInspection(), catalogue: directory.path)
        #expect(run.lines.count == 6)
        #expect(run.complaints.count == 1)
        #expect(run.complaints.first?.contains("The log was read instead.") == true)
        #expect(run.status == .clean)
    }

    @Test("rebuild makes a catalogue and says how far it reaches; --check finds what was changed in it")
    func rebuild() throws {
        let count = History.sample.events.count
        let built = run(RebuildInspection(), catalogue: path, style: Style())
        #expect(built.output == "\(path) has the log up to sequence \(count).\n")
        #expect(built.status == .clean)
        let json = run(RebuildInspection(), catalogue: path).lines.first.flatMap(object)
        #expect(json?["catalogue"] as? String == path)
        #expect(json?["last_sequence"] as? Int == count)
        var check = RebuildInspection()
        check.checks = true
        #expect(run(check, catalogue: path, style: Style()).output == "\(path) says what the log says.\n")
        let missing = run(check, catalogue: path + ".none")
        #expect(missing.status == .failure)
        #expect(missing.complaints == ["there is no catalogue \(path).none. The command 'rebuild' makes one."])
    }

    @Test("sql shows a table or JSON, and refuses what is wrong or would change something")
    func sql() throws {
        let question =
            "SELECT status, count(*) AS n, NULL AS void FROM instances GROUP BY status ORDER BY 2 DESC, 1 LIMIT 2"
        #expect(
            run(SQLInspection(question), catalogue: path, style: Style()).lines == [
                "STATUS           N  VOID", "awaiting_signal  1", "cancelled        1",
            ])
        #expect(
            run(SQLInspection(question), catalogue: path).lines == [
                #"{"status":"awaiting_signal","n":1,"void":null}"#, #"{"status":"cancelled","n":1,"void":null}"#,
            ])
        // More columns than a terminal has room for.
        let wide = run(
            SQLInspection("SELECT * FROM instances ORDER BY instance LIMIT 2"), catalogue: path, style: Style(width: 80)
        ).lines
        #expect(wide.count { $0.hasPrefix("INSTANCE ") } == 2 && wide.contains(""))
        #expect(wide.allSatisfy { $0.displayWidth <= 80 })
        for (statement, reason) in [
            ("SELECT nonsense", "no such column: nonsense"), ("DELETE FROM instance", "it might change the catalogue"),
            ("SELECT 1; DELETE FROM instance", "there is more than one statement"), ("", "it is empty"),
            ("VACUUM INTO '\(path).copy'", "it might change the catalogue"),
            ("DROP VIEW events", "it might change the catalogue"),
        ] {
            let refused = run(SQLInspection(statement), catalogue: path)
            #expect(refused.complaints == ["the statement was refused: \(reason)"])
            #expect(refused.status == .failure)
        }
    }

    @Test("--watch needs a terminal, and draws the list again after each pause")
    func watch() {
        var list = ListInspection()
        list.watches = true
        #expect(
            run(list, catalogue: nil, style: Style()).complaints == ["--watch draws on a terminal, and nowhere else."])
        var looks = 0
        list.pause = {
            looks += 1
            return looks < 3
        }
        let run = Run(list, on: disk, style: Style(width: 80), isTerminal: true)
        let pictures = run.output.components(separatedBy: "\u{1B}[H\u{1B}[2J")
        #expect(pictures.count == 4 && pictures[0].isEmpty)
        #expect(Set(pictures.dropFirst()).count == 1 && pictures[1].contains("order-42"))
    }
}
