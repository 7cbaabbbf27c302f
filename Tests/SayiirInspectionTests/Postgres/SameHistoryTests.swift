import Foundation
import SayiirEvents
import SayiirProjection
import SayiirTesting
import Testing

@testable import SayiirInspection

/// What commands say of the tour in PostgreSQL, against what they say of the log that it was moved from.
@Suite("The same history, from a log and from PostgreSQL")
struct SameHistoryTests {
    private static let styles = [Style(width: 80), Style(width: 200), Style(isJSON: true), Style()]

    /// Leaves out sequences, which are given anew, and who could run an instance, which nobody knows of a log that nobody has open.
    private static func comparable(_ text: String) -> String {
        text.replacing(#/"sequence":[0-9]+,/#, with: "")
            .replacing(#/(?m)^ +[0-9]+(?=  [0-9]{2,4}-)/#, with: "")
            .replacing(#/<td class="number soft">[0-9,]+<\/td>/#, with: "")
            .replacing(#/(?s)<section[^>]*aria-labelledby="log".*/#, with: "")
            .replacing("Sayiir log", with: "Sayiir store")
            .replacing("no process has the log open", with: "no worker has its lease")
            .replacing(#/\n\n  Nobody runs it[^→]*$/#, with: "\n")
            .replacing(#/"unattended":"[^"]*",/#, with: "")
            .replacing(#/"ready":"[^"]*",/#, with: "")
    }

    private func expectSame(
        _ inspection: some Inspection, _ style: Style, of tour: MovedTour, _ comment: Comment? = nil
    ) {
        let (log, store) = tour.both(inspection, style)
        #expect(store.complaints == log.complaints && store.status == log.status, comment)
        #expect(Self.comparable(store.output) == Self.comparable(log.output), comment)
        #expect(!store.output.isEmpty, comment)
    }

    @Test("show tells every instance's story, values and events", arguments: TourLog.instances)
    func show(_ instance: String) async throws {
        let tour = try await MovedTour.make()
        // What differs in words that are left out is cut where a terminal is narrow.
        for style in Self.styles where style.width != 80 || instance != "import-3" {
            for variant in 0..<4 {
                var show = ShowInspection(instance)
                show.listsEvents = variant == 1
                show.showsValues = variant == 2
                if variant == 3 { show.moment = .time(History.at(30 * 86_400_000)) }
                expectSame(show, style, of: tour, "\(instance), \(variant)")
            }
        }
    }

    @Test("why gives every instance's reasons", arguments: TourLog.instances)
    func why(_ instance: String) async throws {
        let tour = try await MovedTour.make()
        for style in [Style(width: 200), Style(isJSON: true)] {
            var why = WhyInspection(instance)
            why.now = { History.at(14 * 86_400_000 + 3_840_000) }
            // The broken lines of a narrow terminal would not be comparable: see above.
            expectSame(why, style, of: tour, "\(instance)")
        }
    }

    @Test("a report of every instance has the same page", arguments: TourLog.instances)
    func report(_ instance: String) async throws {
        let tour = try await MovedTour.make()
        expectSame(ReportInspection(of: instance, to: Destination()), Style(), of: tour)
    }

    @Test("the report of all instances is the same page")
    func fleetReport() async throws {
        let tour = try await MovedTour.make()
        let (log, store) = tour.both(ReportInspection(of: nil, to: Destination()), Style())
        func body(_ text: String) -> String { Self.comparable(String(text.split(separator: "<main", maxSplits: 1)[1])) }
        func page(_ text: String) -> String { body(text).replacing(#/(?s)^.*?<\/h1>/#, with: "") }
        #expect(page(store.output) == page(log.output))
        #expect(store.output.contains("schema \(tour.address.schema)") && !store.output.contains("Chain head"))
    }

    @Test("export writes the same events and graphs", arguments: TourLog.instances)
    func export(_ instance: String) async throws {
        let tour = try await MovedTour.make()
        for format in [ExportInspection.Format.ndjson, .chromeTrace] {
            var export = ExportInspection(format, try EventFilter())
            export.instances = [instance]
            expectSame(export, Style(), of: tour, "\(format)")
            export.instances = []
            expectSame(export, Style(), of: tour, "\(format) of all")
        }
        // Nobody submitted it, so there is no definition.
        guard instance != "approval-6" else { return }
        for format in [ExportInspection.Format.mermaid, .dot] {
            var export = ExportInspection(format, try EventFilter())
            export.instances = [instance]
            expectSame(export, Style(), of: tour, "\(format)")
            export.instances = []
            export.workflow = String(instance.split(separator: "-")[0])
            expectSame(export, Style(), of: tour, "\(format) of the workflow")
        }
    }

    @Test("list gives the same instances in the same order, whatever is asked")
    func list() async throws {
        let tour = try await MovedTour.make()
        let moments = [nil, nil, nil, 0, 14 * 86_400_000, 14 * 86_400_000 + 3_700_000].map { $0.map { History.at($0) } }
        var answers: Set<String> = []
        for seed in 1...120 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            var list = ListInspection()
            list.query.workflow = [nil, nil, nil, "order", "import", "none"].randomElement(using: &random) ?? nil
            for status in StatusName.allCases where Int.random(in: 0..<6, using: &random) == 0 {
                list.query.statuses.insert(status)
            }
            list.query.idPart = [nil, nil, nil, "-4", "e", "'"].randomElement(using: &random) ?? nil
            list.query.tag = [nil, nil, nil, nil, nil, "eu"].randomElement(using: &random) ?? nil
            list.query.errorPart = [nil, nil, nil, nil, nil, "Declined"].randomElement(using: &random) ?? nil
            list.query.since = moments.randomElement(using: &random) ?? nil
            list.query.until = moments.randomElement(using: &random) ?? nil
            list.query.order = InstanceQuery.Order.allCases.randomElement(using: &random) ?? .id
            list.query.isReversed = Bool.random(using: &random)
            list.query.limit = [nil, 0, 1, 3].randomElement(using: &random) ?? nil
            let (log, store) = tour.both(list, Style(isJSON: true))
            #expect(store.output == log.output && store.complaints.isEmpty, "\(list.query)")
            answers.insert(store.output)
        }
        #expect(answers.count > 10)
        expectSame(ListInspection(), Style(width: 80), of: tour)
    }

    @Test("diff shows two runs side by side")
    func diff() async throws {
        let tour = try await MovedTour.make()
        for style in Self.styles { expectSame(DiffInspection("order-1", "order-2"), style, of: tour) }
    }

    @Test("tail shows the same events, all of them or the last")
    func tail() async throws {
        let tour = try await MovedTour.make()
        func events(_ run: Run) -> [String] {
            run.lines.filter { !$0.contains("definition  ") }.map { Self.comparable($0) }
        }
        var tail = TailInspection(try EventFilter())
        tail.count = nil
        let all = tour.both(tail, Style(width: 200))
        #expect(events(all.store) == events(all.log) && all.store.lines.count > 200)
        for (types, workflow, error) in [
            ([], nil, nil), (["failed", "task_failed"], nil, nil), ([], "order", nil), ([], nil, "declined"),
        ] as [([String], String?, String?)] {
            var last = TailInspection(try EventFilter(types: types))
            (last.count, last.workflow, last.errorPart) = (5, workflow, error)
            let (log, store) = tour.both(last, Style(width: 200))
            #expect(events(store) == events(log))
            #expect(!store.lines.isEmpty)
        }
    }

    @Test("status counts the same instances, waits, oldest and next")
    func status() async throws {
        let tour = try await MovedTour.make()
        let (log, store) = tour.both(StatusInspection(), Style(isJSON: true))
        #expect(store.status == .clean && store.complaints.isEmpty)
        let (left, right) = (try #require(object(log.output)), try #require(object(store.output)))
        for member in ["instances", "waits", "oldest_live", "next_due", "oldest", "newest"] {
            #expect(left[member] as? NSObject == right[member] as? NSObject, "\(member)")
        }
        let definitions = 5
        #expect(right["events"] as? Int == (left["records"] as? Int ?? 0) - definitions)
        #expect(right["schema_version"] as? Int == 2 && right["waits_known"] as? Bool == true)
        let text = Run(StatusInspection(), on: LogSource(tour.address), style: Style(width: 80))
        #expect(text.lines[0].hasSuffix("schema \(tour.address.schema) is open."))
        #expect(text.lines.contains("  workers     none has a lease"))
        #expect(text.lines.contains("  waits       1 for a decision about a task in doubt, 1 for a delay,"))
        #expect(text.lines.count <= 22)
    }

    @Test("status of a fleet whose live instances have very many events reads none of them")
    func largeFleet() async throws {
        let tour = try await MovedTour.make()
        var status = StatusInspection()
        status.mostEvents = 10
        let run = Run(status, on: LogSource(tour.address), style: Style(isJSON: true))
        let whole = Run(StatusInspection(), on: LogSource(tour.address), style: Style(isJSON: true))
        let (few, all) = (try #require(object(run.output)), try #require(object(whole.output)))
        #expect(few["waits_known"] as? Bool == false && few["waits"] as? [String] == [] && few["next_due"] == nil)
        for member in ["instances", "oldest_live", "events", "due"] {
            #expect(few[member] as? NSObject == all[member] as? NSObject, "\(member)")
        }
        let text = Run(status, on: LogSource(tour.address), style: Style())
        #expect(text.lines.contains { $0.hasPrefix("  waits       not read: live instances have ") })
    }

    @Test("an id that is nearly right is asked after, and what is about files is refused")
    func refusals() async throws {
        let tour = try await MovedTour.make()
        let unknown = Run(ShowInspection("ordr-1"), on: LogSource(tour.address))
        #expect(
            unknown.status == .failure
                && unknown.complaints[0].hasSuffix("Did you mean 'order-1', 'order-2', 'order-3'?"))
        for refused in [
            Run(VerifyInspection(), on: LogSource(tour.address)), Run(SpaceInspection(), on: LogSource(tour.address)),
            Run(BundleInspection(of: "order-1", to: Destination(path: "/tmp/x")), on: LogSource(tour.address)),
            Run(DumpInspection(try EventFilter()), on: LogSource(tour.address)),
        ] {
            #expect(refused.status == .failure && refused.output.isEmpty)
            #expect(refused.complaints[0].contains("about the files of a log"))
        }
    }
}
