import Foundation

/// A private PostgreSQL server, started by the script in `Peers`, which ends it when its input ends: at the latest with this process.
final class PostgresServer: Sendable {
    /// Where to connect to.
    let url: String
    private let process: Process
    private let lifeline: Pipe

    /// Starts a server, with `fsync` and `synchronous_commit` on, and waits until it answers.
    init() throws {
        (process, lifeline) = (Process(), Pipe())
        let answer = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "Peers/server.py"]
        process.standardInput = lifeline
        process.standardOutput = answer
        try process.run()
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let piece = answer.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw BenchError("Peers/server.py said no address") }
            line += piece
        }
        url = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Ends the server and removes what it stored.
    func stop() {
        try? lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
