import Foundation
import SayiirTesting
import Testing

@testable import SayiirLog

/// Sealed segments, snapshots and the list of removals of format version 1, as they were when the version was frozen.
///
/// `SAYIIR_WRITE_GOLDEN=1` writes them again, for a new version only.
@Suite struct PackedGoldenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "v1-packed")

    /// A log whose first of three segments was removed, whose second is sealed, and which has two snapshots.
    private static func write() throws -> InMemoryFileSystem {
        var log = try TestLog(options: testOptions(segmentBytes: 8192))
        func fill(_ number: UInt32) throws {
            while log.journal.header.number == number {
                let sequence = log.journal.nextSequence
                try log.commit(
                    Array("{\"step\":\(sequence),\"status\":\"done\"}".utf8), noise(150, seed: sequence),
                    key: "order-\(sequence % 7)")
            }
        }
        try fill(1)
        try fill(2)
        let sealer = SegmentSealer(directory: "log", fileSystem: log.disk)
        for name in try LogFiles(in: "log", fileSystem: log.disk).segments.dropLast() {
            try sealer.seal(name)
            try sealer.removeJournal(name)
        }
        for number in 0..<2 {
            try log.commit([UInt8(number)], key: "late")
            _ = try SnapshotWriting(directory: "log", fileSystem: log.disk).write(
                SnapshotWriting.Content(
                    position: log.journal.position, log: log.journal.header.log, createdAt: 3, contentVersion: 7,
                    neededFrom: 50)
            ) { (entries) throws(LogError) in
                for number in 0..<3 {
                    try entries.append(kind: RecordKind(rawValue: 16), key: "order-\(number)") { $0 += [1, 2, 3] }
                }
            }
        }
        let run = RetentionRun(directory: "log", fileSystem: log.disk)
        let plan = try run.plan(Retention(maximumBytes: 20_000), now: 9)
        _ = try run.apply(plan, archive: nil, now: 9)
        return log.disk
    }

    private static func isGolden(_ path: String) -> Bool { !path.hasSuffix("LOCK") }

    private static func golden() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            files[name] = [UInt8](try Data(contentsOf: folder.appending(path: name)))
        }
        return files
    }

    @Test("the golden log is read, looked up, and opened from its snapshot as it was written")
    func read() throws {
        if ProcessInfo.processInfo.environment["SAYIIR_WRITE_GOLDEN"] == "1" {
            let written = try Self.write()
            for path in written.files where Self.isGolden(path) {
                try Data(try written.bytes(of: path)).write(to: Self.folder.appending(path: String(path.dropFirst(4))))
            }
        }
        let disk = InMemoryFileSystem()
        let files = try Self.golden()
        #expect(files.count == 5)
        for (name, bytes) in files { try disk.setBytes(bytes, of: "log/\(name)") }
        let reader = LogReader(directory: "log", fileSystem: disk)
        let assessment = try reader.verify()
        #expect(assessment.verdict == .clean && assessment.recordCount == 30)
        // Each of these figures was also computed from the files by another program, as docs/FORMAT.md describes them.
        #expect(
            "\(try #require(assessment.head))" == "894aa174bf6ad4c62c66088fc1977ed2f066091cced9e1f3aa40afb98892990b")
        #expect(
            try reader.treeHead(at: 52)?.description
                == "52:0261600908b306b411483e372969882439deb85d6be01ecd2c15963726489ed3")
        let removed = try reader.removedSegments()
        #expect(removed.map(\.lastSequence) == [26] && removed[0].removedAt == 9)

        let sealed = try #require(try LogFiles(in: "log", fileSystem: disk).segments.first)
        let segment = try SealedSegment(sealed, in: "log", fileSystem: disk)
        let records = try segment.blocks(holding: KeyHash("order-3")).flatMap { $0.records }
            .filter { $0.key == "order-3" }
        #expect(records.map(\.sequence) == [31, 32, 45, 46])
        #expect(Array(records[0].payload) == Array("{\"step\":31,\"status\":\"done\"}".utf8))

        var entries: [LogRecord] = []
        let restoration = SnapshotRestoration(contentVersion: 7, reset: {}, restore: { entries.append($0) })
        let opened = try LogRecovery(directory: "log", fileSystem: disk, options: testOptions()).open(
            restoration: restoration
        ) { _ in }
        #expect(opened.report.snapshotSequence == 56)
        #expect(entries.map(\.key) == ["order-0", "order-1", "order-2"])
    }

    @Test("writing the same log today gives the same files, but for what LZ4 chose")
    func writtenAgain() throws {
        let disk = try Self.write()
        for (name, golden) in try Self.golden() {
            let today = try disk.bytes(of: "log/\(name)")
            // Another version of liblz4 may compress blocks differently, of which the header tells the places.
            if name.hasSuffix(".sealed") {
                #expect(today[..<56] == golden[..<56])
            } else if name == FileName.removals {
                // It has the digest of a file with compressed blocks.
                #expect(today.count == golden.count && today[..<56] == golden[..<56])
            } else {
                #expect(today == golden, "\(name)")
            }
        }
    }
}
