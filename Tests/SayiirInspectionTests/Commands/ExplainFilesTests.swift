import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection
@testable import SayiirLog

/// `explain` where it is not a journal that is explained.
@Suite struct ExplainFilesTests {
    private func explain(_ offset: Int, in file: String) -> ExplainInspection {
        var explain = ExplainInspection(offset: offset)
        explain.fileName = file
        return explain
    }

    private func detail(of name: SegmentName, _ disk: InMemoryFileSystem) throws -> SealedDetail {
        try SealedSegment(name, in: "log", fileSystem: disk).detail
    }

    @Test("the header blocks of all layouts are explained field by field")
    func headers() async throws {
        let log = try await LongLog.make()
        try log.removeOldest(archiving: true)
        let segment = "\(try #require(try log.segments.first))"
        let snapshot = try #require(try LogReader(directory: "log", fileSystem: log.disk).snapshots().first?.file)
        for (file, place, field) in [
            (segment, "  place       the segment's header block, in its magic", "block table"),
            (snapshot, "  place       the snapshot's header block, in its magic", "lowest needed sequence"),
            ("REMOVED", "  place       the removals' header block, in its magic", "number of entries"),
        ] {
            let run = Run(explain(0, in: file), on: log.disk)
            #expect(run.status == .clean && run.complaints.isEmpty)
            #expect(run.lines.contains(place), "\(file)")
            #expect(run.lines.contains { $0.contains("  \(field)  ") }, "\(file)")
        }
        #expect(Run(explain(145, in: segment), on: log.disk).output.contains(", in its block table"))
        #expect(Run(explain(105, in: snapshot), on: log.disk).output.contains(", in its offset of the next frame"))
    }

    @Test("the frames of a sealed segment are explained with what they say")
    func sealedFrames() async throws {
        let log = try await LongLog.make()
        let name = try #require(try log.segments.first)
        let detail = try detail(of: name, log.disk)
        let size = try log.disk.bytes(of: "log/\(name)").count
        for (offset, words) in [
            (4096, ["the block frame at 4,096 to ", "number of commits", "order-0"]),
            (Int(detail.blockTable), ["the block table frame at ", "at 4096: ", " records from sequence 1, "]),
            (Int(detail.filter), ["the filter frame at ", " bits set"]),
            (Int(detail.directory) - 8, ["the bucket frame at ", "in the blocks at "]),
            (Int(detail.directory), ["the directory frame at ", "bucket 0"]),
            (size - 1, ["the seal frame at "]),
        ] {
            let run = Run(explain(offset, in: "\(name)"), on: log.disk)
            #expect(run.status == .clean)
            for word in words { #expect(run.output.contains(word), "\(offset) \(word)") }
            var byNumber = ExplainInspection(offset: offset)
            byNumber.segment = 1
            #expect(Run(byNumber, on: log.disk).output == run.output)
        }
        let shape = try #require(
            object(Run(explain(4096, in: "\(name)"), on: log.disk, style: Style(isJSON: true)).output))
        let content = try #require(shape["content"] as? [[String: Any]])
        #expect(content.first?["name"] as? String == "number of commits")
    }

    @Test("the frames of snapshots and of the list of removals are explained")
    func otherFrames() async throws {
        let log = try await LongLog.make()
        try log.removeOldest(archiving: false)
        let snapshot = try #require(try LogReader(directory: "log", fileSystem: log.disk).snapshots().first?.file)
        let entry = Run(explain(4100, in: snapshot), on: log.disk)
        #expect(entry.output.contains("snapshot_entry") && entry.status == .clean)
        #expect(entry.output.contains("perhaps sensitive"))
        let removal = Run(explain(4100, in: "REMOVED"), on: log.disk)
        #expect(removal.output.contains("removed_segment") && removal.output.contains("00000001-"))
    }

    @Test("a flipped bit is found in every kind of file and frame")
    func flippedBits() async throws {
        let log = try await LongLog.make()
        try log.removeOldest(archiving: false)
        let name = try #require(try log.segments.first)
        let detail = try detail(of: name, log.disk)
        let snapshot = try #require(try LogReader(directory: "log", fileSystem: log.disk).snapshots().first?.file)
        for (file, offset, status) in [
            ("\(name)", 4300, SayiirInspection.ExitStatus.corrupt), ("\(name)", 150, .corrupt),
            ("\(name)", Int(detail.blockTable) + 90, .corrupt), ("\(name)", Int(detail.directory) + 30, .corrupt),
            // The log is whole without it.
            (snapshot, 4190, .clean), ("REMOVED", 4200, .corrupt),
        ] {
            try log.disk.flipBit(5, ofByteAt: offset, in: "log/\(file)")
            let run = Run(explain(offset, in: file), on: log.disk)
            #expect(
                run.lines.contains {
                    $0.contains("one bit explains it: bit 5 of the byte at \(grouped(UInt64(offset))),")
                })
            #expect(run.status == status, "\(file) \(offset)")
            try log.disk.flipBit(5, ofByteAt: offset, in: "log/\(file)")
        }
    }

    @Test("a file that is not the log's, or not there, is refused by name, and archived ones are found")
    func names() async throws {
        let log = try await LongLog.make()
        let first = "\(try #require(try log.segments.first))"
        try log.removeOldest(archiving: true)
        for name in ["LOCK", "../x", "00000099-00000000000000000001.seg", first] {
            let run = Run(explain(0, in: name), on: log.disk)
            #expect(run.status == .failure && run.complaints.count == 1, "\(name)")
        }
        let archived = Run(explain(4096, in: first), on: log.disk, archives: ["archive"])
        #expect(archived.status == .clean && archived.lines[0].hasPrefix("archive/\(first), offset 4,096"))
    }
}
