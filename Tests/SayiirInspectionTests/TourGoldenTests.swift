import Foundation
import SayiirEvents
import SayiirLog
import SayiirProjection
import SayiirTesting
import Testing

@testable import SayiirInspection

/// What each command says of the ``TourLog``, whole, as it stands in the folder `Golden`.
///
/// `SAYIIR_WRITE_GOLDEN=1` writes the files again. Read what `git diff` then shows as somebody who has to find out what happened.
@Suite struct TourGoldenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// A command whose output is kept, by the file's name.
    struct Sample: CustomTestStringConvertible, Sendable {
        let name: String
        let style: Style
        let inspection: @Sendable () throws -> any Inspection

        var testDescription: String { name }

        init(_ name: String, _ style: Style, _ inspection: @escaping @Sendable () throws -> any Inspection) {
            self.name = name
            self.style = style
            self.inspection = inspection
        }
    }

    private static func why(_ instance: String) -> WhyInspection {
        var why = WhyInspection(instance)
        // A minute after the last event.
        why.now = { History.at(14 * 86_400_000 + 3_840_000) }
        return why
    }

    /// Each in 80 and in 200 columns.
    private static let texts: [(name: String, inspection: @Sendable () throws -> any Inspection)] = [
        ("status", { StatusInspection() }),
        ("list", { ListInspection() }),
        ("show-order-1", { ShowInspection("order-1") }),
        ("show-order-2", { ShowInspection("order-2") }),
        ("show-ticket-2", { ShowInspection("ticket-2") }),
        ("show-approval-1", { ShowInspection("approval-1") }),
        ("show-approval-2", { ShowInspection("approval-2") }),
        ("show-approval-3", { ShowInspection("approval-3") }),
        ("show-approval-5", { ShowInspection("approval-5") }),
        ("show-payout-2", { ShowInspection("payout-2") }),
        ("show-import-1", { ShowInspection("import-1") }),
        (
            "show-full-ticket-2",
            {
                var show = ShowInspection("ticket-2")
                show.showsValues = true
                return show
            }
        ),
        (
            "show-events-order-2",
            {
                var show = ShowInspection("order-2")
                show.listsEvents = true
                return show
            }
        ),
        (
            "show-events-payout-2",
            {
                var show = ShowInspection("payout-2")
                show.listsEvents = true
                return show
            }
        ),
        ("why-order-1", { why("order-1") }), ("why-order-2", { why("order-2") }),
        ("why-order-3", { why("order-3") }), ("why-approval-3", { why("approval-3") }),
        ("why-approval-4", { why("approval-4") }), ("why-approval-5", { why("approval-5") }),
        ("why-approval-6", { why("approval-6") }), ("why-payout-1", { why("payout-1") }),
        ("why-import-2", { why("import-2") }), ("why-import-3", { why("import-3") }),
        (
            "tail",
            {
                var tail = TailInspection(try EventFilter())
                tail.count = nil
                return tail
            }
        ),
        ("dump", { DumpInspection(try EventFilter(from: 1, to: 60)) }),
        (
            "dump-raw",
            {
                var dump = DumpInspection(try EventFilter(from: 1, to: 4))
                dump.showsBytes = true
                return dump
            }
        ),
        ("verify", { VerifyInspection() }),
        (
            "verify-deep",
            {
                var verify = VerifyInspection()
                verify.isDeep = true
                return verify
            }
        ),
        (
            "explain",
            {
                var explain = ExplainInspection(offset: 4200)
                explain.segment = 1
                return explain
            }
        ),
        ("space", { SpaceInspection() }),
        (
            "retention",
            {
                var retention = RetentionInspection()
                retention.maximumBytes = 1
                return retention
            }
        ),
        ("diff-tickets", { DiffInspection("ticket-1", "ticket-2") }),
        ("diff-orders", { DiffInspection("order-1", "order-2") }),
    ]

    private static func export(
        _ format: ExportInspection.Format, of instance: String
    ) -> @Sendable () throws -> any Inspection {
        {
            var export = ExportInspection(format, try EventFilter())
            export.instances = [instance]
            return export
        }
    }

    /// What is the same however wide a terminal is.
    private static let others: [Sample] = [
        Sample("export-order-1.ndjson", Style(), export(.ndjson, of: "order-1")),
        Sample("export-ticket-2.trace.json", Style(), export(.chromeTrace, of: "ticket-2")),
        Sample("export-order-2.mermaid", Style(), export(.mermaid, of: "order-2")),
        Sample("export-ticket-1.mermaid", Style(), export(.mermaid, of: "ticket-1")),
        Sample("export-ticket-1.dot", Style(), export(.dot, of: "ticket-1")),
        Sample("report.html", Style()) { ReportInspection(of: nil, to: Destination()) },
        Sample("report-order-2.html", Style()) { ReportInspection(of: "order-2", to: Destination()) },
        Sample("status.json", Style(isJSON: true)) { StatusInspection() },
        Sample("list.json", Style(isJSON: true)) { ListInspection() },
        Sample("why-approval-4.json", Style(isJSON: true)) { why("approval-4") },
        Sample("why-import-2.json", Style(isJSON: true)) { why("import-2") },
        Sample("why-import-3.json", Style(isJSON: true)) { why("import-3") },
        Sample("diff-orders.json", Style(isJSON: true)) { DiffInspection("order-1", "order-2") },
        Sample("status.coloured.txt", Style(width: 80, isColoured: true)) { StatusInspection() },
    ]

    static let samples =
        texts.flatMap { text in
            [80, 200].map { (width: Int) in Sample("\(text.name).\(width).txt", Style(width: width), text.inspection) }
        } + others

    @Test("a command says of the tour what was kept and read", arguments: samples)
    func same(_ sample: Sample) async throws {
        let run = Run(AnyInspection(try sample.inspection()), on: try await TourLog.disk(), style: sample.style)
        #expect(run.complaints == [])
        #expect(run.status == .clean)
        let file = Self.folder.appending(path: sample.name)
        if ProcessInfo.processInfo.environment["SAYIIR_WRITE_GOLDEN"] == "1" {
            try Data(run.output.utf8).write(to: file)
        }
        #expect(run.output == (try String(contentsOf: file, encoding: .utf8)))
    }

    @Test("lines of text fit the width, but for digests and what else is in one piece")
    func fits() throws {
        for text in Self.texts {
            for width in [80, 200] {
                let file = Self.folder.appending(path: "\(text.name).\(width).txt")
                for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                where line.displayWidth > width {
                    let isInOnePiece = line.contains(#/^ +([a-z ]+  )?[0-9:]*[0-9a-f]{64}$/#)
                    #expect(isInOnePiece, "\(file.lastPathComponent): \(line)")
                }
            }
        }
    }

    @Test("no file is kept that no command is held against")
    func noneLeft() throws {
        let kept = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(kept) == Set(Self.samples.map(\.name)))
    }

    @Test("the tour's status fits on a terminal of 24 lines with the call above it and the prompt below")
    func statusFits() throws {
        let text = try String(contentsOf: Self.folder.appending(path: "status.80.txt"), encoding: .utf8)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count + 1 <= 24)
    }

    @Test("the tour has every status that an engine brings about, and every kind of step")
    func complete() async throws {
        var census = InstanceCensus()
        let source = LogSource(directory: "log", fileSystem: try await TourLog.disk())
        let console = Console(output: Output { _ in }, style: Style()) { _ in }
        (census, _) = try source.readCensus(Problems(console))
        #expect(Set(census.summaries.map(\.id)) == Set(TourLog.instances))
        let statuses = Set(census.summaries.map(\.status))
        // A run is given up in the commit that begins the next one, and nothing deletes: no engine leaves an instance so. An
        // instance is stuck only after a deployment that changed a type.
        #expect(Set(StatusName.allCases).subtracting(statuses) == [.stuck, .superseded, .deleted])
    }
}

/// An inspection of any type, for what takes one of a type of its own.
private struct AnyInspection: Inspection {
    var inspection: any Inspection

    init(_ inspection: any Inspection) { self.inspection = inspection }

    func run(on log: LogSource, _ console: Console) throws -> SayiirInspection.ExitStatus {
        try inspection.run(on: log, console)
    }
}
