import SayiirTesting
import Testing

@testable import SayiirLog

/// An archive belongs to one log, and nothing in it is overwritten.
@Suite struct SegmentArchiveTests {
    private func log(seed: UInt64) throws -> SealedLog {
        var options = testOptions(segmentBytes: 16 * 1024)
        options.makeLogID = {
            var generator = SplitMix64(seed: seed)
            return LogID(using: &generator)
        }
        let log = try SealedLog(options: options)
        try log.writeTwoSnapshots()
        return log
    }

    private func archive(_ disk: InMemoryFileSystem, directory: String = "log", to archive: String = "old") throws {
        let run = RetentionRun(directory: directory, fileSystem: disk)
        try run.apply(try run.plan(Retention(maximumBytes: 0), now: 7), archive: archive, now: 7)
    }

    /// A disk with two logs, `a` and `b`.
    private func twoLogs() throws -> InMemoryFileSystem {
        let disk = InMemoryFileSystem()
        for (directory, seed) in [("a", 1), ("b", 2)] as [(String, UInt64)] {
            for (path, bytes) in try log(seed: seed).disk.contents() {
                try disk.setBytes(bytes, of: directory + path.dropFirst(3))
            }
        }
        return disk
    }

    private func expectForeign(
        _ disk: InMemoryFileSystem, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
    ) throws {
        let before = try disk.contents()
        let error = #expect(throws: LogError.self, sourceLocation: sourceLocation) { try body() }
        guard case .foreignArchive = error else {
            Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
            return
        }
        let after = try disk.contents()
        let lost = before.filter { after[$0.key] != $0.value }.keys
        #expect(lost.isEmpty, sourceLocation: sourceLocation)
    }

    @Test("two logs with one archive do not overwrite each other's segments: the second is refused")
    func secondLog() throws {
        let disk = try twoLogs()
        try archive(disk, directory: "a")
        try expectForeign(disk) { try archive(disk, directory: "b") }
        #expect(try LogReader(directory: "a", archives: ["old"], fileSystem: disk).verify().verdict == .clean)
        #expect(try LogReader(directory: "b", fileSystem: disk).verify().verdict == .clean)
        #expect(try LogReader(directory: "b", fileSystem: disk).removedSegments().isEmpty)
    }

    @Test("an archive that was filled before archives had names is the log's whose segments it holds")
    func unnamedArchive() throws {
        let disk = try twoLogs()
        try archive(disk, directory: "a")
        try disk.remove("old/\(FileName.identity)")
        try disk.remove("old/\(FileName.archiveLock)")
        try expectForeign(disk) { try archive(disk, directory: "b") }
        // The same log goes on archiving there.
        _ = try SegmentArchive(
            claiming: "old", for: #require(try LogReader(directory: "a", fileSystem: disk).verify().log),
            in: "a", fileSystem: disk)
        #expect(disk.files.contains("old/\(FileName.identity)"))
    }

    @Test("an archive is never the directory of a log, the log's own included", arguments: ["a", "b", "./a", "a/"])
    func logAsArchive(archive: String) throws {
        let disk = try twoLogs()
        try expectForeign(disk) { try self.archive(disk, directory: "a", to: archive) }
    }

    @Test("a file of the archive with another content is not overwritten; the same content is no obstacle")
    func sameName() throws {
        let sealed = try log(seed: 1)
        let path = try #require(sealed.sealedFiles.first)
        let target = "old/\(path.dropFirst(4))"
        let disk = sealed.disk.snapshot()
        try disk.setBytes([1, 2, 3], of: target)
        try expectForeign(disk) { try archive(disk) }
        #expect(try disk.bytes(of: target) == [1, 2, 3])

        let again = sealed.disk.snapshot()
        try again.setBytes(try again.bytes(of: path), of: target)
        try archive(again)
        #expect(try LogReader(directory: "log", archives: ["old"], fileSystem: again).verify().verdict == .clean)
    }

    @Test("while one log moves segments into an archive, another one is refused")
    func atTheSameTime() throws {
        let disk = try twoLogs()
        let first = try #require(try LogReader(directory: "a", fileSystem: disk).verify().log)
        let claimed = try SegmentArchive(claiming: "old", for: first, in: "a", fileSystem: disk)
        try expectForeign(disk) { try archive(disk, directory: "b") }
        withExtendedLifetime(claimed) {}
    }
}
