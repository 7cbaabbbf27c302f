internal import SayiirLog

/// Something to do to a log that changes it, under the writer's lock.
package protocol Repair: Sendable {
    /// Does it, and shows what was done.
    ///
    /// - Returns: How the program ends.
    /// - Throws: Whatever keeps it from being done.
    func run(on log: LogSource, _ console: Console) async throws -> ExitStatus
}

extension Repair {
    /// Does it and reports what it throws. Never throws, never ends the process.
    package func perform(on log: LogSource, _ console: Console) async -> ExitStatus {
        do {
            let status = try await run(on: log, console)
            try console.output.flush()
            return status
        } catch {
            return console.end(with: error, on: log)
        }
    }
}
