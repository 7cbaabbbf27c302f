public import Foundation

/// A program of this package, as it was built for the tests.
public struct BuiltProgram: Sendable {
    /// Where it is.
    public let url: URL

    /// Finds a program by its name.
    public init(_ name: String) { url = Self.folder.appendingPathComponent(name) }

    /// A program that was built elsewhere.
    public init(at url: URL) { self.url = url }

    /// Where everything was built: programs stand beside the tests.
    public static var folder: URL {
        #if os(macOS)
            let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            return tests.bundleURL.deletingLastPathComponent()
        #else
            return URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #endif
    }

    /// What a program that has ended left.
    public struct Result: Equatable, Sendable {
        /// Its exit status; -1 if a signal ended it.
        public var status: Int32
        /// What it wrote to standard output.
        public var output: String
        /// What it wrote to standard error.
        public var errors: String

        /// Describes a result.
        public init(status: Int32, output: String, errors: String) {
            self.status = status
            self.output = output
            self.errors = errors
        }
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: What follows its name.
    ///   - environment: What is added to this process's environment.
    ///   - directory: Where it runs; where this process does by default.
    public func run(
        _ arguments: [String], environment: [String: String] = [:], in directory: String? = nil
    ) throws -> Result {
        let files = try TemporaryDirectory()
        let (output, errors) = ("\(files.path)/output", "\(files.path)/errors")
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        // Files, which take whatever comes: a full pipe would stop the program.
        process.standardOutput = try Self.file(output)
        process.standardError = try Self.file(errors)
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
}
