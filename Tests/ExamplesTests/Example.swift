import TestPrograms

/// A built example, run as a process.
struct Example {
    typealias Result = BuiltProgram.Result

    /// Where it runs: a directory of its own, removed when this is released.
    private let directory: TemporaryDirectory
    private let program: BuiltProgram
    private let environment: [String: String]

    init(_ name: String, environment: [String: String] = [:]) throws {
        directory = try TemporaryDirectory()
        program = BuiltProgram(name)
        self.environment = environment
    }

    /// Runs the program to its end.
    func run(_ arguments: String...) throws -> Result {
        try program.run(arguments, environment: environment, in: directory.path)
    }
}

extension BuiltProgram.Result {
    /// A process that ended well.
    static func success(_ output: String) -> Self { Self(status: 0, output: output, errors: "") }
}
