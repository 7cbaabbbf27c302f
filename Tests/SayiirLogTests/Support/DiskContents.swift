import Foundation
import SayiirTesting

@testable import SayiirLog

extension InMemoryFileSystem {
    /// The content of every file, by its path.
    func contents() throws -> [String: [UInt8]] {
        try files.reduce(into: [:]) { $0[$1] = try bytes(of: $1) }
    }
}

/// An opening of a log and a reading of it, side by side.
struct Judgements {
    /// The assessment with which opening refused the log; `nil` if it opened.
    var refusal: Assessment?
    /// The assessment of a reader before that.
    var reading: Assessment
    /// The files that the opening changed, made or removed.
    var changes: [String]

    /// Verifies a log and opens it, beginning at its newest snapshot.
    init(_ disk: InMemoryFileSystem, directory: String = "log") throws {
        reading = try LogReader(directory: directory, fileSystem: disk).verify()
        let before = try disk.contents()
        do {
            _ = try LogRecovery(directory: directory, fileSystem: disk, options: testOptions()).open { _ in }
        } catch LogError.refused(let assessment) {
            refusal = assessment
        }
        let after = try disk.contents()
        changes = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
    }

    /// A description of how they disagree, or of what a refusal changed; `nil` if all is well.
    var contradiction: String? {
        if let refusal {
            guard refusal == reading else { return "refused by \(refusal), read as \(reading)" }
            return changes.isEmpty ? nil : "refused, and changed \(changes)"
        }
        return reading.verdict == .corrupt || reading.verdict == .ambiguous ? "opened, and read as \(reading)" : nil
    }
}

/// Calls `body` with a directory of its own, which is removed afterwards.
func withTemporaryDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "sayiir-log-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try await body(url.path)
}
