import ArgumentParser
import SayiirInspection

/// `sayiir-inspect rebuild`.
struct RebuildCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Build the log's catalogue, which answers 'list' and 'sql'.",
        usage: "sayiir-inspect rebuild <dir> [<options>]",
        discussion: """
            The catalogue is made from the log's first record on, beside the one that may be there, and then takes its place. It holds \
            nothing that the log does not, and may be deleted at any time. Commands that use it bring it up to date themselves.

            Example:
              sayiir-inspect rebuild jobs.sayiir
            """)

    @OptionGroup var common: LogOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    @OptionGroup var catalogueOptions: CatalogueOptions

    @Flag(help: "Build nothing, and compare the catalogue that is there with the log. Ends with 3 if they differ.")
    var check = false

    var archives: [String] { archiveOptions.archive }

    var catalogue: String? { catalogueOptions.catalogue }

    func inspection(_ operands: [String]) -> any Inspection {
        var rebuild = RebuildInspection()
        rebuild.checks = check
        return rebuild
    }
}
