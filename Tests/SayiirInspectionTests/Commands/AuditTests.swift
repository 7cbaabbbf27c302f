import SayiirEvents
import SayiirLog
import SayiirProjection
import SayiirTesting
import Testing

@testable import SayiirInspection
@testable import SayiirLog

/// What an answer says of its own limits.
@Suite struct AuditTests {
    private func disk(_ history: History) async throws -> InMemoryFileSystem {
        let disk = InMemoryFileSystem()
        try await writeLog(history.events, to: "log", on: disk)
        return disk
    }

    @Test("A moved log says so first in status, list, show and why, and no engine is said to take anything up")
    func moved() async throws {
        let disk = try await sampleDisk()
        let log = try await LogWriter.open(directory: "log", fileSystem: disk)
        try await log.close()
        try MovedMark.set(on: "log", destination: "schema 'mig' of db/jobs", fileSystem: disk)
        let notice = "log was moved to schema 'mig' of db/jobs and is closed."
        for inspection in [
            StatusInspection(), ListInspection(), ShowInspection("user-9"), WhyInspection("user-9"),
            WhyInspection("report-7"),
        ] as [any Inspection] {
            let run = Run(inspection, on: disk, style: Style())
            #expect(run.lines.first?.hasPrefix(notice) == true, "\(run.output)")
            #expect(!run.output.contains("takes the instance up"), "\(run.output)")
            #expect(!run.output.contains("→"), "\(run.output)")
        }
        let json = object(Run(StatusInspection(), on: disk, style: Style(isJSON: true)).output)
        #expect(json?["moved_to"] as? String == "schema 'mig' of db/jobs")
        let why = object(Run(WhyInspection("user-9"), on: disk, style: Style(isJSON: true)).output)
        #expect(why?["moved_to"] as? String == "schema 'mig' of db/jobs")
    }

    @Test("verify, a bundle and a proof end with what they did not prove")
    func notProven() async throws {
        let disk = try await sampleDisk()
        let verify = Run(VerifyInspection(), on: disk, style: Style())
        #expect(verify.output.contains("  not proven  that it had no later records"))
        let head = "48:70a3e80d2c57d66c745d503ee61dc52ea6454cbeb80fbeec07fe2547f13305a1"
        var seen = VerifyInspection()
        seen.head = head
        #expect(
            Run(seen, on: disk, style: Style()).output.contains(
                "  not proven  that it had no records after sequence 48"))
        let json = object(Run(VerifyInspection(), on: disk, style: Style(isJSON: true)).output)
        #expect((json?["not_proven"] as? [String])?.count == 2)
        #expect(Run(BundleInspection(of: "order-42", to: Destination(path: "case")), on: disk).status == .clean)
        let bundle = Run(seen, on: LogSource(directory: "case", fileSystem: disk), style: Style())
        #expect(bundle.status == .clean && bundle.output.contains("  not proven  that it had no later events"))
    }

    @Test("Times that run back are told with the step and the place, and copies of an old past are not taken for such")
    func clock() async throws {
        var history = History()
        history.add("a", 1000 * 86_400_000, .submit("flow", "1"))
        history.add("a", 1000 * 86_400_000, .complete(nil))
        history.add("b", 0, .submit("flow", "1"))
        history.add("b", 1, .complete(nil))
        let late = try await disk(history)
        for inspection in [VerifyInspection(), StatusInspection()] as [any Inspection] {
            let run = Run(inspection, on: late, style: Style())
            #expect(run.output.contains("run back by 1000d00h at sequence 3"), "\(run.output)")
            let json = object(Run(inspection, on: late, style: Style(isJSON: true)).output)
            #expect((json?["clock_steps"] as? [String: Any])?["sequence"] as? Int == 3)
        }
        var forked = History()
        forked.add("a", 0, .submit("flow", "1"))
        forked.add("a", 86_400_000, .annotated(Event.Annotated(text: "later")))
        forked.add("c", 0, .submit("flow", "1"))
        forked.add("c", 86_400_001, .derived(Event.Derived(source: "a", sourceRevision: 1)))
        #expect(!Run(VerifyInspection(), on: try await disk(forked), style: Style()).output.contains("run back"))
        #expect(!Run(VerifyInspection(), on: try await LongLog.make().disk, style: Style()).output.contains("run back"))
    }

    @Test("The kind of an event is told without decoding it, and no bytes are too odd for that")
    func kinds() {
        for event in History.sample.events {
            var bytes: [UInt8] = []
            event.encode(into: &bytes)
            #expect(Event.Kind(of: bytes[...]) == event.body.kind)
            for end in bytes.indices { _ = Event.Kind(of: bytes[..<end]) }
            for place in bytes.indices {
                var changed = bytes
                changed[place] ^= 0xFF
                _ = Event.Kind(of: changed[...])
            }
        }
        #expect(Event.Kind(of: []) == nil)
        #expect(Event.Kind(of: [UInt8](repeating: 0xFF, count: 40)[...]) == nil)
    }

    @Test("A fork has times of its own, names its source, and is found from there")
    func forks() async throws {
        var history = History()
        let step = Step("work")
        history.add("source", 0, .submit("flow", "1"), by: "alice")
        history.add("source", 1, .start(step))
        history.add("source", 500, .checkpoint(step, "1"))
        let month = 30.0 * 86_400_000
        for (time, body) in [(0, .submit("flow", "1")), (1, .start(step)), (500, .checkpoint(step, "1"))]
            as [(Double, Event.Body)]
        { history.add("copy", time, body) }
        history.add("copy", month, .derived(Event.Derived(source: "source", sourceRevision: 3)), by: "ops")
        history.add("copy", month + 2000, .complete(step))
        let disk = try await disk(history)
        let copy = Run(ShowInspection("copy"), on: disk, style: Style())
        #expect(copy.lines.first == "copy  completed after 2.00s")
        #expect(copy.output.contains("forked from  source at revision 3"))
        #expect(copy.output.contains("before  ✓ work"))
        let json = object(Run(ShowInspection("copy"), on: disk, style: Style(isJSON: true)).output)
        #expect(json?["derived_from"] as? String == "source" && json?["duration_seconds"] as? Double == 2)
        let source = Run(ShowInspection("source"), on: disk, style: Style())
        #expect(source.output.contains("  forks       copy"))
        let list = Run(ListInspection(), on: disk, style: Style(isJSON: true)).lines.compactMap(object)
        #expect(list.first { $0["instance"] as? String == "copy" }?["submitted"] as? String == "2026-03-31T12:00:00Z")
    }

    @Test("A sensitive record is withheld from a bundle, the others stay provable, and its hash with them")
    func withheld() async throws {
        var history = History()
        let step = Step("work")
        history.add("a", 0, .submit("flow", "1"))
        history.add("a", 1, .start(step))
        history.add(
            "a", 2,
            .taskCheckpointed(
                Event.TaskCheckpointed(step: step, attempt: 1, output: .json("\"s3cret\"", sensitive: true))))
        history.add("a", 3, .complete(nil))
        let disk = try await disk(history)
        let written = Run(BundleInspection(of: "a", to: Destination(path: "case")), on: disk, style: Style())
        #expect(written.status == .clean && written.output.contains("the hashes of 1 record that is withheld"))
        let bytes = try disk.bytes(of: "case")
        #expect(bytes.firstRange(of: Array("s3cret".utf8)) == nil)
        let bundle = try RecordBundle(decoding: bytes)
        #expect(bundle.encoded == bytes)
        #expect(bundle.entries.count == 3 && bundle.withheld.map(\.proof.sequence) == [3])
        #expect(bundle.unproven() == [])
        let source = LogSource(directory: "case", fileSystem: disk)
        let verified = Run(VerifyInspection(), on: source, style: Style())
        #expect(verified.status == .clean && verified.output.contains("  withheld    3"))
        #expect(verified.complaints.first?.contains("1 record of this case bundle is withheld") == true)
        // A hash that is not the record's is found, and so is one that is left out.
        let other = [UInt8(1)].withUnsafeBytes { TreeHash(leaf: $0) }
        let forged = try RecordBundle(
            bundle.entries, withholding: bundle.withheld.map { .init(leaf: other, proof: $0.proof) },
            from: bundle.origin)
        try disk.setBytes(forged.encoded, of: "case")
        #expect(Run(VerifyInspection(), on: source).status == .corrupt)
        try disk.setBytes(try RecordBundle(bundle.entries, from: bundle.origin).encoded, of: "case")
        #expect(Run(VerifyInspection(), on: source).status == .corrupt)
        // Whatever bytes are cut off or changed, reading is total.
        for end in stride(from: 0, to: bytes.count, by: 7) { _ = try? RecordBundle(decoding: Array(bytes[..<end])) }
    }

    @Test("A definition that was stored many times is in a bundle once")
    func definitionCopies() async throws {
        let disk = InMemoryFileSystem()
        let log = try await LogWriter.open(directory: "log", fileSystem: disk)
        let hash = DefinitionHash(bytes: (0..<32).map { $0 &* 7 &+ 0x3F })
        var batch = RecordBatch()
        for _ in 0..<20 {
            try batch.append(kind: .definition, key: hash.description, timestamp: 0) { $0 += Array("{}".utf8) }
        }
        var history = History()
        history.add("a", 0, .submit("flow", "1"))
        for event in history.events { try batch.append(event) }
        try await log.append(batch)
        try await log.close()
        #expect(Run(BundleInspection(of: "a", to: Destination(path: "case")), on: disk).status == .clean)
        let bundle = try RecordBundle(decoding: try disk.bytes(of: "case"))
        #expect(bundle.entries.count == 2)
    }

    @Test("Two texts that differ are never shown alike for want of a visible character")
    func escapes() {
        let texts = [
            "a\u{1B}b", "a\\u001bb", "a\tb", "a\\tb", "ab", "a\u{200B}b", "a\u{200D}b", "a\u{FEFF}b", "a\u{AD}b", "a b",
            "a\u{A0}b", "a\u{3000}b", "a\u{2009}b", "a\u{202E}b", "a\u{E0041}b", "a\u{7F}b", "a\u{85}b", "a\\b",
            "a\\\\b",
        ]
        let shown = texts.map(safe)
        #expect(Set(shown.map { Array($0.utf8) }).count == texts.count)
        #expect(shown[0] == "a\\u001bb" && shown[1] == "a\\\\u001bb")
        let visible = shown.allSatisfy { $0.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 } }
        #expect(visible)
        #expect(safe("Grüße, 世界 🎉") == "Grüße, 世界 🎉")
    }

    @Test("The name of a directory cannot upset a terminal")
    func directoryNames() async throws {
        let disk = InMemoryFileSystem()
        let name = "ctl\u{1B}[31mred\n"
        try await writeLog(History.sample.events, to: name, on: disk)
        for inspection in [
            VerifyInspection(), StatusInspection(), SpaceInspection(), RetentionInspection(), ShowInspection("none"),
        ]
            as [any Inspection]
        {
            let run = Run(inspection, on: LogSource(directory: name, fileSystem: disk), style: Style())
            let said = run.output + run.complaints.joined()
            #expect(!said.contains("\u{1B}") && said.contains("u001b"), "\(said)")
        }
    }

    @Test("Damage in an archived segment is told of the file in the archive")
    func archivedDamage() async throws {
        let log = try await LongLog.make()
        #expect(try log.removeOldest(archiving: true, leaving: 200_000) > 0)
        let name = try #require(try log.disk.entries(ofDirectory: "archive").filter { $0.hasSuffix(".sealed") }.min())
        var bytes = try log.disk.bytes(of: "archive/\(name)")
        bytes[5000] ^= 1
        try log.disk.setBytes(bytes, of: "archive/\(name)")
        for inspection in [ListInspection(), VerifyInspection()] as [any Inspection] {
            let run = Run(inspection, on: log.disk, archives: ["archive"], style: Style())
            let said = run.output + run.complaints.joined()
            #expect(
                run.status == .corrupt && said.contains("archive/\(name)") && !said.contains("log/\(name)"), "\(said)")
        }
    }

    @Test("A sequence that the log does not have yet is refused rather than shown as if it were there")
    func laterSequence() async throws {
        var show = ShowInspection("order-42")
        show.moment = .sequence(49)
        let run = try await Run(onSample: show)
        #expect(run.status == .failure && run.output.isEmpty)
        #expect(run.complaints == ["there is no sequence 49 yet: the last one of 'log' is 48."])
        show.moment = .sequence(48)
        #expect(try await Run(onSample: show).status == .clean)
    }

    @Test("retention names a segment that stays because a record in it is from the future")
    func future() async throws {
        let log = try await LongLog.make()
        var retention = RetentionInspection()
        retention.maximumAge = .seconds(1)
        retention.now = { History.at(-86_400_000).nanosecondsSinceEpoch }
        let run = Run(retention, on: log.disk, style: Style())
        #expect(
            run.output.contains("00000001-00000000000000000001.sealed has a record of 2026-03-01 12:00:00 UTC"),
            "\(run.output)")
        #expect(run.output.contains("in the future"))
        retention.now = { History.at(86_400_000).nanosecondsSinceEpoch }
        #expect(!Run(retention, on: log.disk, style: Style()).output.contains("future"))
    }

    @Test("An error's text is found whatever its case, and an id in another case is the first suggestion")
    func cases() async throws {
        let disk = try await sampleDisk()
        var list = ListInspection()
        list.query.errorPart = "DECLINED"
        #expect(Run(list, on: disk, style: Style(isJSON: true)).lines.count == 1)
        #expect(Run(ShowInspection("ORDER-43"), on: disk).complaints.first?.contains("Did you mean 'order-43'") == true)
        #expect(InspectionError.unknownCommand("shwo", of: ["show", "list"]).description.contains("'show'"))
    }

    @Test("Times may be given by their distance from now")
    func relativeTimes() {
        let now = History.at(0)
        let expected: [(String, Timestamp)] = [
            ("now", now), ("2h", now + .seconds(-7200)), ("90m", now + .seconds(-5400)),
            ("2 hours ago", now + .seconds(-7200)),
            ("1h30m", now + .seconds(-5400)), ("today", History.at(-43_200_000)),
            ("yesterday", History.at(-129_600_000)),
            ("1 week ago", now + .seconds(-604_800)), ("0s", now),
        ]
        for (text, time) in expected {
            guard case .time(let read)? = Moment(text, now: now) else {
                Issue.record("'\(text)' was not read")
                continue
            }
            #expect(read == time, "\(text)")
        }
    }
}
