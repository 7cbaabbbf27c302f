import Foundation
import TestPrograms
import Testing

@Suite("A log on a real disk that becomes full")
struct FullDiskTests {
    @Test("refuses what has no room, loses nothing, and goes on once there is room: a file system of 3 MiB")
    func smallFileSystem() async throws {
        let directory = try TemporaryDirectory()
        // In a namespace of its own, where that is allowed; what is mounted there goes with the process.
        let script = """
            mount -t tmpfs -o size=3m tmpfs "\(directory.path)" &&
            head -c 1500000 /dev/zero > "\(directory.path)/filler" && exec "$@"
            """
        let launcher = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
        let worker = try startWorker(
            ["full", "\(directory.path)/log", "\(directory.path)/filler"], under: launcher)
        let lines = await worker.end()
        guard worker.succeeded || !lines.isEmpty else {
            print("no file system of its own is allowed here; the limit to a file's length is tried nevertheless")
            return
        }
        try check(lines)
    }

    @Test("refuses what has no room, loses nothing, and goes on once there is room: a limit to the length of files")
    func fileLimit() async throws {
        let directory = try TemporaryDirectory()
        try check(await startWorker(["full", "\(directory.path)/log"]).end())
    }

    private func check(_ lines: [String]) throws {
        #expect(lines.count == 3, "\(lines)")
        let before = try #require(lines.first?.split(separator: " ").last.flatMap { Int($0) })
        #expect(before > 50)
        #expect(lines.dropFirst().first == "still full")
        #expect(lines.last == "acknowledged \(before + 200) found \(before + 200) verdict clean")
    }
}
