import ArgumentParser
import SayiirInspection

/// `sayiir-inspect tail`.
struct TailCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the last events, and those to come.",
        discussion: """
            A tilde before the sequence marks an event that was not known to be durable when it was shown: a crash of the \
            machine might still take it back.

            Example:
              sayiir-inspect tail jobs.sayiir --follow --type task_failed --type failed
            """)

    @OptionGroup var common: CommonOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @OptionGroup var filters: FilterOptions

    @Flag(name: .shortAndLong, help: "Go on with what is written, until interrupted.")
    var follow = false

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("How many of the last events.", valueName: "count"))
    var lines = 10

    func validate() throws {
        if lines < 0 { throw ValidationError("-n must not be negative.") }
    }

    func inspection() throws -> any Inspection {
        var tail = TailInspection(try EventFilter(instance: filters.instance, types: filters.type))
        tail.follows = follow
        tail.count = lines
        return tail
    }
}
