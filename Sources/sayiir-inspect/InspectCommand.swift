import ArgumentParser
import SayiirInspection

/// The program.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sayiir-inspect",
        abstract: "Shows and checks a Sayiir log.",
        discussion: """
            DIR is the directory that the engine was opened with. It is read while it is being written, without a lock, and \
            nothing in it is changed, except by 'truncate-tail --confirm'. What 'salvage' saves goes into a new directory.

            Exit status:
            \(ExitStatus.table)

            Example:
              sayiir-inspect show jobs.sayiir order-42
            """,
        subcommands: [
            StatusCommand.self, ListCommand.self, ShowCommand.self, WhyCommand.self, TailCommand.self, DumpCommand.self,
            ExplainCommand.self, VerifyCommand.self, TruncateTailCommand.self, SalvageCommand.self,
            RetentionCommand.self, SpaceCommand.self, SQLCommand.self, RebuildCommand.self, ProveCommand.self,
            CheckProofCommand.self, ExportCommand.self, DiffCommand.self, ReportCommand.self, BenchDiskCommand.self,
            CompletionsCommand.self,
        ])

    /// - Parameter name: The first argument: a subcommand's name, unless it is an option.
    /// - Throws: ``InspectionError`` if there is no such subcommand. ArgumentParser would speak of too many arguments.
    static func checkName(_ name: String?) throws {
        guard let name, !name.hasPrefix("-"), name != "help" else { return }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        if !names.contains(name) { throw InspectionError.unknownCommand(name, of: names) }
    }
}
