import SayiirEvents
import SayiirLog
import SayiirProjection
import SayiirTesting
import Testing

@testable import SayiirInspection
@testable import SayiirLog

@Suite struct BundleTests {
    /// Writes the bundle of an instance of the log on a disk.
    @discardableResult
    private func export(
        _ instance: String, on disk: InMemoryFileSystem, size: UInt64? = nil, style: Style = Style(width: 100)
    ) -> Run {
        var inspection = BundleInspection(of: instance, to: Destination(path: "case", replaces: true))
        inspection.size = size
        return Run(inspection, on: disk, style: style)
    }

    /// What a command says of the bundle.
    private func read(
        _ inspection: some Inspection, on disk: InMemoryFileSystem, style: Style = Style(width: 100)
    ) -> (output: String, complaints: [String], status: SayiirInspection.ExitStatus) {
        var output: [UInt8] = []
        var complaints: [String] = []
        let console = Console(output: Output { output += $0 }, style: style) { complaints.append($0) }
        let status = inspection.perform(on: LogSource(directory: "case", fileSystem: disk), console)
        return (String(decoding: output, as: UTF8.self), complaints, status)
    }

    private func verify(_ head: String? = nil) -> VerifyInspection {
        var verify = VerifyInspection()
        verify.head = head
        return verify
    }

    private let head = "48:70a3e80d2c57d66c745d503ee61dc52ea6454cbeb80fbeec07fe2547f13305a1"

    @Test("an instance is written into one file, and the receipt tells what is in it")
    func written() async throws {
        let disk = try await sampleDisk()
        let run = export("order-42", on: disk)
        #expect(run.status == .clean && run.complaints.isEmpty)
        let bytes = try disk.bytes(of: "case").count
        #expect(run.output == "Case bundle of 12 records, 3.4 KiB, in case\n")
        let json = try #require(object(export("order-42", on: disk, style: Style(isJSON: true)).output))
        #expect(json["instance"] as? String == "order-42" && json["records"] as? Int == 12)
        #expect(json["tree_head"] as? String == head && json["bytes"] as? Int == bytes)
    }

    @Test(
        "show tells from a bundle what it tells from the log: the story, its values, the events, at any time, as JSON")
    func shown() async throws {
        let disk = try await sampleDisk()
        for instance in ["order-42", "order-43", "order-44"] {
            export(instance, on: disk)
            for isJSON in [false, true] {
                let style = Style(width: 100, isJSON: isJSON)
                for variant in 0..<4 {
                    func show(_ instance: String?) -> ShowInspection {
                        var show = ShowInspection(instance)
                        show.listsEvents = variant == 1
                        show.showsValues = variant == 2
                        show.moment = variant == 3 ? Moment("20") : nil
                        return show
                    }
                    let ofLog = Run(show(instance), on: disk, style: style)
                    let ofBundle = read(show(nil), on: disk, style: style)
                    #expect(ofBundle.output == ofLog.output && ofBundle.status == ofLog.status)
                    #expect(read(show(instance), on: disk, style: style).output == ofLog.output)
                }
            }
        }
    }

    @Test("of a task without an end a bundle tells only that, since it does not know who has the log open")
    func running() async throws {
        let disk = try await sampleDisk()
        export("report-7", on: disk)
        let show = read(ShowInspection(nil), on: disk, style: Style()).output
        #expect(show.contains("started; its end is not in the bundle") && !show.contains("no process has"))
        var why = WhyInspection(nil)
        why.now = { History.at(60_000) }
        #expect(
            read(why, on: disk).output == """
                report-7  in progress  report

                  load_costs was started at 2026-03-01 12:00:00 UTC (59.77s ago) on worker-1 as attempt 1, and no
                  end of it was recorded.
                  → Attempt 2 begins when an engine takes the instance up. If the task may run at most once, it is
                    in doubt then, and a person has to decide.

                  gather is a fork: 1 of 2 branches not finished: costs.

                  A case bundle tells neither who runs it nor what happened since. Ask the log itself for that.

                """)
        let json = try #require(object(read(why, on: disk, style: Style(isJSON: true)).output))
        #expect(json["unattended"] == nil && json["writer"] == nil)
    }

    @Test("why tells from a bundle what it tells from the log, definition included")
    func why() async throws {
        let disk = try await TourLog.disk()
        for instance in ["order-1", "approval-5", "order-2"] {
            export(instance, on: disk, style: Style(revealsSensitive: true))
            for style in [Style(width: 80), Style(isJSON: true)] {
                var why = WhyInspection(instance)
                why.now = { History.at(14 * 86_400_000 + 3_840_000) }
                let ofLog = Run(why, on: disk, style: style)
                why.instance = nil
                let ofBundle = read(why, on: disk, style: style)
                #expect(ofBundle.output == ofLog.output && ofBundle.status == .clean && ofBundle.complaints.isEmpty)
            }
        }
        export("approval-3", on: disk)
        #expect(read(WhyInspection(nil), on: disk).output.contains("the workflow then goes on with"))
    }

    @Test("list shows the instance of a bundle, whatever catalogue stands beside it")
    func listed() async throws {
        let disk = try await sampleDisk()
        export("order-42", on: disk)
        try disk.setBytes([1], of: "case.catalogue")
        let list = read(ListInspection(), on: disk)
        #expect(list.status == .clean && list.complaints.isEmpty)
        var ofLog = ListInspection()
        ofLog.query.idPart = "order-42"
        #expect(list.output == Run(ofLog, on: disk).output && list.output.contains("completed"))
    }

    @Test("diff holds bundles against each other and against logs, and a name alone is that of the one in the log")
    func compared() async throws {
        let disk = try await sampleDisk()
        export("order-44", on: disk)
        try disk.setBytes(try disk.bytes(of: "case"), of: "other")
        export("order-42", on: disk)
        let ofLog = Run(DiffInspection("order-42", "order-44"), on: disk).output
        func diff(_ first: String?, _ second: String?, _ other: String?) -> DiffInspection {
            var diff = DiffInspection(first, second)
            diff.otherDirectory = other
            return diff
        }
        #expect(ofLog.contains("They differ in their inputs"))
        #expect(read(diff(nil, nil, "other"), on: disk).output == ofLog)
        #expect(read(diff("order-42", "order-44", "other"), on: disk).output == ofLog)
        #expect(read(diff("order-44", nil, "log"), on: disk).output == ofLog)
        #expect(Run(diff("order-42", nil, "other"), on: disk).output == ofLog)
        #expect(
            Run(diff("order-42", nil, "log"), on: disk).output.contains("They do not differ, but for times."))
        let alone = read(diff(nil, nil, nil), on: disk)
        #expect(alone.status == .failure && alone.complaints[0].hasPrefix("a case bundle holds one run: "))
        let single = Run(diff("order-42", nil, nil), on: disk)
        #expect(single.status == .failure && single.complaints == ["name two instances, or --other-dir."])
        let wrong = read(diff("order-43", nil, "other"), on: disk)
        #expect(wrong.status == .failure && wrong.complaints[0].contains("there is no instance 'order-43' in 'case'"))
        try disk.setBytes(Array(try disk.bytes(of: "other").dropLast()), of: "other")
        let damaged = read(diff(nil, nil, "other"), on: disk)
        #expect(damaged.status == .corrupt && damaged.complaints[0].hasPrefix("'other' cannot be read"))
    }

    @Test(
        "events and graphs are exported from a bundle as from the log; an instance of the log is not one of the bundle")
    func exported() async throws {
        let disk = try await DefinitionSample.disk()
        export("waits", on: disk)
        for format in [ExportInspection.Format.ndjson, .mermaid] {
            var inspection = ExportInspection(format, try EventFilter(types: [], from: nil, to: nil))
            inspection.instances = ["waits"]
            #expect(read(inspection, on: disk).output == Run(inspection, on: disk).output)
        }
        let other = read(ShowInspection("fails"), on: disk)
        #expect(other.status == .failure && other.complaints[0].contains("there is no instance 'fails' in 'case'"))
    }

    @Test("the report of a bundle has the timeline and graph of the log's, and says where it is from")
    func report() async throws {
        let disk = try await DefinitionSample.disk()
        export("waits", on: disk)
        let ofLog = Run(ReportInspection(of: "waits", to: Destination()), on: disk).output
        let ofBundle = read(ReportInspection(of: nil, to: Destination()), on: disk).output
        func beforeLog(_ page: String) -> Substring? { page.components(before: "id=\"log\"") }
        #expect(beforeLog(ofBundle) == beforeLog(ofLog) && beforeLog(ofLog) != nil)
        #expect(ofBundle.contains("Case bundle") && !ofLog.contains("Case bundle"))
    }

    @Test("verify says what is proven, against the head that is trusted")
    func verified() async throws {
        let disk = try await sampleDisk()
        export("order-42", on: disk)
        let proven = read(verify(head), on: disk)
        #expect(proven.status == .clean && proven.complaints.isEmpty)
        let chain = try #require(try LogReader(directory: "log", fileSystem: disk).verify().head)
        let log = try #require(try LogReader(directory: "log", fileSystem: disk).log())
        #expect(
            proven.output == """
                case is proven: the log with this head has its 12 records.
                  instance    order-42
                  records     12, 12 of them events
                  revisions   1 to 12
                  log         \(log)
                  tree head   \(head)
                  chain head  \(chain), after record 48
                  not proven  that it had no later events: only the log tells
                  not proven  that times, actors and reasons are true: the writer of a record chose them

                """)
        let alone = read(verify(), on: disk)
        #expect(alone.status == .clean)
        #expect(
            alone.output.hasPrefix(
                "case fits together: its 12 records lead to the tree head that it names. Give one that you trust with --head.\n"
            ))
        let json = try #require(object(read(verify(head), on: disk, style: Style(isJSON: true)).output))
        #expect(json["proven"] as? Bool == true && json["exit_status"] as? Int == 0 && json["events"] as? Int == 12)
    }

    @Test("another root, another size and what is no head end with 3, 3 and 1, and it is said why")
    func otherHeads() async throws {
        let disk = try await sampleDisk()
        export("order-42", on: disk)
        let root = String(repeating: "ab", count: 32)
        let other = read(verify("48:\(root)"), on: disk)
        #expect(other.status == .corrupt && other.output.hasPrefix("case is not proven: its proofs lead to the root "))
        #expect(other.output.contains("not to \(root).\n"))
        let size = read(verify("40:\(root)"), on: disk)
        #expect(size.status == .corrupt)
        #expect(size.output.contains("make it again with 'export --bundle' and '--size 40'.\n"))
        let nonsense = read(verify("nonsense"), on: disk)
        #expect(nonsense.status == .failure && nonsense.complaints[0].hasPrefix("'nonsense' is no tree head: "))
    }

    @Test("a bundle is made for an earlier head, if all of the instance was there by then")
    func earlierHead() async throws {
        let disk = try await sampleDisk()
        let reader = LogReader(directory: "log", fileSystem: disk)
        #expect(export("order-42", on: disk, size: 40).status == .clean)
        let head = try #require(try reader.treeHead(at: 40))
        #expect(read(verify("\(head)"), on: disk).output.hasPrefix("case is proven: "))
        let early = export("order-42", on: disk, size: 5)
        #expect(early.status == .failure)
        #expect(early.complaints[0].hasPrefix("not all of 'order-42' is among the first 5 records of 'log'"))
    }

    @Test(
        "a record that was changed by somebody who made the checksum anew is found, and nothing is shown of the bundle")
    func forged() async throws {
        let disk = try await sampleDisk()
        export("order-42", on: disk)
        var bytes = Array(try disk.bytes(of: "case").dropLast(32))
        let place = try #require(bytes.firstRange(of: Array("JD0002".utf8)))
        bytes[place.upperBound - 1] = UInt8(ascii: "3")
        try disk.setBytes(bytes + RecordBundle.checksum(of: bytes), of: "case")
        let found = read(verify(head), on: disk)
        #expect(found.status == .corrupt)
        #expect(found.output.hasPrefix("case is not proven: 1 of 12 records do not lead to the tree head.\n"))
        #expect(found.output.contains("  not proven  11\n"))
        let show = read(ShowInspection(nil), on: disk)
        #expect(show.status == .corrupt && show.output.isEmpty)
        #expect(show.complaints[0].hasPrefix("'case' was changed: of 12 records 1 do not lead to its own tree head."))
    }

    @Test("events that were left out are noticed, though all that are there are proven")
    func leftOut() async throws {
        let disk = try await sampleDisk()
        export("order-42", on: disk)
        let whole = try RecordBundle(decoding: try disk.bytes(of: "case"))
        var entries = whole.entries
        entries.remove(at: 4)
        try disk.setBytes(try RecordBundle(entries, from: whole.origin).encoded, of: "case")
        let found = read(verify(head), on: disk)
        #expect(found.status == .corrupt)
        #expect(found.output.contains("events are missing: their revisions do not follow each other."))
    }

    @Test("a file that was cut or changed is refused in a sentence, and one that is no bundle is no log either")
    func damaged() async throws {
        let disk = try await sampleDisk()
        export("order-42", on: disk)
        let bytes = try disk.bytes(of: "case")
        var changed = bytes
        changed[200] ^= 1
        for content in [changed, Array(bytes.dropLast()), Array(bytes.prefix(20))] {
            try disk.setBytes(content, of: "case")
            for inspection in [verify(), ShowInspection(nil)] as [any Inspection] {
                let found = read(inspection, on: disk)
                #expect(found.status == .corrupt && found.output.isEmpty && found.complaints.count == 1)
                #expect(
                    found.complaints[0].hasPrefix("'case' cannot be read as a case bundle: it is damaged at offset "))
            }
        }
        try disk.setBytes(Array("hello, world".utf8), of: "case")
        #expect(read(verify(), on: disk).status == .failure)
    }

    @Test(
        "What is sensitive is withheld from a bundle unless it is revealed, and an instance that is not there is named")
    func refused() async throws {
        let disk = try await sampleDisk()
        let secret = export("user-9", on: disk)
        #expect(secret.status == .clean && secret.output.contains("withheld"))
        #expect(!(try disk.bytes(of: "case").containsSubsequence("s3cret")))
        #expect(export("user-9", on: disk, style: Style(revealsSensitive: true)).status == .clean)
        #expect(!read(ShowInspection(nil), on: disk).output.contains("s3cret"))
        #expect(export("order-4", on: disk).complaints[0].contains("Did you mean 'order-42'"))
        let nameless = Run(ShowInspection(nil), on: disk)
        #expect(nameless.status == .failure && nameless.complaints[0].hasPrefix("name an instance"))
    }
}

extension [UInt8] {
    fileprivate func containsSubsequence(_ text: String) -> Bool { firstRange(of: Array(text.utf8)) != nil }
}

extension String {
    /// What stands before a part; `nil` if it is not there.
    fileprivate func components(before part: String) -> Substring? {
        firstRange(of: part).map { self[..<$0.lowerBound] }
    }
}
