import Foundation
import Testing

@testable import SayiirLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Tests of the machine's files: the simulated disk has no FIFOs and no directories that move.
@Suite struct LocalFileSystemTests {
    private let files = LocalFileSystem()

    @Test("a FIFO in the place of a file is refused at once", .timeLimit(.minutes(1)))
    func fifo() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/00000001-00000000000000000001.seg"
            try #require(mkfifo(path, 0o600) == 0)
            #expect(throws: FileSystemError.self) { try files.open(path, as: .read) }
            #expect(throws: FileSystemError.self) { try files.open(path, as: .readWrite) }
            #expect(throws: LogError.self) { try LogReader(directory: directory).verify() }
        }
    }

    @Test("a directory that is held open is found after it was moved, and its path is known to lead elsewhere")
    func held() async throws {
        try await withTemporaryDirectory { parent in
            let directory = "\(parent)/a"
            try files.createDirectory(at: directory)
            let held = try files.holding(directory: directory)
            #expect(held.directoryIsInPlace)
            try FileManager.default.moveItem(atPath: directory, toPath: "\(parent)/b")
            #expect(!held.directoryIsInPlace)
            try files.createDirectory(at: directory)
            #expect(!held.directoryIsInPlace)
            _ = try held.open("\(directory)/file", as: .readWriteCreating)
            try held.createDirectory(at: "\(directory)/folder/inner")
            try held.rename("\(directory)/file", to: "\(directory)/folder/file")
            try held.synchronizeDirectory(at: directory)
            try held.synchronizeDirectory(at: "\(directory)/folder")
            #expect(try held.entries(ofDirectory: directory) == ["folder"])
            #expect(try Set(files.entries(ofDirectory: "\(parent)/b/folder")) == ["file", "inner"])
            #expect(try files.entries(ofDirectory: directory).isEmpty)
            try held.remove("\(directory)/folder/file")
            #expect(try files.entries(ofDirectory: "\(parent)/b/folder") == ["inner"])
        }
    }

    @Test("errors of a file that was renamed name its new path")
    func renamed() async throws {
        try await withTemporaryDirectory { directory in
            let file = try files.open("\(directory)/next.tmp", as: .readWriteCreating)
            file.wasRenamed(to: "\(directory)/new")
            let error = #expect(throws: FileSystemError.self) { try file.resize(to: -1) }
            #expect(error?.path == "\(directory)/new")
        }
    }
}
