import ArgumentParser
import SayiirEvents
import SayiirInspection
import SayiirProjection

/// `sayiir-inspect list`.
struct ListCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the instances.",
        usage: "sayiir-inspect list [<dir>] [<options>]",
        discussion: """
            STEPS counts those that are done, of those that have begun. DURATION reaches to the last event where the \
            instance has not ended. Columns are left out where the terminal is too narrow. Deleted instances are shown with \
            '--status deleted' only. Where the log has a catalogue, that is brought up to date and asked; see 'rebuild'.

            Example:
              sayiir-inspect list jobs.sayiir --status failed --sort updated --limit 20
            """)

    @OptionGroup var common: AnySourceOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @OptionGroup var catalogueOptions: CatalogueOptions

    var catalogue: String? { catalogueOptions.catalogue }

    @Flag(help: "Read the log, also if it has a catalogue.")
    var noCatalogue = false

    var usesCatalogue: Bool { !noCatalogue }

    @Option(help: ArgumentHelp("Only instances of this workflow.", valueName: "name"))
    var workflow: String?

    @Option(help: "Only instances in this status. May be repeated.")
    var status: [StatusName] = []

    @Option(help: ArgumentHelp("Only instances whose id contains this.", valueName: "text"))
    var id: String?

    @Option(help: ArgumentHelp("Only instances with this tag.", valueName: "text"))
    var tag: String?

    @Option(
        help: ArgumentHelp(
            "Only instances that failed with an error that contains this, whatever its case.", valueName: "text"))
    var error: String?

    @Option(
        help: ArgumentHelp(
            "Only instances whose last event is not before this time: in UTC, or like 2h or yesterday.",
            valueName: "time"),
        transform: time)
    var since: Timestamp?

    @Option(
        help: ArgumentHelp(
            "Only instances whose last event is not after this time: in UTC, or like 2h or yesterday.",
            valueName: "time"),
        transform: time)
    var until: Timestamp?

    @Option(help: "What the list is ordered by.")
    var sort = InstanceQuery.Order.submitted

    @Flag(help: "Turn the order round.")
    var reverse = false

    @Option(help: ArgumentHelp("Show so many at most.", valueName: "count"))
    var limit: Int?

    @Flag(help: "Show the list again every second, until interrupted.")
    var watch = false

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit must not be negative.") }
        if let since, let until, since > until {
            throw ValidationError("--since is later than --until, so that no instance fits. Exchange them.")
        }
        if noCatalogue, catalogueOptions.catalogue != nil {
            throw ValidationError("--no-catalogue and --catalogue exclude each other.")
        }
    }

    func inspection(_ operands: [String]) -> any Inspection {
        var list = ListInspection()
        list.query.workflow = workflow
        list.query.statuses = Set(status)
        list.query.idPart = id
        list.query.tag = tag
        list.query.errorPart = error
        list.query.since = since
        list.query.until = until
        list.query.order = sort
        list.query.isReversed = reverse
        list.query.limit = limit
        list.watches = watch
        return list
    }
}

/// Reads a time; the end may be left out.
private func time(_ text: String) throws -> Timestamp {
    guard case .time(let time) = Moment(text) else {
        throw ValidationError(
            "'\(text)' is no time like 2026-03-01, '2026-03-01 12:34:56', 2h (two hours ago) or yesterday.")
    }
    return time
}

extension StatusName: ExpressibleByArgument {}
extension InstanceQuery.Order: ExpressibleByArgument {}
