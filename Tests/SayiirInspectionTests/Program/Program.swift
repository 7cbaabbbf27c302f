import TestPrograms

/// The built inspector, run as a process.
enum Program {
    /// Runs it to its end.
    static func run(_ arguments: String...) throws -> BuiltProgram.Result { try run(arguments) }

    /// Runs it to its end.
    static func run(_ arguments: [String]) throws -> BuiltProgram.Result { try built.run(arguments) }

    /// Starts it.
    static func start(_ arguments: String...) throws -> RunningProgram { try RunningProgram(built, arguments) }

    static let built = BuiltProgram("sayiir-inspect")
}
