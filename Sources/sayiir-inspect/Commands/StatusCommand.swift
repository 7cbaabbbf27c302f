import ArgumentParser
import SayiirInspection

/// `sayiir-inspect status`.
struct StatusCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the log at a glance.",
        usage: "sayiir-inspect status [<dir>] [<options>]",
        discussion: """
            How large it is, what is durable, who writes it, whether its end is sound, and how much happened of late. How many \
            instances are in which status, what the live ones wait for, which is the oldest, and what is due next. Of a store in \
            PostgreSQL, the sizes of its tables, who has leases, and what is due that nobody has taken.

            Examples:
              sayiir-inspect status jobs.sayiir
              sayiir-inspect status --postgres postgresql://ops@db/jobs
            """)

    @OptionGroup var common: LogOrStoreOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    func inspection(_ operands: [String]) -> any Inspection { StatusInspection() }
}
