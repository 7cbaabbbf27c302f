import Foundation
import TestPrograms

/// Runs shares of programs in processes, one after the other: the next one begins behind the program that ended the one before.
struct ProgramProcesses {
    /// How the processes reach a store beside memory and log: its URL and a schema; empty for none.
    var store: [String] = []

    /// The program that runs them: `SAYIIR_PROGRAM_WORKER` if that is set, which may be built in release mode, else the one that was
    /// built with the tests.
    private static let worker =
        ProcessInfo.processInfo.environment["SAYIIR_PROGRAM_WORKER"].map {
            BuiltProgram(at: URL(filePath: $0))
        } ?? BuiltProgram("program-worker")
    /// How many programs a process runs: enough that its start does not count, and few enough that it does not grow.
    private static let share: UInt64 = 2000

    /// Runs programs.
    ///
    /// - Parameters:
    ///   - first: The seed of the first.
    ///   - count: How many.
    ///   - report: Called with what is wrong with a program.
    /// - Returns: The seed behind the last program that was tried, and how many were not refused.
    func run(
        from first: UInt64, count: Int, report: (String) -> Void
    ) async throws -> (next: UInt64, runs: Int) {
        var (next, runs, crashes) = (first, 0, 0)
        let end = first + UInt64(count)
        while next < end, crashes < 10 {
            let size = min(Self.share, end - next)
            let process = try RunningProgram(Self.worker, ["\(next)", "\(size)"] + store)
            let lines = await process.end()
            let problem = lines.compactMap { $0.hasPrefix("problem ") ? String($0.dropFirst(8)) : nil }
            if !problem.isEmpty { report(problem.joined(separator: "\n")) }
            runs += lines.count { $0 == "ran" }
            guard lines.last != "end" else {
                next += size
                continue
            }
            crashes += 1
            let begun = lines.last { $0.hasPrefix("begin ") }.flatMap { UInt64($0.dropFirst(6)) }
            report("SAYIIR_SEED=\(begun.map { "\($0)" } ?? "?"): the process has ended with \(process.status)")
            next = (begun ?? next) + 1
        }
        return (next, runs)
    }
}
