import ArgumentParser
import SayiirInspection

/// `sayiir-inspect salvage`.
struct SalvageCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "salvage",
        abstract: "Copy what is whole of a damaged log into a new one.",
        usage: "sayiir-inspect salvage <dir> --to <newdir> [<options>]",
        discussion: """
            Every record whose checksums are right is copied, also from behind damage, with its time, key and commit. What is \
            missing is listed, and which instances it concerns. The log itself stays as it is; the new one has an identity and \
            sequences of its own. Ends with 0 if nothing is missing, and with 3 otherwise.

            Example:
              sayiir-inspect salvage jobs.sayiir --to saved.sayiir
            """)

    @OptionGroup var common: LogOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Option(
        help: ArgumentHelp("The new log's directory: missing or empty.", valueName: "newdir"), completion: .directory)
    var to: String

    @Option(
        help: ArgumentHelp(
            "The damaged log's id as 'status' showed it, if no file's header is whole.", valueName: "id"))
    var logId: String?

    @Flag(help: "List which sequences the records have in the new log.")
    var mapping = false

    @Flag(help: "List the instances that may have lost events, too.")
    var possible = false

    func inspection(_ operands: [String]) -> any Inspection {
        var salvage = SalvageInspection(to: to)
        salvage.logID = logId
        salvage.listsMapping = mapping
        salvage.listsPossible = possible
        return salvage
    }
}
