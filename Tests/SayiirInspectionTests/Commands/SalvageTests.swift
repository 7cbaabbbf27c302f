import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct SalvageTests {
    private static let segment = "log/00000001-00000000000000000001.seg"

    private func salvage(to path: String = "saved") -> SalvageInspection {
        var salvage = SalvageInspection(to: path)
        salvage.options.firstSegmentBytes = 64 * 1024
        return salvage
    }

    private func damagedDisk() async throws -> InMemoryFileSystem {
        let disk = try await sampleDisk()
        try disk.flipBit(0, ofByteAt: 5300, in: Self.segment)
        return disk
    }

    private func events(_ disk: InMemoryFileSystem, in directory: String) throws -> [Event] {
        var events: [Event] = []
        let log = LogSource(directory: directory, fileSystem: disk)
        let console = Console(output: Output { _ in }, style: Style()) { _ in }
        _ = try log.readEvents(Problems(console)) { events.append($0.event) }
        return events
    }

    @Test("a clean log is copied whole, and that is status 0")
    func clean() async throws {
        let disk = try await sampleDisk()
        let run = Run(salvage(), on: disk)
        #expect(run.status == .clean && run.complaints.isEmpty)
        #expect(run.lines[0] == "log was copied to saved: nothing is missing.")
        #expect(run.lines[1] == "  copied      48 records in 24 commits, of 24 frames, 3.0 KiB")
        #expect(run.lines[2] == "  chain       unbroken")
        #expect(try events(disk, in: "saved") == History.sample.events)
        let copy = try LogReader(directory: "saved", fileSystem: disk).verify()
        #expect(try copy.log != LogReader(directory: "log", fileSystem: disk).verify().log)
        let writer = try await LogWriter.open(directory: "saved", fileSystem: disk)
        #expect(writer.recovery.assessment.verdict == .clean && writer.lastSequence == 48)
        try await writer.close()
    }

    @Test("what is missing is told with its place and the instance that lacks it, and that is status 3")
    func damaged() async throws {
        let disk = try await damagedDisk()
        var inspection = salvage()
        inspection.listsMapping = true
        let run = Run(inspection, on: disk)
        #expect(run.status == .corrupt && run.complaints.isEmpty)
        #expect(run.lines[0] == "What is whole of log was copied to saved: something is missing.")
        #expect(run.lines.contains("  missing     2 records"))
        #expect(
            run.lines.contains {
                $0.hasPrefix(
                    "  damage      00000001-00000000000000000001.seg at 5,248, 216 bytes: missing 11 to 12 (expected ")
            })
        #expect(run.lines.contains("  chain       of 1 run behind a loss, 1 only to what follows"))
        #expect(run.lines.contains { $0.hasPrefix("  sequences   13 to 48 -> 11 to 46") })
        var expected = History.sample.events
        expected.removeSubrange(10..<12)
        #expect(try events(disk, in: "saved") == expected)
    }

    @Test("an instance lacks something if its revisions leave a gap, and may if its last event stands before a loss")
    func affected() async throws {
        let disk = InMemoryFileSystem()
        var history = History()
        for number in 0..<6 {
            history.add("a", Double(number), .annotated(Event.Annotated(text: "a")))
            history.add(number < 2 ? "early" : "late", Double(number), .annotated(Event.Annotated(text: "b")))
        }
        try await writeLog(history.events, to: "log", on: disk)
        var frames: [Frame] = []
        _ = try LogReader(directory: "log", fileSystem: disk).verify { frames.append($0) }
        // The commit with the first event of "late".
        try disk.flipBit(0, ofByteAt: frames[2].offset + 90, in: Self.segment)
        var inspection = salvage()
        inspection.listsPossible = true
        let run = Run(inspection, on: disk)
        #expect(
            run.lines.filter { $0.hasPrefix("  affected") } == [
                "  affected    'a' lacks revision 3", "  affected    'late' lacks revision 1",
            ])
        #expect(run.lines.contains("  possibly    1 instance whose last event stands before a loss"))
        #expect(run.lines.contains("    'early'"))
    }

    @Test("the members of the JSON are those that are documented")
    func shape() async throws {
        let run = Run(salvage(), on: try await damagedDisk(), style: Style(isJSON: true))
        let shape = try #require(object(run.output))
        #expect(
            Set(shape.keys) == [
                "directory", "destination", "log", "new_log", "head", "complete", "records", "record_bytes", "commits",
                "frames", "missing", "damages", "affected", "unknown_keys", "possibly_affected", "runs", "exit_status",
            ])
        let damage = try #require((shape["damages"] as? [[String: Any]])?.first)
        #expect(
            Set(damage.keys) == [
                "file", "offset", "bytes", "reason", "first", "last", "may_miss_more", "torn", "breaks_chain",
            ])
        let run2 = try #require((shape["runs"] as? [[String: Any]])?.last)
        #expect(run2["first"] as? Int == 13 && run2["new_first"] as? Int == 11 && run2["proof"] as? String == "after")
        #expect(shape["exit_status"] as? Int == 3)
    }

    @Test("where no header tells the log's id, it is asked for")
    func unknownIdentity() async throws {
        let disk = try await sampleDisk()
        let id = try #require(try LogReader(directory: "log", fileSystem: disk).verify().log)
        for byte in [100, 200, 300] { try disk.flipBit(1, ofByteAt: byte, in: Self.segment) }
        let refused = Run(salvage(), on: disk)
        #expect(refused.status == .corrupt && refused.complaints.first?.hasSuffix("with --log-id.") == true)
        #expect(!disk.files.contains { $0.hasPrefix("saved") })
        var told = salvage()
        told.logID = "\(id)"
        let run = Run(told, on: disk)
        #expect(run.status == .clean && run.output.contains("48 records"))
        #expect(run.output.contains("nothing missing (the header block: "))
        told.logID = "x"
        told.destination = "other"
        #expect(Run(told, on: disk).status == .failure)
    }

    @Test("nothing is written into the log's directory, into one that is not empty, or while somebody writes the log")
    func refusals() async throws {
        let disk = try await damagedDisk()
        try disk.setBytes([1], of: "other/x")
        let files = disk.files
        for path in ["log", "./log/", "log/sub", "x/../log/saved", "other"] {
            let run = Run(salvage(to: path), on: disk)
            #expect(run.status == .failure && run.complaints.count == 1, "\(path)")
        }
        let lock = try disk.open("log/LOCK", as: .readWrite)
        #expect(try lock.tryLock())
        #expect(Run(salvage(), on: disk).complaints.first?.contains("is being written by") == true)
        #expect(Run(salvage(), on: InMemoryFileSystem()).status == .failure)
        #expect(disk.files == files)
        let target = WriteTarget(protecting: ["log"], fileSystem: disk)
        #expect(throws: Never.self) { try target.approve("logs/a", for: .newLog) }
    }

    @Test("what is wrong with a corrupt log is told with the command that saves the rest")
    func hints() async throws {
        let disk = try await damagedDisk()
        #expect(Run(VerifyInspection(), on: disk).output.contains("'sayiir-inspect salvage'"))
        #expect(Run(ListInspection(), on: disk).complaints.last?.contains("'sayiir-inspect salvage'") == true)
        do {
            _ = try await LogWriter.open(directory: "log", fileSystem: disk)
            Issue.record("a damaged log was opened")
        } catch {
            #expect("\(error)".contains("`sayiir-inspect salvage`"))
        }
    }
}
