import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A real process of the `kill-worker` program, and what it says.
final class Worker: Sendable {
    private let process: Process
    private let output: LineBuffer

    /// Starts the program, through another one if its command line is given.
    init(_ arguments: [String], under launcher: [String] = []) throws {
        let pipe = Pipe()
        let output = LineBuffer()
        process = Process()
        process.executableURL = launcher.isEmpty ? Self.program : URL(filePath: "/usr/bin/env")
        process.arguments = launcher + (launcher.isEmpty ? [] : [Self.program.path]) + arguments
        process.standardOutput = pipe
        try process.run()
        self.output = output
        Thread.detachNewThread {
            // Not `FileHandle.read`, which waits until it has all that it was asked for.
            let descriptor = pipe.fileHandleForReading.fileDescriptor
            var buffer = [UInt8](repeating: 0, count: 65536)
            while case let count = read(descriptor, &buffer, buffer.count), count > 0 {
                output.append(Data(buffer[..<count]))
            }
            output.finish()
        }
    }

    /// Ends the process with SIGKILL a moment after it has said so many lines, and returns all that it had said.
    ///
    /// On a thread of its own: the tasks of a test may get their turn seconds late.
    func kill(afterLines count: Int, andMicroseconds delay: Int) async -> [String] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                output.block(until: { $0.lineCount >= count })
                usleep(useconds_t(delay))
                _ = systemKill(process.processIdentifier, SIGKILL)
                continuation.resume()
            }
        }
        return await end()
    }

    /// Waits for the process to end by itself, and returns all that it said.
    func end() async -> [String] {
        await output.wait(until: { $0.isFinished })
        process.waitUntilExit()
        return output.lines
    }

    /// Whether the process ended with exit status 0.
    var succeeded: Bool { process.terminationReason == .exit && process.terminationStatus == 0 }

    /// The program stands beside the tests.
    private static var program: URL {
        #if os(macOS)
            let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            let folder = tests.bundleURL.deletingLastPathComponent()
        #else
            let runner = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            let folder = runner.deletingLastPathComponent()
        #endif
        return folder.appendingPathComponent("kill-worker")
    }
}

private func systemKill(_ process: pid_t, _ signal: Int32) -> Int32 { kill(process, signal) }

/// The lines that a thread reads and a test waits for.
///
// @unchecked: `state` is touched between `lock` and `unlock` only.
private final class LineBuffer: @unchecked Sendable {
    struct State {
        var data = Data()
        var lineCount = 0
        var isFinished = false
    }

    private let lock = NSLock()
    private var state = State()

    func append(_ data: Data) {
        lock.withLock {
            state.data += data
            state.lineCount += data.count { $0 == UInt8(ascii: "\n") }
        }
    }

    func finish() { lock.withLock { state.isFinished = true } }

    /// Holds up the calling thread until the condition holds, or the process has closed its output.
    func block(until condition: (State) -> Bool) {
        while !lock.withLock({ condition(state) || state.isFinished }) { usleep(500) }
    }

    func wait(until condition: (State) -> Bool) async {
        while !lock.withLock({ condition(state) || state.isFinished }) {
            try? await Task.sleep(for: .milliseconds(1))
        }
    }

    /// All complete lines.
    var lines: [String] {
        let text = lock.withLock { String(decoding: state.data, as: UTF8.self) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropLast().map(String.init)
    }
}
