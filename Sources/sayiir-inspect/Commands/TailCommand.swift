import ArgumentParser
import SayiirInspection

/// `sayiir-inspect tail`.
struct TailCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the last events, and those to come.",
        usage: "sayiir-inspect tail [<dir>] [<options>]",
        discussion: """
            A tilde before the sequence marks an event that was not known to be durable when it was shown: a crash of the \
            machine might still take it back. Of a store in PostgreSQL, an event is shown once no other can come before it.

            Examples:
              sayiir-inspect tail jobs.sayiir --follow --type task_failed --type failed
              sayiir-inspect tail jobs.sayiir --workflow order --since '2026-03-01 12:00'
              sayiir-inspect tail jobs.sayiir --error 'card expired'
            """)

    @OptionGroup var common: LogOrStoreOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @OptionGroup var filters: FilterOptions

    @Flag(name: .shortAndLong, help: "Go on with what is written, until interrupted.")
    var follow = false

    @Option(help: ArgumentHelp("Only events of this workflow's instances.", valueName: "name"))
    var workflow: String?

    @Option(help: ArgumentHelp("Only errors with this in their text, whatever its case.", valueName: "text"))
    var error: String?

    @Option(
        help: ArgumentHelp(
            "Only events from then on: a sequence, a time in UTC, or one like 2h.", valueName: "sequence|time"))
    var since: Moment?

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("How many of the last events; by default 10, or with --since all.", valueName: "count"))
    var lines: Int?

    func validate() throws {
        if let lines, lines < 0 { throw ValidationError("-n must not be negative.") }
    }

    func inspection(_ operands: [String]) throws -> any Inspection {
        var tail = TailInspection(try EventFilter(instance: filters.instance, types: filters.type))
        tail.follows = follow
        tail.workflow = workflow
        tail.errorPart = error
        tail.since = since
        tail.count = lines ?? (since == nil ? 10 : nil)
        return tail
    }
}
