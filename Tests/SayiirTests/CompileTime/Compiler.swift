import Foundation
import TestPrograms

/// The Swift compiler, run as a process on small programs that import the modules under test.
struct Compiler {
    /// What the compiler said of a program.
    struct Verdict {
        var isAccepted: Bool
        /// A Boolean value that indicates whether the compiler ended for another reason than errors in the program.
        var hasCrashed: Bool
        var output: String

        /// The lines that report an error.
        var errors: [String] { lines(with: " error: ") }
        /// The lines that report an expression that took too much work.
        var slowExpressions: [String] { lines(with: "in reasonable time") }

        private func lines(with text: String) -> [String] {
            output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("/") && $0.contains(text) }
        }
    }

    /// How many attempts at types the compiler may make for an expression before it gives up. It makes the same ones every time,
    /// which cannot be said of the milliseconds that it takes. By default a quarter of what the compiler itself allows.
    var attempts = 250_000

    /// Type-checks a program.
    func check(_ program: String) throws -> Verdict { try check(files: ["program.swift": program]) }

    /// Type-checks a module of several files, given by name.
    func check(files: [String: String], _ options: String...) throws -> Verdict {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sayiir-compile-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        let sources = files.keys.sorted().map { folder.appendingPathComponent($0).path }
        let output = folder.appendingPathComponent("output")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["swiftc"] + arguments + options + sources
        // Into a file: a pipe would fill up while nobody reads it.
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        try process.run()
        process.waitUntilExit()
        return Verdict(
            isAccepted: process.terminationReason == .exit && process.terminationStatus == 0,
            hasCrashed: process.terminationReason != .exit || process.terminationStatus > 1,
            output: try String(contentsOf: output, encoding: .utf8))
    }

    private var arguments: [String] {
        let products = BuiltProgram.folder.path
        var arguments = [
            "-typecheck", "-swift-version", "6", "-I", "\(products)/Modules",
            // The modules import these two in C.
            "-Xcc", "-fmodule-map-file=\(products)/CSayiir.build/module.modulemap", "-I", Self.lz4.path,
            "-Xfrontend", "-solver-scope-threshold=\(attempts)",
        ]
        #if os(macOS) && arch(arm64)
            arguments += ["-target", "arm64-apple-macosx15.0"]
        #elseif os(macOS)
            arguments += ["-target", "x86_64-apple-macosx15.0"]
        #endif
        return arguments
    }

    /// The folder of the module map of LZ4, which is not copied to where the modules are built.
    private static var lz4: URL {
        URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../Sources/CLZ4").standardizedFileURL
    }
}
