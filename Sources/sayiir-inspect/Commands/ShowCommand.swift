import ArgumentParser
import SayiirInspection

/// `sayiir-inspect show`.
struct ShowCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what happened to one instance.",
        usage: "sayiir-inspect show [<dir>] [<instance>] [<options>]",
        discussion: """
            The steps stand in the order in which they began, with the time since the submission, how long each took, and a \
            bar that shows when it ran. Attempts that failed, timed out or were interrupted by a crash stand below their step.

            Examples:
              sayiir-inspect show jobs.sayiir order-42
              sayiir-inspect show jobs.sayiir order-42 --full
              sayiir-inspect show jobs.sayiir order-42 --at '2026-03-01 12:00'
              sayiir-inspect show jobs.sayiir order-42 --events --json
              sayiir-inspect show order-42.sayiir-case
              sayiir-inspect show --postgres postgresql://ops@db/jobs order-42
            """)

    @OptionGroup var common: AnySourceOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Argument(
        help: ArgumentHelp("The instance's id; a case bundle has one only.", valueName: "instance"),
        completion: .instances)
    var instance: String?

    var mostOperands: Int { 1 }

    var operands: [String] { [instance].compactMap { $0 } }

    @Flag(help: "List the events as they are.")
    var events = false

    @Flag(help: "Add all values in full, JSON with a member a line.")
    var full = false

    @Option(
        help: ArgumentHelp(
            "Show how things were then: a sequence, a time in UTC, or one like 2h.", valueName: "sequence|time"))
    var at: Moment?

    @Option(help: ArgumentHelp("Only this step: its name, or one activation of it like tick#3.", valueName: "name"))
    var step: String?

    @Flag(help: "Only what failed, was interrupted, is in doubt or is under way.")
    var failed = false

    @Option(help: ArgumentHelp("Only the last so many steps and moments, or events.", valueName: "count"))
    var last: Int?

    @Flag(help: "Show all activations of a step, also where there are more than 50.")
    var all = false

    func validate() throws {
        if let last, last < 0 { throw ValidationError("--last must not be negative.") }
        if full && events {
            throw ValidationError("--full adds values to the story. Events have theirs whole with --events --json.")
        }
    }

    func inspection(_ operands: [String]) -> any Inspection {
        var show = ShowInspection(operands.first)
        show.listsEvents = events
        show.showsValues = full
        show.moment = at
        show.selection.step = step
        show.selection.onlyFailed = failed
        show.selection.last = last
        show.selection.showsAll = all
        return show
    }
}

extension Moment: ExpressibleByArgument {
    /// Reads what ``Moment/init(_:)`` does.
    public init?(argument: String) { self.init(argument) }
}
