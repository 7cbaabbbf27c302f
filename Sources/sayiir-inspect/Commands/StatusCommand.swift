import ArgumentParser
import SayiirInspection

/// `sayiir-inspect status`.
struct StatusCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the log at a glance.",
        discussion: """
            How large it is, what is durable, who writes it, how many instances are in which status, and whether its end is \
            sound.

            Example:
              sayiir-inspect status jobs.sayiir
            """)

    @OptionGroup var common: CommonOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    func inspection() -> any Inspection { StatusInspection() }
}
