import SayiirTesting
import Testing

@testable import SayiirLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Crashes that come before an earlier crash was dealt with: what reading shows is then not always what the disk holds.
@Suite struct InterruptedOpeningTests {
    private let options = testOptions(segmentBytes: 8192)

    @Test("the directories of a new log are made durable even if an earlier attempt made them")
    func directories() throws {
        let disk = InMemoryFileSystem()
        disk.inject(Fault(.synchronizeDirectory, .nth(1), .halt))
        let recovery = LogRecovery(directory: "a/b/log", fileSystem: disk, options: options)
        #expect(throws: FileSystemError.self) { try recovery.open { _ in } }
        let killed = disk.snapshot()
        _ = try LogRecovery(directory: "a/b/log", fileSystem: killed, options: options).open { _ in }
        #expect(try Reading(killed.crash(keeping: .nothing), directory: "a/b/log").rule == .nothingFollows)
    }
}
