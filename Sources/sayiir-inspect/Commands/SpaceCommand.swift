import ArgumentParser
import SayiirInspection

/// `sayiir-inspect space`.
struct SpaceCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "space",
        abstract: "Show where the log's bytes are.",
        usage: "sayiir-inspect space <dir> [<options>]",
        discussion: """
            By kind of file, by type of event, and for the largest instances. The bytes of records are those before compression.

            Example:
              sayiir-inspect space jobs.sayiir --top 20
            """)

    @OptionGroup var common: LogOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Option(help: ArgumentHelp("How many of the largest instances are named.", valueName: "count"))
    var top = 10

    func validate() throws {
        if !(0...10_000).contains(top) { throw ValidationError("--top must be from 0 to 10000.") }
    }

    func inspection(_ operands: [String]) -> any Inspection {
        var space = SpaceInspection()
        space.count = top
        return space
    }
}
