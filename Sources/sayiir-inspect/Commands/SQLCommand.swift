import ArgumentParser
import SayiirInspection

/// `sayiir-inspect sql`.
struct SQLCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql",
        abstract: "Ask the log's catalogue with SQL.",
        usage: "sayiir-inspect sql <dir> <statement> [<options>]",
        discussion: """
            The catalogue is a SQLite database beside the log, made if there is none and brought up to date before. Its views are \
            instances, attempts, waits, signals, events and stuck; docs/CATALOGUE.md has their columns. Only statements that \
            change nothing are run.

            Example:
              sayiir-inspect sql jobs.sayiir "SELECT instance, why FROM stuck"
            """)

    @OptionGroup var common: LogOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    @OptionGroup var catalogueOptions: CatalogueOptions

    @Argument(help: "One statement of SQLite's SQL.")
    var statement: String

    @Flag(help: "Print comma-separated values with a line of titles, as RFC 4180 has them.")
    var csv = false

    func validate() throws {
        if csv, common.display.json { throw ValidationError("--csv and --json exclude each other.") }
    }

    var archives: [String] { archiveOptions.archive }

    var catalogue: String? { catalogueOptions.catalogue }

    func inspection(_ operands: [String]) -> any Inspection {
        var inspection = SQLInspection(statement)
        inspection.writesCSV = csv
        return inspection
    }
}
