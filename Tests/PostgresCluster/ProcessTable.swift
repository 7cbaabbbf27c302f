import Foundation

/// The processes of this machine at one moment.
struct ProcessTable {
    private struct Entry {
        var process: pid_t
        var parent: pid_t
        var state: Character
    }

    private var entries: [Entry]

    /// Reads `/proc`, or asks `ps` where there is none.
    init() throws {
        #if os(Linux)
            entries = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
                // A process may end between the two calls.
                guard let process = pid_t(name),
                    let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                    // The name before it may hold spaces and parentheses.
                    let words = text.split(separator: ")").last?.split(separator: " "), words.count > 1
                else { return nil }
                return pid_t(words[1]).map { Entry(process: process, parent: $0, state: words[0].first ?? "?") }
            }
        #else
            let (ps, output) = (Process(), Pipe())
            ps.executableURL = URL(fileURLWithPath: "/bin/ps")
            ps.arguments = ["-A", "-o", "pid=,ppid=,stat="]
            ps.standardOutput = output
            try ps.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            entries = text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                guard words.count == 3, let process = pid_t(words[0]), let parent = pid_t(words[1]) else { return nil }
                return Entry(process: process, parent: parent, state: words[2].first ?? "?")
            }
        #endif
    }

    func children(of parent: pid_t) -> [pid_t] { entries.filter { $0.parent == parent }.map(\.process) }

    /// Whether it still runs: one that has ended may be listed until its parent has asked for its status.
    func isAlive(_ process: pid_t) -> Bool { entries.contains { $0.process == process && $0.state != "Z" } }

    func isStopped(_ process: pid_t) -> Bool { entries.contains { $0.process == process && $0.state == "T" } }
}
