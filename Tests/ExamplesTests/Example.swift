import Foundation

/// A built example, run as a process.
struct Example {
    /// Where it runs: a directory of its own, removed when this is released.
    private let directory: TemporaryDirectory
    private let name: String
    private let environment: [String: String]

    init(_ name: String, environment: [String: String] = [:]) throws {
        directory = try TemporaryDirectory()
        self.name = name
        self.environment = environment
    }

    struct Result: Equatable {
        var status: Int32
        var output: String
        var errors: String

        /// A process that ended well.
        static func success(_ output: String) -> Result { Result(status: 0, output: output, errors: "") }
    }

    /// Runs the program to its end.
    func run(_ arguments: String...) throws -> Result {
        let (output, errors) = ("\(directory.path)/output.txt", "\(directory.path)/errors.txt")
        let process = Process()
        process.executableURL = Self.folder.appendingPathComponent(name)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
        process.standardOutput = try file(output)
        process.standardError = try file(errors)
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationReason == .exit ? process.terminationStatus : -1,
            output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }

    private func file(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    /// The programs stand beside the tests.
    private static var folder: URL {
        #if os(macOS)
            let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            return tests.bundleURL.deletingLastPathComponent()
        #else
            let runner = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            return runner.deletingLastPathComponent()
        #endif
    }
}

/// A directory of a test's own, removed with everything in it when released.
private final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sayiir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
