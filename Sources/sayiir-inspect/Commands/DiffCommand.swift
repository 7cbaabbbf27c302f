import ArgumentParser
import SayiirInspection

/// `sayiir-inspect diff`.
struct DiffCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Hold two runs against each other.",
        usage: "sayiir-inspect diff <dir> <a> <b> [<options>]",
        discussion: """
            Names the first difference, then shows the steps of both side by side. How long things took is shown and is no \
            difference. The exit status tells of the logs, not of the runs: it is 0 also if they differ.

            Examples:
              sayiir-inspect diff jobs.sayiir order-42 order-43
              sayiir-inspect diff jobs.sayiir order-42 order-42 --other-dir copy.sayiir
            """)

    @OptionGroup var common: CommonOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Argument(help: ArgumentHelp("The first instance's id.", valueName: "a"))
    var first: String

    @Argument(help: ArgumentHelp("The second instance's id.", valueName: "b"))
    var second: String

    @Option(help: ArgumentHelp("The log that the second instance is in, if it is another.", valueName: "dir"))
    var otherDir: String?

    func inspection() -> any Inspection {
        var diff = DiffInspection(first, second)
        diff.otherDirectory = otherDir
        return diff
    }
}
