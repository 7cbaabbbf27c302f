import Foundation
import SayiirTesting
import Testing

@testable import SayiirLog

/// A running writer whose directory, lock or files change under it.
@Suite struct WriterPlaceTests {
    /// Appends until the writer fails, for some seconds at most. Returns the error.
    private func appendUntilFailure(_ log: LogWriter) async throws -> LogError? {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(60)
        while clock.now < end {
            do {
                try await log.append(batch([[1, 2, 3]]))
            } catch let error as LogError {
                return error
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return nil
    }

    private func isDisplaced(_ error: LogError?) -> Bool {
        guard case .displaced = error else { return false }
        return true
    }

    /// Opens a log in a directory of its own, changes something, and expects the writer to stop, `close()` to fail, and nothing to be
    /// acknowledged after that.
    private func expectStop(
        sourceLocation: SourceLocation = #_sourceLocation, _ change: (_ directory: String) throws -> Void
    ) async throws {
        try await withTemporaryDirectory { parent in
            let directory = "\(parent)/log"
            let log = try await LogWriter.open(directory: directory, options: options)
            try await log.append(batch([[1]]))
            try change(directory)
            let error = try await appendUntilFailure(log)
            #expect(isDisplaced(error), "\(String(describing: error))", sourceLocation: sourceLocation)
            #expect(error?.description.contains(directory) == true, sourceLocation: sourceLocation)
            await #expect(throws: LogError.self, sourceLocation: sourceLocation) { try await log.append(batch([[1]])) }
            await #expect(throws: LogError.self, sourceLocation: sourceLocation) { try await log.close() }
        }
    }

    private var options: LogOptions {
        var options = testOptions(idleDelay: .milliseconds(50))
        options.now = { 5 }
        return options
    }

    @Test("a writer stops when its directory is removed", .timeLimit(.minutes(5)))
    func removedDirectory() async throws {
        try await expectStop { try FileManager.default.removeItem(atPath: $0) }
    }

    @Test("a writer stops when its directory is renamed", .timeLimit(.minutes(5)))
    func renamedDirectory() async throws {
        try await expectStop { try FileManager.default.moveItem(atPath: $0, toPath: $0 + "-old") }
    }

    @Test("a writer stops when its directory is replaced by a copy", .timeLimit(.minutes(5)))
    func replacedDirectory() async throws {
        try await expectStop { directory in
            try FileManager.default.copyItem(atPath: directory, toPath: directory + "-copy")
            try FileManager.default.moveItem(atPath: directory, toPath: directory + "-old")
            try FileManager.default.moveItem(atPath: directory + "-copy", toPath: directory)
        }
    }

    @Test(
        "a writer stops when its lock file is removed or replaced", .timeLimit(.minutes(5)), arguments: [false, true])
    func removedLock(isReplaced: Bool) async throws {
        try await expectStop { directory in
            try FileManager.default.removeItem(atPath: "\(directory)/LOCK")
            if isReplaced { try Data().write(to: URL(fileURLWithPath: "\(directory)/LOCK")) }
        }
    }

    @Test("a writer stops when its segment is removed, renamed or replaced", .timeLimit(.minutes(5)), arguments: 0..<3)
    func removedSegment(kind: Int) async throws {
        try await expectStop { directory in
            let path = "\(directory)/00000001-00000000000000000001.seg"
            if kind == 2 { try FileManager.default.copyItem(atPath: path, toPath: path + ".copy") }
            if kind == 1 { try FileManager.default.moveItem(atPath: path, toPath: path + ".old") }
            if kind != 1 { try FileManager.default.removeItem(atPath: path) }
            if kind == 2 { try FileManager.default.moveItem(atPath: path + ".copy", toPath: path) }
        }
    }

    @Test("a writer that was idle when its directory went away acknowledges nothing more, and does not close well")
    func idle() async throws {
        try await withTemporaryDirectory { parent in
            let log = try await LogWriter.open(directory: "\(parent)/log", options: options)
            try await log.append(batch([[1]]))
            try await log.makeDurable()
            try FileManager.default.removeItem(atPath: "\(parent)/log")
            await #expect(throws: LogError.self) { try await log.makeDurable() }
            await #expect(throws: LogError.self) { try await log.close() }
        }
    }

    @Test("removing the lock file lets no second writer in, and none makes a new one")
    func secondWriter() async throws {
        try await withTemporaryDirectory { parent in
            let directory = "\(parent)/log"
            let log = try await LogWriter.open(directory: directory, options: options)
            try FileManager.default.removeItem(atPath: "\(directory)/LOCK")
            let error = await #expect(throws: LogError.self) {
                try await LogWriter.open(directory: directory, options: options)
            }
            #expect(error?.description.contains("LOCK was removed or replaced") == true)
            #expect(!FileManager.default.fileExists(atPath: "\(directory)/LOCK"))
            try Data().write(to: URL(fileURLWithPath: "\(directory)/LOCK"))
            await #expect(throws: LogError.self) { try await LogWriter.open(directory: directory, options: options) }
            _ = log
        }
    }

    @Test("a process that changes its working directory, and a moved link to the directory, are told apart")
    func links() async throws {
        try await withTemporaryDirectory { parent in
            for name in ["one", "two"] {
                try FileManager.default.createDirectory(
                    atPath: "\(parent)/\(name)", withIntermediateDirectories: false)
            }
            try FileManager.default.createSymbolicLink(atPath: "\(parent)/log", withDestinationPath: "\(parent)/one")
            let log = try await LogWriter.open(directory: "\(parent)/log", options: options)
            try await log.append(batch([[1]]))
            try await log.makeDurable()
            try FileManager.default.removeItem(atPath: "\(parent)/log")
            try FileManager.default.createSymbolicLink(atPath: "\(parent)/log", withDestinationPath: "\(parent)/two")
            #expect(isDisplaced(try await appendUntilFailure(log)))
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(parent)/two").isEmpty)
        }
    }

    // MARK: Roll-over

    @Test("a prepared segment that is removed, replaced or cut is made again, and nothing is lost", arguments: 0..<3)
    func preparedSegment(kind: Int) throws {
        let disk = InMemoryFileSystem()
        var log = try TestLog(on: disk, options: testOptions(segmentBytes: 8192))
        let path = "log/\(FileName.preparedSegment)"
        log.journal.prepared = try PreparedSegment.prepare(size: 8192, in: "log", fileSystem: disk)
        switch kind {
        case 0: try disk.remove(path)
        case 1:
            try disk.remove(path)
            try disk.setBytes(noise(8192), of: path)
        default: try disk.truncate(path, to: 100)
        }
        for number in 0..<4 as Range<UInt64> { try log.commit(noise(1500, seed: number)) }
        #expect(log.journal.header.number == 2)
        #expect(try firstDifference(Reading(disk).payloads, (0..<4).map { noise(1500, seed: $0) }) == nil)
    }

    @Test("a roll-over overwrites no file that stands in its way")
    func occupiedName() throws {
        let disk = InMemoryFileSystem()
        var log = try TestLog(on: disk, options: testOptions(segmentBytes: 8192))
        for number in 0..<2 as Range<UInt64> { try log.commit(noise(1500, seed: number)) }
        let path = "log/\(SegmentName(number: 2, firstSequence: 3, isSealed: false))"
        try disk.setBytes([1, 2, 3], of: path)
        #expect(throws: LogError.self) { try log.commit(noise(1500, seed: 2)) }
        #expect(try disk.bytes(of: path) == [1, 2, 3])
    }

    @Test("after closing, the same process can open the log again while the old writer is still there")
    func reopening() async throws {
        try await withTemporaryDirectory { parent in
            let first = try await LogWriter.open(directory: "\(parent)/log", options: options)
            try await first.append(batch([[1]]))
            try await first.close()
            let second = try await LogWriter.open(directory: "\(parent)/log", options: options)
            #expect(second.lastSequence == 1)
            try await second.close()
            _ = first
        }
    }
}
