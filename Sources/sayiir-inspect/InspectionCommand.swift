import ArgumentParser
import SayiirInspection

/// A subcommand that says how the program ends.
protocol PerformableCommand: ParsableCommand {
    /// Does what the arguments ask for.
    func perform() throws -> ExitStatus
}

/// A subcommand: arguments that make an inspection.
protocol InspectionCommand: PerformableCommand {
    var common: CommonOptions { get }
    var archives: [String] { get }

    /// What the arguments ask for.
    func inspection() throws -> any Inspection
}

extension InspectionCommand {
    /// Most read archives, too: see ``ArchiveOptions``.
    var archives: [String] { [] }

    /// Does what the arguments ask for.
    func perform() throws -> ExitStatus {
        try inspection().perform(
            on: LogSource(directory: common.directory, archives: archives), common.console())
    }
}

/// What all subcommands take.
struct CommonOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The log's directory.", valueName: "dir"))
    var directory: String

    @Flag(help: "Print JSON: see docs/INSPECT.md for its members.")
    var json = false

    @Flag(help: "Show payloads that are marked as sensitive.")
    var revealSensitive = false

    @Option(help: ArgumentHelp("Lay out for so many columns instead of the terminal's.", valueName: "columns"))
    var width: Int?

    /// Where the command says what it found.
    func console() -> Console {
        StandardStreams.console(width: width, json: json, revealingSensitive: revealSensitive)
    }
}

/// Where the rest of the log is.
struct ArchiveOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A directory to which retention has moved segments: it is read as one with the log. May be repeated.",
            valueName: "dir"))
    var archive: [String] = []
}

/// Which records are wanted.
struct FilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only records of this instance.", valueName: "id"))
    var instance: String?

    @Option(
        help: ArgumentHelp(
            "Only events of this type, 'task_failed' for example. May be repeated.", valueName: "type"))
    var type: [String] = []
}
