import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The built program, run as a process.
enum Program {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Runs it to its end.
    static func run(_ arguments: String...) throws -> Result { try run(arguments) }

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - environment: Variables that it has beside those of this process.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Result {
        let directory = try TemporaryDirectory()
        let (output, errors) = ("\(directory.path)/output", "\(directory.path)/errors")
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        // A store that somebody works with is none of the tests' business.
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "SAYIIR_POSTGRES" }
            .merging(environment) { $1 }
        process.standardOutput = try file(output)
        process.standardError = try file(errors)
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationReason == .exit ? process.terminationStatus : -1,
            output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    private static func file(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    /// The program stands beside the tests.
    static var url: URL {
        #if os(macOS)
            let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            let folder = tests.bundleURL.deletingLastPathComponent()
        #else
            let runner = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            let folder = runner.deletingLastPathComponent()
        #endif
        return folder.appendingPathComponent("sayiir-inspect")
    }
}

/// The program while it runs, read line by line.
final class RunningProgram: Sendable {
    private let process = Process()
    private let pipe = Pipe()
    private let text = LockedBytes()

    init(_ arguments: String...) throws {
        process.executableURL = Program.url
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let (pipe, text) = (pipe, text)
        Thread.detachNewThread {
            // Not `FileHandle.read`, which waits until it has all that it was asked for.
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = read(pipe.fileHandleForReading.fileDescriptor, &buffer, buffer.count), count > 0 {
                text.withLock { $0 += buffer[..<count] }
            }
        }
    }

    /// The complete lines, once there are so many or the process has ended.
    func lines(atLeast count: Int) async throws -> [String] {
        while true {
            let isRunning = process.isRunning
            let lines = String(decoding: text.withLock { $0 }, as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            if lines.count >= count || !isRunning { return lines }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The process's number.
    var identifier: Int32 { process.processIdentifier }

    /// Ends it. A process that a test's thread starts has all other signals blocked, as that thread has.
    func end() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
}

/// What a thread reads and a test looks at.
///
// @unchecked: `bytes` is touched between `lock` and `unlock` only.
private final class LockedBytes: @unchecked Sendable {
    private let lock = NSLock()
    private var bytes: [UInt8] = []

    func withLock<Result>(_ body: (inout [UInt8]) -> Result) -> Result { lock.withLock { body(&bytes) } }
}
