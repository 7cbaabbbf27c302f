import SayiirEvents
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection
@testable import SayiirLog

/// What commands say of sealed segments, snapshots, and segments that retention took away.
@Suite struct SurroundingsTests {
    @Test("status and verify tell how many segments are sealed, and which snapshots there are")
    func whole() async throws {
        let log = try await LongLog.make()
        let count = try log.segments.count
        let verify = Run(VerifyInspection(), on: log.disk)
        #expect(verify.status == .clean)
        #expect(verify.lines.contains("  segments    \(count), \(count - 1) of them sealed"))
        #expect(
            verify.lines.filter {
                $0.contains(
                    #/^  snapshot    \d{20}\.snapshot, to sequence [\d,]+, made 2026-03-01 12:00:00 UTC, \d\.\d KiB, whole$/#
                )
            }
            .count == 2)
        let status = Run(StatusInspection(), on: log.disk)
        #expect(status.lines.contains { $0.hasPrefix("  segments    \(count) files, \(count - 1) of them sealed, ") })
        #expect(status.lines.contains { $0.hasPrefix("  snapshot    ") })
        let shape = try #require(object(Run(VerifyInspection(), on: log.disk, style: Style(isJSON: true)).output))
        #expect(shape["sealed_segments"] as? Int == count - 1)
        let snapshots = try #require(shape["snapshots"] as? [[String: Any]])
        #expect(
            snapshots.map { Set($0.keys) }
                == Array(repeating: ["file", "covered_sequence", "bytes", "created", "whole"], count: 2))
    }

    @Test("a damaged snapshot is named with its reason, and is no reason to call the log corrupt")
    func damagedSnapshot() async throws {
        let log = try await LongLog.make()
        let path = try #require(log.disk.files.first { $0.hasSuffix(".snapshot") })
        try log.disk.flipBit(1, ofByteAt: 4200, in: path)
        for command in [VerifyInspection() as any Inspection, StatusInspection()] {
            let run = Run(command, on: log.disk)
            #expect(run.status == .clean)
            #expect(run.output.contains(#/KiB,\s+damaged: /#))
        }
        let shape = try #require(object(Run(VerifyInspection(), on: log.disk, style: Style(isJSON: true)).output))
        let snapshot = try #require((shape["snapshots"] as? [[String: Any]])?.first)
        #expect(snapshot["whole"] as? Bool == false && snapshot["defect"] is String)
    }

    @Test("a whole snapshot whose digest is not the log's makes the log corrupt, in journals and inside sealed blocks")
    func contradiction() async throws {
        for orders in [20, 500] {
            let log = try await orders == 500 ? LongLog.make() : LongLog(orders: orders)
            #expect(Run(VerifyInspection(), on: log.disk).status == .clean)
            let snapshot = try #require(try LogReader(directory: "log", fileSystem: log.disk).snapshots().first)
            let path = "log/\(snapshot.file)"
            let header = try SegmentHeader(of: log.disk.open(path, as: .read))
            guard case .snapshot(let detail) = header.detail, let own = snapshot.log else { throw LogError.closed }
            try log.disk.remove(path)
            _ = try SnapshotWriting(directory: "log", fileSystem: log.disk).write(
                SnapshotWriting.Content(
                    position: LogPosition(
                        segment: header.number, offset: Int(detail.offset), sequence: snapshot.coveredSequence,
                        digest: ChainDigest(genesisOf: own)),
                    log: own, createdAt: 1, contentVersion: 1, neededFrom: detail.neededFrom)
            ) { _ in }
            let run = Run(VerifyInspection(), on: log.disk)
            #expect(run.status == .corrupt)
            #expect(run.lines[0] == "log is corrupt: a whole snapshot does not fit it.")
            #expect(run.lines.contains { $0.contains("does not fit the log: its chain digest at sequence ") })
        }
    }

    @Test("a log that ends before what a whole snapshot covers is corrupt")
    func covered() async throws {
        let log = try await LongLog(orders: 20)
        let path = "log/\(try #require(try log.segments.last))"
        var frames: [Frame] = []
        _ = try LogReader(directory: "log", fileSystem: log.disk).verify { frames.append($0) }
        var bytes = try log.disk.bytes(of: path)
        for index in frames[15].offset..<bytes.count { bytes[index] = 0 }
        try log.disk.setBytes(bytes, of: path)
        let run = Run(VerifyInspection(), on: log.disk)
        #expect(run.status == .corrupt)
        #expect(run.lines.contains { $0.contains("records up to sequence 40, which a snapshot covers") })
    }

    @Test("without its archive a log begins where retention left off, and is clean; what was removed is told")
    func removed() async throws {
        for isArchived in [true, false] {
            let log = try await LongLog.make()
            let count = try log.removeOldest(archiving: isArchived)
            #expect(count > 1)
            let first = try #require(try log.segments.first)
            let run = Run(VerifyInspection(), on: log.disk)
            #expect(run.status == .clean)
            #expect(run.lines.contains("  begins      at sequence \(first.firstSequence)"))
            #expect(
                run.lines.contains(
                    "  removed     \(count) segments (sequences 1 to \(first.firstSequence - 1)), "
                        + "\(isArchived ? "archived" : "deleted"), at 2026-03-01 12:16:40 UTC"))
            let digest = try #require(
                try LogReader(directory: "log", fileSystem: log.disk).removedSegments().last?.lastDigest)
            #expect(run.lines.contains("              chain digest after them \(digest)"))
            #expect(Run(StatusInspection(), on: log.disk).lines.contains { $0.hasPrefix("  begins      at sequence ") })
            let shape = try #require(object(Run(VerifyInspection(), on: log.disk, style: Style(isJSON: true)).output))
            let removed = try #require(shape["removed"] as? [String: Any])
            #expect(
                Set(removed.keys) == [
                    "segments", "archived", "read_from_archives", "first_sequence", "last_sequence", "last_removed",
                    "digest",
                ])
        }
    }

    @Test("with its archive a log is read as one, by every command")
    func archives() async throws {
        let log = try await LongLog.make()
        let whole = Run(ListInspection(), on: log.disk)
        try log.removeOldest(archiving: true)
        let list = Run(ListInspection(), on: log.disk, archives: ["archive"])
        #expect(list.lines == whole.lines && list.status == .clean)
        #expect(Run(ListInspection(), on: log.disk).lines.count < whole.lines.count)
        #expect(Run(ShowInspection("order-0"), on: log.disk).status == .failure)
        let show = Run(ShowInspection("order-0"), on: log.disk, archives: ["archive"])
        #expect(show.status == .clean && show.output.contains("order-0"))
        let dump = DumpInspection(try EventFilter(from: 1, to: 1))
        #expect(Run(dump, on: log.disk, archives: ["archive"]).output.contains("order-0"))
        #expect(!Run(dump, on: log.disk).output.contains("order-0"))
        let verify = Run(VerifyInspection(), on: log.disk, archives: ["none", "archive"])
        #expect(verify.status == .failure)
        let both = Run(VerifyInspection(), on: log.disk, archives: ["archive"])
        #expect(both.status == .clean)
        #expect(both.lines.contains("  begins      at sequence 1, with its archives"))
        #expect(both.lines.contains { $0.hasPrefix("  archives    ") && $0.hasSuffix(" as when archived") })
        #expect(Run(TailInspection(try EventFilter()), on: log.disk, archives: ["archive"]).lines.count == 10)
        let salvage = SalvageInspection(to: "saved")
        let saved = Run(salvage, on: log.disk, archives: ["archive"])
        #expect(saved.status == .clean && saved.output.contains("1,000 records"))
        // Without the archive there is less, and that is no loss.
        let rest = Run(SalvageInspection(to: "rest"), on: log.disk)
        #expect(rest.status == .clean && !rest.output.contains("1,000 records"))
    }

    @Test("verify holds every archived file against its SHA-256 in REMOVED")
    func archivedDigests() async throws {
        let log = try await LongLog.make()
        try log.removeOldest(archiving: true)
        let path = try #require(log.disk.files.first { $0.hasPrefix("archive/") })
        // The reserved part of the header block, with its checksum made right: no frame is concerned.
        var bytes = try log.disk.bytes(of: path)
        bytes[4000] = 1
        bytes.withUnsafeMutableBytes {
            $0.storeLittleEndian(crc32c(UnsafeRawBufferPointer($0).part(0, 4092)), at: 4092)
        }
        try log.disk.setBytes(bytes, of: path)
        let run = Run(VerifyInspection(), on: log.disk, archives: ["archive"])
        #expect(run.status == .corrupt)
        #expect(run.lines[0] == "log is corrupt: an archived file is not what it was.")
        #expect(run.lines.contains("  damaged     \(path) is not the file that was archived: its SHA-256 is another"))
        #expect(Run(VerifyInspection(), on: log.disk).status == .clean)
    }

    @Test("without a whole list of removals salvage cannot tell what was lost in front, and says so")
    func salvageWithoutRemovals() async throws {
        let log = try await LongLog.make()
        try log.removeOldest(archiving: false)
        let first = try #require(try log.segments.first).firstSequence
        try log.disk.flipBit(1, ofByteAt: 4200, in: "log/REMOVED")
        let run = Run(SalvageInspection(to: "saved"), on: log.disk)
        #expect(run.status == .corrupt)
        #expect(
            run.lines.contains { $0.hasPrefix("  damage      REMOVED at 4,096: missing 1 to \(first - 1) (expected ") })
        #expect(run.lines.contains { $0.hasPrefix("  copied      \(1001 - first) records") })
    }

    @Test("salvage asks the index of a sealed segment for the instances of a lost block")
    func lostBlock() async throws {
        let log = try await LongLog.make()
        let names = try log.segments
        try log.disk.flipBit(1, ofByteAt: 5000, in: "log/\(names[1])")
        let run = Run(SalvageInspection(to: "saved"), on: log.disk)
        #expect(run.status == .corrupt)
        #expect(run.lines.contains("  missing     170 records"))
        #expect(run.lines.contains("  unknown     85 keys of lost blocks not seen elsewhere"))
        #expect(run.lines.contains { $0.hasPrefix("  chain       of 1 run behind a loss, 1 joined to a header") })
    }

    @Test("damage in an archive is damage of the log")
    func damagedArchive() async throws {
        let log = try await LongLog.make()
        try log.removeOldest(archiving: true)
        let path = try #require(log.disk.files.last { $0.hasPrefix("archive/0") })
        try log.disk.flipBit(1, ofByteAt: 5000, in: path)
        #expect(Run(VerifyInspection(), on: log.disk, archives: ["archive"]).status == .corrupt)
        #expect(Run(VerifyInspection(), on: log.disk).status == .clean)
    }
}
