import ArgumentParser
import SayiirInspection

/// `sayiir-inspect status`.
struct StatusCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the log at a glance.",
        usage: "sayiir-inspect status <dir> [<options>]",
        discussion: """
            How large it is, what is durable, who writes it, whether its end is sound, and how much happened of late. How many \
            instances are in which status, what the live ones wait for, which is the oldest, and what is due next.

            Example:
              sayiir-inspect status jobs.sayiir
            """)

    @OptionGroup var common: LogOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    func inspection() -> any Inspection { StatusInspection() }
}
