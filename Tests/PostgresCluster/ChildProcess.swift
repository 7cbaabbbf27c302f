import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A started process, waited for with a time limit.
final class ChildProcess: Sendable {
    private let process = Process()

    /// Starts it, without the settings of PostgreSQL's clients that the environment may have, and with messages in English.
    init(
        _ command: [String], input: FileHandle = .nullDevice, output: Pipe? = nil, errors: Pipe? = nil
    ) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
            .merging(["LC_ALL": "C"]) { $1 }
        process.standardInput = input
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = errors ?? FileHandle.nullDevice
        try Self.withoutBlockedSignals { try process.run() }
    }

    /// A test's thread may have signals blocked, and so would what it starts: a shell waits for children by SIGCHLD.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    var isRunning: Bool { process.isRunning }

    /// Its exit status, negative if a signal ended it, or nil if it still runs after the time.
    func status(within limit: Duration) async throws -> Int32? {
        guard try await waitUntil(within: limit, { !self.process.isRunning }) else { return nil }
        let status = process.terminationStatus
        return process.terminationReason == .exit ? status : -status
    }

    func kill() { _ = signalProcess(process.processIdentifier, SIGKILL) }

    /// Runs a command to its end, and returns its status and what it wrote; kills it after the time, for a status of -9.
    static func run(
        _ command: [String], within limit: Duration
    ) async throws -> (status: Int32, output: String, errors: String) {
        let (output, errors) = (Pipe(), Pipe())
        let child = try ChildProcess(command, output: output, errors: errors)
        async let outputText = text(of: output.fileHandleForReading)
        async let errorText = text(of: errors.fileHandleForReading)
        let status = try? await child.status(within: limit)
        if status == nil { child.kill() }
        return await (status ?? -SIGKILL, outputText, errorText)
    }

    /// On a thread of its own, because it blocks.
    private static func text(of file: FileHandle) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: String(decoding: file.readDataToEndOfFile(), as: UTF8.self))
            }
        }
    }
}

/// Sends a signal; false if there is no such process, or it is another user's.
@discardableResult
func signalProcess(_ process: pid_t, _ signal: Int32) -> Bool { kill(process, signal) == 0 }

/// Looks every few milliseconds; false if the condition does not hold within the time.
func waitUntil(within limit: Duration, _ condition: @Sendable () throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while try !condition() {
        if ContinuousClock.now >= deadline { return false }
        try await Task.sleep(for: .milliseconds(5))
    }
    return true
}
