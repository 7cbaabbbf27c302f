import ArgumentParser
import SayiirInspection

/// The program.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sayiir-inspect",
        abstract: "Shows and checks a Sayiir log.",
        discussion: """
            DIR is the directory that the engine was opened with. It is read while it is being written, without a lock, and \
            nothing in it is changed, except by 'truncate-tail --confirm' and 'migrate'. What 'salvage' saves goes into a new \
            directory. With --postgres URL, or $SAYIIR_POSTGRES and without DIR, the commands that are not about files \
            read a store in PostgreSQL, where they change nothing either.

            Exit status:
            \(ExitStatus.table)

            Example:
              sayiir-inspect show jobs.sayiir order-42
            """,
        version: ProgramVersion.line,
        subcommands: [
            StatusCommand.self, ListCommand.self, ShowCommand.self, WhyCommand.self, TailCommand.self, DumpCommand.self,
            ExplainCommand.self, VerifyCommand.self, TruncateTailCommand.self, SalvageCommand.self,
            RetentionCommand.self, SpaceCommand.self, SQLCommand.self, RebuildCommand.self, ProveCommand.self,
            CheckProofCommand.self, ExportCommand.self, DiffCommand.self, ReportCommand.self, MigrateCommand.self,
            BenchDiskCommand.self, CompletionsCommand.self,
        ])

    /// - Parameter arguments: The first is a subcommand's name, unless it is an option.
    /// - Throws: ``InspectionError`` if there is no such subcommand, or if it is one that does not read stores and is to read one.
    ///   ArgumentParser would speak of too many arguments, and of an unknown option.
    static func check(_ arguments: [String]) throws {
        guard let name = arguments.first, !name.hasPrefix("-"), name != "help" else { return }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        if !names.contains(name) { throw InspectionError.unknownCommand(name, of: names) }
        let isOfStore = arguments.contains { $0 == "--postgres" || $0.hasPrefix("--postgres=") }
        if isOfStore, filesCommands.contains(name) { throw InspectionError.isAboutFiles(name) }
    }

    private static let filesCommands: Set<String> = [
        "dump", "explain", "verify", "truncate-tail", "salvage", "retention", "space", "sql", "rebuild", "prove",
        "check-proof", "bench-disk",
    ]
}
