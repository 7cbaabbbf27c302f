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

    @Test("list says that it asked a catalogue, and --no-catalogue reads the log")
    func source() throws {
        let catalogue = Catalogue(of: LogReader(directory: "log", fileSystem: disk), path: path)
        try catalogue.update()
        let asked = run(ListInspection(), catalogue: path, style: Style())
        #expect(
            asked.lines.last
                == "6 instances, from the catalogue \(path), sequences 1 to 48; '--no-catalogue' reads the log.")
        var source = LogSource(directory: "log", catalogue: path, fileSystem: disk)
        source.usesCatalogue = false
        let read = Run(ListInspection(), on: source, style: Style())
        #expect(read.lines == Array(asked.lines.dropLast()))
        var list = ListInspection()
        list.query.limit = 2
        #expect(run(list, catalogue: path, style: Style()).lines.last?.hasPrefix("2 of 6 instances, from the") == true)
        #expect(Run(list, on: source, style: Style()).lines.last == "2 of 6 instances.")
    }

    @Test("A catalogue that was made without the archives is built anew once they are read, and knows where it begins")
    func archives() async throws {
        let log = try await LongLog.make()
        #expect(try log.removeOldest(archiving: true, leaving: 200_000) > 0)
        let first = try LogReader(directory: "log", fileSystem: log.disk).firstSequence()
        try #require(first > 1)
        func run(_ inspection: some Inspection, archives: [String] = [], style: Style = Style()) -> Run {
            Run(inspection, on: log.disk, archives: archives, catalogue: path, style: style)
        }
        let count = SQLInspection("SELECT count(*) AS n FROM instances")
        #expect(run(count).lines.last != "500")
        #expect(run(ListInspection()).lines.contains { $0.contains("sequences \(grouped(first)) to 1,000") })
        let absence = run(ListInspection()).lines.last ?? ""
        #expect(absence.hasPrefix("The log is read from sequence \(grouped(first)) on: retention took away"))
        #expect(absence.hasSuffix("'--archive DIR' reads archived ones as well."))
        #expect(run(count, archives: ["archive"]).lines.last == "500")
        var check = RebuildInspection()
        check.checks = true
        #expect(run(check, archives: ["archive"]).output == "\(path) says what the log says.\n")
        // It reaches further back than what is read now, stays as it is, and says so.
        #expect(run(count).lines.last == "500")
        #expect(run(ListInspection()).lines.contains { $0.contains("sequences 1 to 1,000") })
        #expect(run(check).output == "\(path) says what the log says.\n")
    }

    @Test("What retention took away is said wherever an instance is not found")
    func absence() async throws {
        let log = try await LongLog.make()
        #expect(try log.removeOldest(archiving: false, leaving: 200_000) > 0)
        var diff = DiffInspection("order-0", "order-499")
        diff.otherDirectory = nil
        for inspection in [ShowInspection("order-0"), WhyInspection("order-0"), diff] as [any Inspection] {
            let run = Run(inspection, on: log.disk)
            #expect(run.status == .failure)
            #expect(run.complaints.first?.contains("retention took away") == true, "\(run.complaints)")
            #expect(run.complaints.first?.hasSuffix(", deleted.") == true)
        }
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
            ("ATTACH DATABASE '\(path).other' AS other", "no other database can be attached"),
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
