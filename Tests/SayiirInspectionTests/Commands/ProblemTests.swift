import SayiirEvents
import SayiirTesting
import Testing

@testable import SayiirInspection
@testable import SayiirLog

/// What each command does where not all is well.
@Suite struct ProblemTests {
    private static let segment = "log/00000001-00000000000000000001.seg"

    /// Every command, on an instance of the sample.
    private static func all() throws -> [any Inspection] {
        [
            StatusInspection(), ListInspection(), ShowInspection("order-42"), WhyInspection("order-42"),
            TailInspection(try EventFilter()),
            DumpInspection(try EventFilter()), VerifyInspection(), SpaceInspection(),
        ]
    }

    /// The sample with a record in its middle whose payload is no event.
    private func diskWithUnreadableRecord(kind: RecordKind = .event) async throws -> InMemoryFileSystem {
        let disk = try await sampleDisk()
        let log = try await LogWriter.open(directory: "log", fileSystem: disk)
        var batch = RecordBatch()
        try batch.append(kind: kind, key: "order-42", timestamp: 1, payload: [0xFF, 1, 2])
        var history = History()
        history.add("later", 70_000, .submit("w", "1"))
        try batch.append(history.events[0])
        try await log.append(batch)
        try await log.close()
        return disk
    }

    @Test("a record that cannot be decoded is reported with its place, and the rest is shown")
    func unreadable() async throws {
        let disk = try await diskWithUnreadableRecord()
        let list = Run(ListInspection(), on: disk)
        #expect(list.lines.last?.hasPrefix("later ") == true)
        #expect(list.lines.count == 8)
        #expect(list.status == .corrupt)
        #expect(list.complaints.count == 1)
        #expect(
            list.complaints[0].contains(
                #/^record 49 of 'order-42', in the frame at offset \d+ of log/00000001-0{19}1\.seg, is left out: cannot decode/#
            ))
        let show = Run(ShowInspection("order-42"), on: disk)
        #expect(show.output.contains("✓ ship_parcel"))
        #expect(show.complaints == list.complaints)
        let dump = Run(DumpInspection(try EventFilter(from: 49)), on: disk, style: Style(isJSON: true))
        let record = try #require(object(dump.lines[0])?["record"] as? [String: Any])
        #expect(Set(record.keys) == ["sequence", "key", "time", "type", "size", "segment", "offset", "error"])
        #expect(dump.lines.count == 2)
        #expect(dump.status == .corrupt)
        let verify = Run(VerifyInspection(), on: disk)
        #expect(verify.lines[0] == "log is corrupt: 1 record cannot be decoded.")
        #expect(verify.status == .corrupt)
    }

    @Test("a kind of record that must not be passed over is unreadable, one that may be is not")
    func unknownKinds() async throws {
        let strict = try await diskWithUnreadableRecord(kind: RecordKind(rawValue: 9))
        #expect(Run(VerifyInspection(), on: strict).status == .corrupt)
        let lenient = try await diskWithUnreadableRecord(kind: RecordKind(rawValue: 200))
        #expect(Run(VerifyInspection(), on: lenient).status == .clean)
    }

    @Test("the bytes of a record that cannot be decoded are hidden, since they may be sensitive, unless asked for")
    func unreadableBytes() async throws {
        let disk = try await diskWithUnreadableRecord()
        var dump = DumpInspection(try EventFilter(from: 49, to: 49))
        dump.showsBytes = true
        #expect(!Run(dump, on: disk).output.contains("ff0102"))
        #expect(Run(dump, on: disk, style: Style(revealsSensitive: true)).output.contains("ff0102"))
    }

    @Test("damage is named, what stands before it is shown, and the status tells")
    func corrupt() async throws {
        let disk = try await sampleDisk()
        try disk.flipBit(0, ofByteAt: 5300, in: Self.segment)
        let list = Run(ListInspection(), on: disk)
        #expect(list.lines.count == 2)
        #expect(list.status == .corrupt)
        #expect(
            list.complaints == [
                "the log is corrupt at \(Self.segment), offset 5248: only the records up to sequence 10 are shown. Run the "
                    + "command 'verify' to see what is wrong, and 'sayiir-inspect salvage' to copy all that is whole."
            ])
        let verify = Run(VerifyInspection(), on: disk)
        #expect(verify.status == .corrupt)
        for part in [
            "  rule        6", "  file        \(Self.segment)", "  offset      5,248",
            "  expected    a frame header with a right checksum",
        ] {
            #expect(verify.output.contains(part), "\(part)")
        }
    }

    @Test("a log without a record yet is shown as empty by every command")
    func empty() async throws {
        let opened = InMemoryFileSystem()
        try await writeLog([], to: "log", on: opened)
        let fresh = InMemoryFileSystem()
        try fresh.setBytes(Array("process 1".utf8), of: "log/LOCK")
        for disk in [opened, fresh] {
            for command in try Self.all() where !(command is ShowInspection || command is WhyInspection) {
                let run = Run(command, on: disk)
                #expect(run.status == .clean)
                #expect(run.complaints.isEmpty)
            }
            #expect(Run(ListInspection(), on: disk).output == "No instances.\n")
            #expect(Run(ListInspection(), on: disk, style: Style(isJSON: true)).output == "")
        }
    }

    @Test("an unknown id is an error that names near ones")
    func unknownInstance() async throws {
        let run = try await Run(onSample: ShowInspection("order42"))
        #expect(run.output == "")
        #expect(run.status == .failure)
        #expect(
            run.complaints == [
                "there is no instance 'order42' in 'log'. Did you mean 'order-42', 'order-43', 'order-44'?"
            ])
        let far = try await Run(onSample: ShowInspection("xyz\u{7}"))
        #expect(
            far.complaints == [#"there is no instance 'xyz\u0007' in 'log'. The command 'list' shows the instances."#])
    }

    @Test("every command says in one sentence what is wrong with the directory, and what to do")
    func directories() throws {
        let other = InMemoryFileSystem()
        try other.setBytes([1], of: "log/holiday.jpg")
        let forbidden = InMemoryFileSystem()
        try forbidden.setBytes([1], of: "log/LOCK")
        forbidden.inject(Fault(.list, .always, .fail(13)))
        for command in try Self.all() {
            let missing = Run(command, on: InMemoryFileSystem())
            #expect(missing.status == .failure)
            #expect(
                missing.complaints == [
                    "cannot list log: No such file or directory (2). Give the directory that the engine was opened with."
                ])
            let noLog = Run(command, on: other)
            #expect(noLog.status == .failure)
            #expect(noLog.complaints.first?.hasPrefix("'log' is not a log: it has no segment. Give ") == true)
            let refused = Run(command, on: forbidden)
            #expect(refused.status == .failure)
            #expect(
                refused.complaints.first?.hasSuffix("Run this as a user who may read the directory and its files.")
                    == true)
        }
    }

    @Test("a log of a newer format is refused as newer, not as damaged")
    func newer() async throws {
        let disk = try await sampleDisk()
        var bytes = try disk.bytes(of: Self.segment)
        bytes[10] = 2
        bytes.withUnsafeMutableBytes {
            $0.storeLittleEndian(crc32c(UnsafeRawBufferPointer($0).part(0, 4092)), at: 4092)
        }
        try disk.setBytes(bytes, of: Self.segment)
        for command in try Self.all() {
            let run = Run(command, on: disk)
            #expect(run.status == .failure)
            #expect(run.complaints.first?.hasSuffix("Use a newer version of this program.") == true)
        }
    }

    @Test("no command changes anything in the log's directory")
    func nothingIsWritten() async throws {
        let disk = try await sampleDisk()
        let before = try disk.files.map { ($0, try disk.bytes(of: $0)) }
        for command in try Self.all() { #expect(Run(command, on: disk).status == .clean) }
        let after = try disk.files.map { ($0, try disk.bytes(of: $0)) }
        #expect(before.elementsEqual(after, by: ==))
    }

    @Test("an output that is closed ends a command without a word")
    func closedOutput() async throws {
        let source = LogSource(directory: "log", fileSystem: try await sampleDisk())
        for command in try Self.all() {
            var complaints: [String] = []
            let console = Console(output: Output { _ in throw OutputClosed() }, style: Style()) {
                complaints.append($0)
            }
            #expect(command.perform(on: source, console) == .clean)
            #expect(complaints.isEmpty)
        }
    }
}
