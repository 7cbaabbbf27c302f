import ArgumentParser
import SayiirInspection

/// `sayiir-inspect truncate-tail`, the only subcommand that changes a log.
struct TruncateTailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "truncate-tail",
        abstract: "Give up the end of an ambiguous log.",
        usage: "sayiir-inspect truncate-tail <dir> [--confirm] [<options>]",
        discussion: """
            Says what would be given up, and changes nothing. With --confirm it takes the writer's lock, copies the end to the \
            directory 'quarantine', and takes it off the log. A corrupt log is refused.

            Example:
              sayiir-inspect truncate-tail jobs.sayiir --confirm
            """)

    @OptionGroup var common: LogOptions

    @Flag(help: "Do it.")
    var confirm = false

    /// What the arguments ask for.
    var repair: TailTruncation { TailTruncation(isConfirmed: confirm) }
}
