import ArgumentParser
import SayiirInspection
import SayiirProjection

/// `sayiir-inspect list`.
struct ListCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the instances.",
        discussion: """
            STEPS counts those that are done, of those that have begun. DURATION reaches to the last event where the \
            instance has not ended. Columns are left out where the terminal is too narrow. Deleted instances are shown with \
            '--status deleted' only.

            Example:
              sayiir-inspect list jobs.sayiir --status failed --sort updated --limit 20
            """)

    @OptionGroup var common: CommonOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Option(help: ArgumentHelp("Only instances of this workflow.", valueName: "name"))
    var workflow: String?

    @Option(help: "Only instances in this status. May be repeated.")
    var status: [StatusName] = []

    @Option(help: ArgumentHelp("Only instances whose id contains this.", valueName: "text"))
    var id: String?

    @Option(help: "What the list is ordered by.")
    var sort = ListInspection.Order.submitted

    @Flag(help: "Turn the order round.")
    var reverse = false

    @Option(help: ArgumentHelp("Show so many at most.", valueName: "count"))
    var limit: Int?

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit must not be negative.") }
    }

    func inspection() -> any Inspection {
        var list = ListInspection()
        list.workflow = workflow
        list.statuses = Set(status)
        list.idPart = id
        list.order = sort
        list.isReversed = reverse
        list.limit = limit
        return list
    }
}

extension StatusName: ExpressibleByArgument {}
extension ListInspection.Order: ExpressibleByArgument {}
