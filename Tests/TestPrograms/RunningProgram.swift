import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program of this package while it runs, and what it says, line by line. It is killed when this is released.
///
/// Its standard input is a pipe that ends with this process, whatever ends that: a program that is not to outlive its test reads it.
public final class RunningProgram: Sendable {
    private let process: Process
    private let input: Pipe
    private let output: LineBuffer

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - program: Which one.
    ///   - arguments: What follows its name.
    ///   - launcher: The command line of another program that runs it; by default none does.
    public init(_ program: BuiltProgram, _ arguments: [String], under launcher: [String] = []) throws {
        let pipe = Pipe()
        let output = LineBuffer()
        process = Process()
        input = Pipe()
        // Another child must not hold it open.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.executableURL = launcher.isEmpty ? program.url : URL(filePath: "/usr/bin/env")
        process.arguments = launcher + (launcher.isEmpty ? [] : [program.url.path]) + arguments
        process.standardInput = input
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

    deinit {
        guard process.isRunning else { return }
        signal(SIGKILL)
        process.waitUntilExit()
    }

    /// The process's number.
    public var identifier: Int32 { process.processIdentifier }

    /// Whether it has not ended.
    public var isRunning: Bool { process.isRunning }

    /// Sends it a signal. All but those that cannot be blocked may be, as they are in the thread that started it.
    public func signal(_ signal: Int32) { send(signal, to: process.processIdentifier) }

    /// Sends it an empty line on its standard input.
    public func sendLine() { try? input.fileHandleForWriting.write(contentsOf: Data("\n".utf8)) }

    /// Stops it for a while. It goes on even if this process has ended by then.
    public func pause(for duration: Duration) throws {
        let (seconds, attoseconds) = duration.components
        let sleep = Double(seconds) + Double(attoseconds) / 1e18
        signal(SIGSTOP)
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", "sleep \(sleep); kill -CONT \(process.processIdentifier) 2>/dev/null"]
        try shell.run()
    }

    /// Ends the process with SIGKILL a moment after it has said so many lines, and returns all that it had said.
    ///
    /// On a thread of its own: the tasks of a test may get their turn seconds late.
    @discardableResult
    public func kill(afterLines count: Int = 0, andMicroseconds delay: Int = 0) async -> [String] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                output.block(until: { $0.lineCount >= count })
                usleep(useconds_t(delay))
                signal(SIGKILL)
                continuation.resume()
            }
        }
        return await end()
    }

    /// Waits for the process to end by itself, and returns all that it said.
    public func end() async -> [String] {
        await output.wait(until: { $0.isFinished })
        process.waitUntilExit()
        return output.lines
    }

    /// The complete lines, once there are so many or the process has ended.
    public func lines(atLeast count: Int = 0) async -> [String] {
        await output.wait(until: { $0.lineCount >= count })
        return output.lines
    }

    /// How a process that has ended did so: its exit status, or the negative number of the signal that ended it.
    public var status: Int32 {
        process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// Whether the process ended with exit status 0.
    public var succeeded: Bool { status == 0 }
}

private func send(_ signal: Int32, to process: pid_t) { _ = kill(process, signal) }

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
