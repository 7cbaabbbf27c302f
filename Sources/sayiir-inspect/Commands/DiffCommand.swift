import ArgumentParser
import SayiirInspection

/// `sayiir-inspect diff`.
struct DiffCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Hold two runs against each other.",
        usage: "sayiir-inspect diff [<dir>] [<a>] [<b>] [<options>]",
        discussion: """
            Names the first difference, then shows the steps of both side by side. How long things took is shown and is no \
            difference. The exit status tells of the logs, not of the runs: it is 0 also if they differ.

            Examples:
              sayiir-inspect diff jobs.sayiir order-42 order-43
              sayiir-inspect diff jobs.sayiir order-42 --other-dir copy.sayiir
              sayiir-inspect diff order-42.sayiir-case --other-dir order-43.sayiir-case
            """)

    @OptionGroup var common: AnySourceOptions

    @OptionGroup var archiveOptions: ArchiveOptions

    var archives: [String] { archiveOptions.archive }

    @Argument(
        help: ArgumentHelp("The first instance's id; a case bundle has one only.", valueName: "a"),
        completion: .instances)
    var first: String?

    @Argument(
        help: ArgumentHelp("The second instance's id; with --other-dir it may be left out.", valueName: "b"),
        completion: .instances)
    var second: String?

    @Option(
        help: ArgumentHelp(
            "The log or case bundle that the second instance is in, if it is another.", valueName: "dir"),
        completion: .file())
    var otherDir: String?

    var mostOperands: Int { 2 }

    var operands: [String] { [first, second].compactMap { $0 } }

    func inspection(_ operands: [String]) -> any Inspection {
        var diff = DiffInspection(operands.first, operands.count > 1 ? operands[1] : nil)
        diff.otherDirectory = otherDir
        return diff
    }
}
