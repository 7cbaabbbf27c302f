import TestPrograms

/// The built inspector, run as a process.
enum Program {
    /// Runs it to its end.
    static func run(_ arguments: String...) throws -> BuiltProgram.Result { try run(arguments) }

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - environment: Variables that it has beside those of this process.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> BuiltProgram.Result {
        // A store that somebody works with is none of the tests' business: an empty name is none.
        try built.run(arguments, environment: ["SAYIIR_POSTGRES": ""].merging(environment) { $1 })
    }

    /// Starts it.
    static func start(_ arguments: String...) throws -> RunningProgram { try RunningProgram(built, arguments) }

    static let built = BuiltProgram("sayiir-inspect")
}
